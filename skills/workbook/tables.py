"""The sheets of a workbook as tables of text, each cell with its place; read from and written to .xlsx.

What the cells mean is read in `reading.py` and said in `writing.py`.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from skills.sheets import Problem, nearest, say
from skills.workbook.labels import columns, labels, sheet

MOST_ROWS = 5000
MOST_UNPACKED = 50 * 2**20
HEAD_AMONG = 5
"""Rows among which the heads are looked for: clerks like a title above them."""
NEEDED = ("basics", "form", "flow", "texts")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ITEMS = {"basics": ("risk", "pace", "number", "same_person"), "crowd": ("holidays",)}
"""Items, by sheet, that are chosen from a list."""
TO_CHOOSE = 300
"""Rows that get a list to choose from."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the sheet, and its filled cells by column."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """The text of a cell; empty if it is."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its rows, and the letter of each column."""

    key: str
    rows: tuple[Row, ...]
    letters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in a workbook."""

    sheet: str
    row: int
    column: str


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that was read."""

    file: str
    tables: Mapping[str, Table]

    def rows(self, key: str) -> tuple[Row, ...]:
        """The rows of a sheet; none if it is not there."""
        return self.tables[key].rows if key in self.tables else ()

    def problem(self, cell: Cell, message: str, suggestion: str = "") -> Problem:
        """Tell a mistake with sheet, row and column."""
        letter = self.tables[cell.sheet].letters.get(cell.column, "") if cell.sheet in self.tables else ""
        return Problem(self.file, cell.row, message, suggestion, sheet=sheet(cell.sheet), column=letter)


def read(file: str, content: bytes) -> tuple[Book, list[Problem]]:
    """Read a workbook; what is no workbook, and a missing sheet or column, is a problem."""
    pages = _pages(content)
    if pages is None:
        return Book(file, {}), [Problem(file, 1, say("book_unreadable"))]
    problems: list[Problem] = []
    tables: dict[str, Table] = {}
    known = {sheet(key): key for key in labels()["sheets"]}
    for title, rows in pages.items():
        if title in known:
            table, found = _table(file, known[title], rows)
            tables[table.key] = table
            problems += found
        elif any(any(row) for row in rows) and (hint := nearest(title, known)):
            problems.append(Problem(file, 1, say("book_unknown_sheet", sheet=title), hint, sheet=title))
    strange = [title for title, rows in pages.items() if title not in known and any(any(row) for row in rows)]
    problems += [_no_sheet(file, key, strange) for key in NEEDED if key not in tables]
    return Book(file, tables), problems


def _no_sheet(file: str, key: str, strange: Sequence[str]) -> Problem:
    """Tell that a sheet is missing: it may stand there under another name."""
    called = say("book_renamed", strange="”“".join(strange), sheet=sheet(key)) if strange else ""
    return Problem(file, 0, say("book_no_sheet", sheet=sheet(key)), called or say("book_from_template"))


def _pages(content: bytes) -> dict[str, list[list[str]]] | None:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                return None
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        return None
    found = {}
    for page in book.worksheets:
        rows = page.iter_rows(max_row=MOST_ROWS, values_only=True) if hasattr(page, "iter_rows") else ()
        found[page.title.strip()] = [[_text(value) for value in row] for row in rows]
    book.close()
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(labels()["answers"][str(value).lower()])
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value).strip()


def _table(file: str, key: str, rows: Sequence[Sequence[str]]) -> tuple[Table, list[Problem]]:
    heads = columns(key)
    by_head = {head: column for column, head in heads.items()}
    at = max(range(min(HEAD_AMONG, len(rows))), key=lambda n: sum(cell in by_head for cell in rows[n]), default=-1)
    first = next(iter(heads.values()))
    if at < 0 or first not in rows[at]:
        return Table(key, ()), [Problem(file, 1, say("book_no_heads", head=first), sheet=sheet(key))]
    places = {by_head[cell]: n for n, cell in enumerate(rows[at]) if cell in by_head}
    problems = list(_strange_heads(file, key, rows[at], at + 1, by_head))
    read = (
        Row(number, {column: row[n] for column, n in places.items() if n < len(row) and row[n]})
        for number, row in enumerate(rows[at + 1 :], at + 2)
    )
    letters = {column: _letter(n) for column, n in places.items()}
    return Table(key, tuple(row for row in read if row.cells), letters), problems


