"""Workbooks (XLSX) as lines: visible sheets, each row with its columns' headings, numbers as they are shown."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from knowledge.formats.office import broken_is_a_mistake, checked
from knowledge.structure.lines import Line, written_out
from township.errors import Mistake

MAX_CELLS = 1_000_000
"""Cells of a sheet, empty ones in between included."""
_LARGE = 2 * 1024 * 1024
"""Bytes above which a workbook is read row by row, without knowing which cells are merged."""
_UNNAMED = re.compile(r"(?:Sheet|工作表|Table)\s?\d*", re.IGNORECASE)
"""What Excel, WPS and others call a sheet that nobody has named."""


def workbook_lines(data: bytes, name: str) -> tuple[Line, ...]:
    """Read the sheets in order; hidden sheets are left out, formulas count as what they last came to."""
    from openpyxl import load_workbook

    with broken_is_a_mistake(name):
        book = load_workbook(checked(data, name), data_only=True, read_only=len(data) > _LARGE)
        return tuple(_lines(book, name))


def _lines(book: Any, name: str) -> Iterator[Line]:
    for number, sheet in enumerate(book.worksheets, start=1):
        if sheet.sheet_state == "visible":
            if not _UNNAMED.fullmatch(sheet.title):
                yield Line(sheet.title, heading=2)
            yield from written_out(_rows(sheet, name), table=number)


def _rows(sheet: Any, name: str) -> list[list[str]]:
    if (sheet.max_row or 0) * (sheet.max_column or 0) > MAX_CELLS:
        raise Mistake("sheet_too_large", file=name, sheet=sheet.title)
    rows = []
    for row in sheet.iter_rows():
        rows.append([_shown(cell) for cell in row])
        if len(rows[-1]) * len(rows) > MAX_CELLS:
            raise Mistake("sheet_too_large", file=name, sheet=sheet.title)
    _fill_merged(sheet, rows)
    return rows


def _fill_merged(sheet: Any, rows: list[list[str]]) -> None:
    """Write a cell that reaches over several rows into each of them, so that each row says what it is about."""
    for area in getattr(getattr(sheet, "merged_cells", None), "ranges", ()):
        for place in range(area.min_row, min(area.max_row, len(rows))):
            rows[place][area.min_col - 1] = rows[area.min_row - 1][area.min_col - 1]


def _shown(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        percent = "%" in str(cell.number_format)
        written = f"{value * 100 if percent else value:.10g}"
        return f"{written}%" if percent else written
    return str(value)
