"""Tables that offices exchange (.xlsx, .csv) as rows of plain text, and rows as a table again.

Every cell is text as it is shown; what begins with = is no formula. What the columns mean is the readers' matter.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from township.errors import Mistake

FORMATS: Final = frozenset({".csv", ".xlsx"})
OLD: Final = frozenset({".xls", ".et"})
"""Tables that another program can save anew."""
MOST_ROWS, MOST_COLUMNS = 20_000, 100
MOST_BYTES, MOST_UNPACKED = 20 * 2**20, 100 * 2**20
ENCODINGS: Final = ("utf-8-sig", "gb18030")
UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
"""How a table begins that Excel has saved as "Unicode text"."""
BETWEEN: Final = ",\t;"
"""What stands between the cells of a line."""
LOCKED: Final = b"\xd0\xcf\x11\xe0"
"""How a workbook begins that is locked with a password, or of the kind before 2007."""
UNSURE: Final = 10**15
"""From here on a cell that was kept as a number has lost its last figures: workbooks keep fifteen."""
BOM: Final = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""

Rows = list[list[str]]


def read(data: bytes, name: str) -> Rows:
    """Read the first sheet, row by row; empty rows stand where they stood, so that a number is the sheet's own.

    What cannot be read is a Mistake that names the file.
    """
    suffix = Path(name).suffix.lower()
    if suffix in OLD:
        raise Mistake("table_old", file=name)
    if suffix not in FORMATS:
        raise Mistake("table_format", file=name)
    if not data:
        raise Mistake("file_empty", file=name)
    if len(data) > MOST_BYTES:
        raise Mistake("file_over_limit", file=name, most=MOST_BYTES // 2**20)
    rows = [[_shown(cell) for cell in row] for row in (_of_workbook if suffix == ".xlsx" else _of_csv)(data, name)]
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((at + 1 for row in rows for at, cell in enumerate(row) if cell), default=0)
    return [row[:width] for row in rows]


def workbook(rows: Iterable[Sequence[str]], title: str = "Sheet") -> bytes:
    """Write rows as a workbook of one sheet."""
    return workbook_of({title: rows})


def workbook_of(sheets: Mapping[str, Iterable[Sequence[str]]]) -> bytes:
    """Write sheets by their titles; the first row of each is in bold and stands still."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        _fill(book.create_sheet(title), rows)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(page: Any, rows: Iterable[Sequence[str]]) -> None:
    from openpyxl.styles import Font

    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = page.cell(number, column, value or None)
            cell.data_type = "s" if value else "n"
            cell.font = Font(bold=number == 1)
    page.freeze_panes = "A2"


def text(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as CSV that Excel opens rightly."""
    written = io.StringIO()
    csv.writer(written).writerows([_harmless(cell) for cell in row] for row in rows)
    return BOM + written.getvalue()


def file(rows: Iterable[Sequence[str]], suffix: str) -> bytes:
    """Write rows as the kind of file that a name asks for: `.csv`, anything else is a workbook."""
    return text(rows).encode() if suffix.lower() == ".csv" else workbook(rows)


def _harmless(cell: str) -> str:
    """Keep a cell from being taken for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "@", "\t", "\r") or (cell[:1] in "+-" and not _is_figure(cell)) else cell


def _is_figure(cell: str) -> bool:
    return cell.lstrip("+-").replace(".", "", 1).replace("-", "").replace(" ", "").isdecimal()


def _of_csv(data: bytes, name: str) -> Iterator[Sequence[Any]]:
    read_as = _decoded(data, name)
    first = next((line for line in read_as.splitlines() if line.strip()), "")
    sign = max(BETWEEN, key=first.count)
    try:
        yield from _limited(csv.reader(io.StringIO(read_as, newline=""), delimiter=sign), name)
    except csv.Error as broken:
        raise Mistake("file_unreadable", file=name) from broken


def _decoded(data: bytes, name: str) -> str:
    for encoding in ("utf-16",) if data.startswith(UTF16) else ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Mistake("file_unreadable", file=name)


def _of_workbook(data: bytes, name: str) -> Iterator[Sequence[Any]]:
    """Read the first page; a hostile workbook unfolds without end."""
    from openpyxl import load_workbook

    if data.startswith(LOCKED):
        raise Mistake("file_encrypted", file=name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
        if unpacked > MOST_UNPACKED:
            raise Mistake("file_too_large", file=name, megabytes=unpacked // 2**20, most=MOST_UNPACKED // 2**20)
        page = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        rows = list(_limited(page.iter_rows(values_only=True, max_col=MOST_COLUMNS), name))
    except Mistake:
        raise
    except Exception as broken:  # the reader raises whatever a broken file makes it stumble on
        raise Mistake("file_unreadable", file=name) from broken
    yield from rows


def _limited(rows: Iterable[Sequence[Any]], name: str) -> Iterator[Sequence[Any]]:
    for count, row in enumerate(rows):
        if count > MOST_ROWS:
            raise Mistake("table_long", file=name, most=MOST_ROWS)
        yield row[:MOST_COLUMNS]


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case int() | float() if abs(value) >= UNSURE:
            return f"{value:.5E}"
        case float() if value.is_integer():
            return str(int(value))
    return str(value).strip()