def _strange_heads(file: str, key: str, row: Sequence[str], number: int, known: Mapping[str, str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for n, cell in enumerate(row):
        place = {"sheet": sheet(key), "column": _letter(n)}
        if cell in seen:
            yield Problem(file, number, say("book_head_twice", head=cell), **place)
        elif cell and cell not in known:
            hint = nearest(cell, set(known)) or _missing(list(known), row, n)
            yield Problem(file, number, say("book_unknown_head", head=cell), hint, **place)
        seen |= {cell} - {""}


def _missing(known: Sequence[str], row: Sequence[str], at: int) -> str:
    """Say which head is missing where another one stands."""
    wanted = known[at] if at < len(known) else ""
    return say("book_head_was", head=wanted) if wanted and wanted not in row else ""


def _letter(at: int) -> str:
    return (LETTERS[at // 26 - 1] if at >= 26 else "") + LETTERS[at % 26]


def write(tables: Iterable[Table], lists: Mapping[tuple[str, str], Sequence[str]]) -> bytes:
    """Write tables as .xlsx; `lists`: what may be chosen in a column, by sheet and column."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        page = book.create_sheet(sheet(table.key))
        _fill(page, table)
        for (key, column), words in lists.items():
            if key == table.key:
                _offer(page, list(columns(key)).index(column), words)
    _offer_items(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(page: Any, table: Table) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    heads = columns(table.key)
    rows = [dict(heads), *(dict(row.cells) for row in table.rows)]
    widths = labels()["widths"]
    wrapped = Alignment(wrap_text=True, vertical="top")
    bold, blue = Font(bold=True), PatternFill("solid", fgColor="DDEBF7")
    for number, row in enumerate(rows, 1):
        for at, column in enumerate(heads, 1):
            cell = page.cell(number, at, row.get(column) or None)
            cell.data_type = "s" if row.get(column) else "n"  # what begins with = is no formula
            cell.number_format = "@"
            cell.alignment = wrapped
            if number == 1:
                cell.font, cell.fill = bold, blue
    for at, column in enumerate(heads):
        width = labels()["wide_text"] if (table.key, column) == ("texts", "text") else widths.get(column, 14)
        page.column_dimensions[_letter(at)].width = width
    page.freeze_panes = "A2"


def _offer(page: Any, at: int, words: Sequence[str]) -> None:
    """Give a column a list to choose from; other words may still be typed."""
    from openpyxl.worksheet.datavalidation import DataValidation

    source = words[0] if len(words) == 1 and words[0].startswith("=") else f'"{",".join(words)}"'
    rule = DataValidation(type="list", formula1=source.removeprefix("="), allow_blank=True, showErrorMessage=False)
    page.add_data_validation(rule)
    rule.add(f"{_letter(at)}2:{_letter(at)}{TO_CHOOSE}")


def _offer_items(book: Any) -> None:
    """Give the rows that have few answers their lists, in the sheets that have a row for each item."""
    from openpyxl.worksheet.datavalidation import DataValidation

    for key, groups in ITEMS.items():
        page = book[sheet(key)] if sheet(key) in book.sheetnames else None
        by_label = {labels()[key][group]["label"]: group for group in groups}
        for row in range(2, (page.max_row if page else 0) + 1):
            group = by_label.get(page.cell(row, 1).value) if page else None
            if group and page:
                words = ",".join(labels()[group].values())
                rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=False)
                page.add_data_validation(rule)
                rule.add(f"B{row}")
