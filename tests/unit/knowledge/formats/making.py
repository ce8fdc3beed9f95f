"""Files made on the spot: honest ones in every format, and hostile ones. Nothing binary is kept in the repository."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import docx
import openpyxl
import pptx
import pypdfium2
import typst
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image

PAGE = '#set text(font: "Noto Serif CJK SC", size: 12pt, lang: "zh")\n#set page(paper: "a4", margin: 2.5cm'


def pdf(markup: str, *, header: str = "", footer: str = "") -> bytes:
    """Set Typst markup into pages, with a running head and foot."""
    head = f", header: [{header}]" if header else ""
    foot = f", footer: context [{footer}]" if footer else ""
    source = f"{PAGE}{head}{foot})\n#set par(leading: 1em)\n{markup}"
    made = typst.compile(source.encode())
    assert isinstance(made, bytes)
    return made


def scan(pages: Sequence[bytes]) -> bytes:
    """Make a PDF of pictures of pages."""
    pictures = [picture(page) for page in pages]
    stream = io.BytesIO()
    pictures[0].save(stream, "PDF", save_all=True, append_images=pictures[1:])
    return stream.getvalue()


def picture(page: bytes, dots: float = 2.0) -> Image.Image:
    """Draw the first page of a PDF."""
    document = pypdfium2.PdfDocument(page)
    drawn = document[0].render(scale=dots).to_pil().convert("RGB")
    document.close()
    return drawn


def joined(*parts: bytes) -> bytes:
    """Put the pages of several PDFs into one."""
    whole = pypdfium2.PdfDocument.new()
    for part in parts:
        document = pypdfium2.PdfDocument(part)
        whole.import_pages(document)
        document.close()
    stream = io.BytesIO()
    whole.save(stream)
    whole.close()
    return stream.getvalue()


def word(document: Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def numbered(document: Document, levels: Sequence[tuple[str, str]]) -> int:
    """Define a list that Word numbers itself, of (form, text) for each depth; give its id."""
    shown = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(levels)
    )
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{shown}</w:abstractNum>'))
    number = f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'
    root.append(parse_xml(number))
    return 77


def listed(document: Document, text: str, number: int, depth: int = 0) -> None:
    """Add a paragraph that Word numbers itself."""
    paragraph = document.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr()
    order = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    properties.append(parse_xml(order))


def table(document: Document, rows: Sequence[Sequence[str]]) -> Any:
    made = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, texts in zip(made.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return made


def word_of(body: bytes) -> bytes:
    """Make a Word document with this body."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word(new_word()))) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            held = old.read(entry)
            if entry.filename == "word/document.xml":
                held = held.replace(b"<w:body>", b"<w:body>" + body)
            new.writestr(entry, held)
    return stream.getvalue()


def new_word() -> Document:
    return docx.Document()


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return book


def excel(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def slides(pages: Sequence[tuple[str, Sequence[str]]]) -> bytes:
    show = pptx.Presentation()
    for title, texts in pages:
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(texts)
    stream = io.BytesIO()
    show.save(stream)
    return stream.getvalue()


def archive(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return stream.getvalue()


def bomb(megabytes: int, name: str) -> bytes:
    """Pack a file whose list says that it unfolds into so many megabytes."""
    data = bytearray(archive({name: b"x"}))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<I", megabytes * 2**20)
    return bytes(data)


def png(width: int, height: int) -> bytes:
    """Make a PNG that claims a size; its dots are not there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def compound(*streams: str) -> bytes:
    """Make the container of old office files, as far as its mark and the names of its streams go."""
    names = b"".join(name.encode("utf-16-le") + b"\0\0" for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + names + b"\0" * 512


def raw_pdf(*objects: str) -> bytes:
    """Write a PDF out of its objects, numbered from 1; the first is the catalog."""
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    rows = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    ends = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
    )
    return data + f"{ends}startxref\n{len(data)}\n%%EOF".encode()
