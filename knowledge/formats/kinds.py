"""What a file is: its first bytes decide, its name only where they say nothing (text).

Pure; opens nothing but the list of a ZIP.
"""

import io
import re
import zipfile
from enum import StrEnum
from pathlib import PurePath

from knowledge.formats.plain import decode
from township.errors import Mistake


class Kind(StrEnum):
    """The formats that can be read; the value is what people call them."""

    PDF = "PDF"
    DOCX = "DOCX"
    XLSX = "XLSX"
    PPTX = "PPTX"
    DOC = "DOC"
    XLS = "XLS"
    PPT = "PPT"
    RTF = "RTF"
    IMAGE = "JPG/PNG"
    ZIP = "ZIP"
    HTML = "HTML"
    MARKDOWN = "MD"
    TEXT = "TXT"
    CSV = "CSV"
    ARTICLES = "JSONL"


#: What a name promises.
SUFFIXES = {
    ".pdf": Kind.PDF,
    ".docx": Kind.DOCX,
    ".xlsx": Kind.XLSX,
    ".pptx": Kind.PPTX,
    ".doc": Kind.DOC,
    ".wps": Kind.DOC,
    ".xls": Kind.XLS,
    ".et": Kind.XLS,
    ".ppt": Kind.PPT,
    ".dps": Kind.PPT,
    ".rtf": Kind.RTF,
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp"), Kind.IMAGE),
    ".zip": Kind.ZIP,
    ".html": Kind.HTML,
    ".htm": Kind.HTML,
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".txt": Kind.TEXT,
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
    ".jsonl": Kind.ARTICLES,
}

#: Made of plain characters: read where we stand. All others are opened in a process of their own.
PLAIN = frozenset({Kind.HTML, Kind.MARKDOWN, Kind.TEXT, Kind.CSV, Kind.ARTICLES})
#: The formats of old office programs, which only an office program reads.
OLD = frozenset({Kind.DOC, Kind.XLS, Kind.PPT, Kind.RTF})

_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*")
_FOREIGN = {
    b"MZ": "EXE",
    b"\x7fELF": "EXE",
    b"Rar!\x1a\x07": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7Z",
    b"\x1f\x8b": "GZ",
    b"SQLite format 3\0": "SQLITE",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 1024
"""Bytes before which a PDF must say that it is one; some scanners write a line of their own first."""
_PACKED = {"word/document.xml": Kind.DOCX, "xl/workbook.xml": Kind.XLSX, "ppt/presentation.xml": Kind.PPTX}
_STREAMS = {"WordDocument": Kind.DOC, "Workbook": Kind.XLS, "Book": Kind.XLS, "PowerPoint Document": Kind.PPT}


def kind_of(data: bytes, name: str) -> Kind:
    """Tell what the bytes are; what cannot be read, or only pretends, is a `Mistake` that names both."""
    if not data.strip(b"\0 \t\r\n"):
        raise Mistake("file_empty", file=name)
    promised = SUFFIXES.get(PurePath(name).suffix.lower())
    found = _binary(data, name)
    if found is not None:
        return found
    return _text(data, name, promised)


def _binary(data: bytes, name: str) -> Kind | None:
    if b"%PDF-" in data[:_HEAD]:
        return Kind.PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(data, name)
    if data.startswith(_OLE):
        return _compound(data, name)
    if data.startswith(b"{\\rtf"):
        return Kind.RTF
    if data.startswith(_IMAGES[:4]) or (data.startswith(_IMAGES) and b"\0" in data[:64]) or data[8:12] == b"WEBP":
        return Kind.IMAGE
    foreign = next((what for mark, what in _FOREIGN.items() if data.startswith(mark) and b"\0" in data[:512]), "")
    if foreign or data[4:8] == b"ftyp":
        raise unreadable(name, foreign or data[8:12].decode("ascii", "replace").strip().upper())
    return None


def _packed(data: bytes, name: str) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as broken:
        raise Mistake("file_unreadable", file=name) from broken
    found = next((kind for part, kind in _PACKED.items() if part in names), None)
    if found is None and {"OFD.xml", "mimetype", "META-INF/MANIFEST.MF"} & names:
        raise unreadable(name, PurePath(name).suffix.lstrip(".").upper() or "OFD")
    if found is None and "[Content_Types].xml" in names:
        raise Mistake("file_unreadable", file=name)
    return found or Kind.ZIP


def _compound(data: bytes, name: str) -> Kind:
    """Tell an old office file from a locked new one, which hides in the same container."""
    if _stream("EncryptedPackage") in data:
        raise Mistake("file_encrypted", file=name)
    found = next((kind for stream, kind in _STREAMS.items() if _stream(stream) in data), None)
    if found is None:
        raise Mistake("file_unreadable", file=name)
    return found


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le") + b"\0\0"


def _text(data: bytes, name: str, promised: Kind | None) -> Kind:
    """Tell what a file of plain characters is; one whose name promises a page or a picture is refused."""
    if promised is None and PurePath(name).suffix:
        raise unreadable(name, "")
    text = decode(data, name)
    opening = text[:2000].lstrip().lower()
    if re.match(r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?(<!doctype html|<html)", opening, re.DOTALL):
        return Kind.HTML
    if promised in PLAIN:
        return promised
    if promised is None:
        return Kind.TEXT
    if promised is Kind.XLS and re.search(r"[\t,]", opening.split("\n", 1)[0]):
        return Kind.CSV
    raise unreadable(name, "TXT")


def unreadable(name: str, found: str) -> Mistake:
    """Make the refusal of a file that is something else than we read, naming what it says and what it is."""
    suffix = PurePath(name).suffix.lstrip(".").upper()
    if found and SUFFIXES.get(f".{suffix.lower()}"):
        return Mistake("file_mislabelled", file=name, named=suffix, found=found)
    return Mistake("file_format_unknown", file=name, suffix=found or suffix or "-")
