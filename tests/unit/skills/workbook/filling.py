"""Fills workbooks as a clerk would."""

import io
from collections.abc import Mapping
from functools import cache

from openpyxl import Workbook, load_workbook

from skills import drafting
from skills.workbook.labels import sheet


def begun(skill: str, values: Mapping[str, str]) -> bytes:
    """The empty workbook of a new service with the rows of its first sheet filled; made once for the same words."""
    return _begun(skill, tuple(values.items()))


@cache
def _begun(skill: str, values: tuple[tuple[str, str], ...]) -> bytes:
    return filled(drafting.empty_book(skill), dict(values))


def filled(content: bytes, values: dict[str, str]) -> bytes:
    """Fill rows of the first sheet by their labels."""
    book = load_workbook(io.BytesIO(content))
    page = book[sheet("basics")]
    for row in range(2, page.max_row + 1):
        if page.cell(row, 1).value in values:
            page.cell(row, 2).value = values[page.cell(row, 1).value]
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Give a workbook as a file."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
