"""Open a file of any format that a clerk sends and give its lines; refuse, with the reason, what cannot be read.

Formats: Markdown, plain text (UTF-8, GB18030), HTML, CSV, XLSX, DOCX and PDF with a text layer. What the lines mean
is not decided here.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.lines import Line, written_out
from knowledge.pdf import read_pdf
from knowledge.webpage import page_lines
from township.errors import Mistake

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
"""Bytes that an office file (a ZIP) may unfold into; more is a bomb."""
MIN_TEXT = 10
"""Characters; a file with less text than this is empty for our purpose."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The lines of one file."""

    name: str
    lines: tuple[Line, ...]


def load(path: Path, *, name: str = "", max_bytes: int = MAX_BYTES) -> Loaded:
    """Read a file; a `Mistake` says what is wrong with it and how to mend it."""
    check_size(path, name=name, max_bytes=max_bytes)
    return parse(path.read_bytes(), name or path.name)


def check_size(path: Path, *, name: str = "", max_bytes: int = MAX_BYTES) -> None:
    """Refuse a file that is not there or too large, before it is read."""
    shown = name or path.name
    if not path.is_file():
        raise Mistake("file_missing", file=shown)
    size = path.stat().st_size
    if size > max_bytes:
        raise Mistake("file_too_large", file=shown, megabytes=round(size / 2**20, 1), most=max_bytes // 2**20)


def parse(data: bytes, name: str) -> Loaded:
    """Read the bytes of a file whose format its name tells."""
    suffix = Path(name).suffix.lower()
    reader = _READERS.get(suffix)
    if not reader:
        raise Mistake("file_format_unknown", file=name, suffix=suffix or "-")
    if not data:
        raise Mistake("file_empty", file=name)
    lines = tuple(line for line in reader(data, name) if line.text.strip())
    if sum(len(line.text) for line in lines) < MIN_TEXT:
        raise Mistake("file_empty", file=name)
    return Loaded(name, lines)


def decode(data: bytes, name: str) -> str:
    """Decode text as people in China store it: UTF-8 (with or without mark), UTF-16 with mark, GB18030."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Mistake("file_unreadable", file=name)


def _text(data: bytes, name: str) -> Iterator[Line]:
    for line in decode(data, name).splitlines():
        yield Line(line.strip())


def _markdown(data: bytes, name: str) -> Iterator[Line]:
    rows: list[list[str]] = []
    tables = 0
    for raw in decode(data, name).splitlines():
        text = raw.strip()
        if text.startswith("|") and text.endswith("|"):
            if not set(text) <= set("|-: "):
                rows.append(text.strip("|").split("|"))
            continue
        if rows:
            tables += 1
            yield from written_out(rows, tables)
            rows = []
        heading = len(text) - len(text.lstrip("#"))
        yield Line(re.sub(r"\*\*|__|`", "", text.lstrip("#>").lstrip("-* ").strip()), heading=heading)
    yield from written_out(rows, tables + 1)


def _csv(data: bytes, name: str) -> Iterator[Line]:
    yield from written_out(csv.reader(io.StringIO(decode(data, name))), table=1)


def _xlsx(data: bytes, name: str) -> Iterator[Line]:
    from openpyxl import load_workbook

    book = _office(data, name, lambda stream: load_workbook(stream, read_only=True, data_only=True))
    for number, sheet in enumerate(book.worksheets, start=1):
        yield Line(sheet.title, heading=2)
        rows = ([str(cell) if cell is not None else "" for cell in row] for row in sheet.iter_rows(values_only=True))
        yield from written_out(rows, table=number)


def _docx(data: bytes, name: str) -> Iterator[Line]:
    from docx import Document
    from docx.table import Table

    document = _office(data, name, Document)
    tables = 0
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            tables += 1
            yield from written_out([[cell.text for cell in row.cells] for row in block.rows], tables)
            continue
        style = str(block.style.name) if block.style else ""
        level = re.search(r"(?:Heading|Title)\s*(\d?)", style)
        for part in block.text.split("\n"):
            yield Line(part.strip(), heading=int(level[1] or 1) if level else 0)


def _office(data: bytes, name: str, opener: Callable[[io.BytesIO], Any]) -> Any:
    """Open an office file; a locked one is an OLE container, a hostile one unfolds without end."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Mistake("file_encrypted", file=name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise Mistake("file_too_large", file=name, megabytes=">200", most=MAX_UNPACKED // 2**20)
        return opener(io.BytesIO(data))
    except Mistake:
        raise
    except Exception as broken:  # the office readers raise whatever a broken file makes them stumble on
        raise Mistake("file_unreadable", file=name) from broken


def _html(data: bytes, name: str) -> Iterable[Line]:
    return page_lines(decode(data, name))


_READERS: dict[str, Callable[[bytes, str], Iterable[Line]]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _text,
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".docx": _docx,
    ".pdf": read_pdf,
    ".html": _html,
    ".htm": _html,
}

#: File name endings that can be read.
FORMATS = frozenset(_READERS)
