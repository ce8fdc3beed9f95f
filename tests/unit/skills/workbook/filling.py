"""Fills workbooks as a clerk would."""

import io

from openpyxl import Workbook, load_workbook

from skills.workbook.labels import sheet


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
