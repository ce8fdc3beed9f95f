"""Files made to be read again: one document set as PDF, scan, DOCX, XLSX, PPTX, HTML, Markdown or text.

A document is a list of blocks: a paragraph (text), `{h: level, t: text}`, `{table: rows}`, or `---` for a new page.
"""

import io
import json
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import docx
import openpyxl
import pptx
import pypdfium2
import typst

Block = str | dict[str, Any]
NEW_PAGE = "---"
DOTS = 150 / 72
"""Dots a point of a scan: 150 an inch, as office scanners are set."""

_PAGES = """
#let told = json(bytes(sys.inputs.told))
#set text(font: "Noto Serif CJK SC", size: 12pt, lang: "zh")
#set page(paper: "a4", margin: 2.5cm, header: told.header, footer: context align(center)[
  — #counter(page).display() —])
#set par(leading: 1em, spacing: 1.4em)
#for block in told.blocks {
  if type(block) == str { if block == "---" { pagebreak() } else { par(block) } }
  else if "h" in block { align(center, text(size: 18pt - 2pt * block.h, weight: "bold", block.t)) }
  else { table(columns: block.table.first().len(), ..block.table.flatten()) }
}
"""


def printed(form: str, blocks: Sequence[Block], *, header: str = "") -> bytes:
    """Make a file of that form; `header` runs over the pages of a PDF."""
    if form in {"pdf", "scan"}:
        return pdf(blocks, header=header) if form == "pdf" else scan(pdf(blocks, header=header))
    return _FORMS[form](blocks)


def pdf(blocks: Sequence[Block], *, header: str = "") -> bytes:
    """Set the blocks into A4 pages with a running head and page numbers."""
    told = json.dumps({"blocks": list(blocks), "header": header}, ensure_ascii=False)
    made = typst.compile(_PAGES.encode(), sys_inputs={"told": told})
    if not isinstance(made, bytes):
        raise TypeError("one document gives one file")
    return made


def scan(pages: bytes) -> bytes:
    """Make of each page of a PDF a picture, and of the pictures a PDF without a text."""
    document = pypdfium2.PdfDocument(pages)
    pictures = [page.render(scale=DOTS).to_pil().convert("L") for page in document]
    document.close()
    stream = io.BytesIO()
    pictures[0].save(stream, "PDF", save_all=True, append_images=pictures[1:], resolution=150)
    return stream.getvalue()


def _docx(blocks: Sequence[Block]) -> bytes:
    document: Any = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_page_break() if block == NEW_PAGE else document.add_paragraph(block)
        elif "h" in block:
            document.add_heading(block["t"], block["h"] - 1)
        else:
            rows = block["table"]
            table = document.add_table(len(rows), len(rows[0]))
            for row, texts in zip(table.rows, rows, strict=True):
                for cell, text in zip(row.cells, texts, strict=True):
                    cell.text = text
    return _saved(document)


def _xlsx(blocks: Sequence[Block]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, block in enumerate(blocks, start=1):
        if isinstance(block, dict) and "table" in block:
            sheet = book.create_sheet(block.get("name", f"Sheet{number}"))
            for row in block["table"]:
                sheet.append([float(cell) if _is_number(cell) else cell for cell in row])
    return _saved(book)


def _pptx(blocks: Sequence[Block]) -> bytes:
    show = pptx.Presentation()
    texts: list[str] = []
    body: Any = None
    for block in [*blocks, {"h": 0, "t": ""}]:
        if isinstance(block, str):
            texts.append(block)
            continue
        if body is not None:
            body.text = "\n".join(texts)
        if block["h"]:
            slide = show.slides.add_slide(show.slide_layouts[1])
            slide.shapes.title.text, body, texts = block["t"], slide.placeholders[1], []
    return _saved(show)


def _html(blocks: Sequence[Block]) -> bytes:
    return f"<!doctype html><html><body>{''.join(map(_tagged, blocks))}</body></html>".encode()


def _tagged(block: Block) -> str:
    if isinstance(block, str):
        return "" if block == NEW_PAGE else f"<p>{escape(block)}</p>"
    if "h" in block:
        return f"<h{block['h']}>{escape(block['t'])}</h{block['h']}>"
    rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in block["table"])
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _markdown(blocks: Sequence[Block]) -> bytes:
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            lines += [] if block == NEW_PAGE else [block, ""]
        elif "h" in block:
            lines += [f"{'#' * block['h']} {block['t']}", ""]
        else:
            lines += [f"| {' | '.join(row)} |" for row in block["table"]]
            lines.append("")
    return "\n".join(lines).encode()


def _text(blocks: Sequence[Block]) -> bytes:
    lines = [block if isinstance(block, str) else block.get("t", "") for block in blocks if block != NEW_PAGE]
    return "\r\n".join(lines).encode("gb18030")


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


_FORMS: dict[str, Callable[[Sequence[Block]], bytes]] = {
    "docx": _docx,
    "xlsx": _xlsx,
    "pptx": _pptx,
    "html": _html,
    "md": _markdown,
    "txt": _text,
}
