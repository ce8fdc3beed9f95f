"""The rows of pages as paragraphs: running heads off, broken lines joined, tables over pages as one. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.structure.lines import Line, written_out
from knowledge.structure.patterns import pattern

_FULL = 0.85
"""A line this near to the usual width was broken by the page, not by its writer."""
_OFTEN = 0.4
"""Share of pages that a running head stands on; left and right pages may have two."""


@dataclass(frozen=True, slots=True)
class Row:
    """One printed line of a page, or one row of a table."""

    text: str
    cells: tuple[str, ...] = ()
    table: int = 0
    """Number of its table on the page."""


def paragraphs(pages: Sequence[Sequence[Row]]) -> Iterator[Line]:
    """Give the paragraphs and the table rows of a document, each with the page on which it begins."""
    kept = _without_running_heads(pages)
    usual = _usual_width(kept)
    text, start, full = "", 1, False
    tables = _Tables()
    for number, page in enumerate(kept, start=1):
        for row in page:
            if row.cells:
                if text:
                    yield Line(text, page=start)
                    text = ""
                yield from tables.take(row, number)
                continue
            yield from tables.end()
            if text and _ends(text, row.text, full):
                yield Line(text, page=start)
                text = ""
            text, start = (_joined(text, row.text), start) if text else (row.text, number)
            full = len(row.text) >= usual * _FULL
    yield from tables.end()
    if text:
        yield Line(text, page=start)


class _Tables:
    """Gathers the rows of a table until it ends; one that goes on at the top of the next page has not ended."""

    def __init__(self) -> None:
        self._rows: list[tuple[Row, int]] = []
        self._count = 0

    def take(self, row: Row, page: int) -> Iterator[Line]:
        before, on = self._rows[-1] if self._rows else (row, page)
        if len(before.cells) != len(row.cells) or (on == page and before.table != row.table):
            yield from self.end()
        if self._rows and row.cells == self._rows[0][0].cells:
            return  # the heading row, printed again on the next page
        self._rows.append((row, page))

    def end(self) -> Iterator[Line]:
        if not self._rows:
            return
        self._count += 1
        pages = [page for row, page in self._rows if any(cell.strip() for cell in row.cells)]
        lines = list(written_out([row.cells for row, _ in self._rows], self._count))
        # One line less than rows where the first row was the headings.
        for line, page in zip(lines, pages[len(pages) - len(lines) :], strict=True):
            yield Line(line.text, page, line.heading, line.table)
        self._rows = []


def _ends(text: str, following: str, full: bool) -> bool:
    """Tell whether a paragraph ended before the following line."""
    return not full or bool(pattern("sentence_end").search(text)) or bool(pattern("opening").match(following))


def _joined(text: str, following: str) -> str:
    latin = text[-1:].isascii() and text[-1:].isalnum() and following[:1].isascii() and following[:1].isalnum()
    return f"{text} {following}" if latin and not text[-1:].isdigit() else text + following


def _usual_width(pages: Sequence[Sequence[Row]]) -> int:
    widths = sorted(len(row.text) for page in pages for row in page if not row.cells)
    return widths[int(len(widths) * 0.9)] if widths else 0


def _without_running_heads(pages: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """Drop rows at the edges that many pages share, and those that are only a page number.

    The outermost may differ in its digits; a second head or foot inside it must be the same everywhere.
    """
    kept = [list(page) for page in pages]
    for shape in (_without_digits, _as_printed):
        shapes = Counter(each for page in kept for each in {shape(row) for row in [*page[:1], *page[-1:]]})
        often = {each for each, times in shapes.items() if times >= max(3, len(pages) * _OFTEN)}
        kept = [_stripped(page, shape, often) for page in kept]
    return kept


def _stripped(page: list[Row], shape: Callable[[Row], str], often: set[str]) -> list[Row]:
    """Take the first and the last row off where they are heads."""

    def is_head(row: Row) -> bool:
        return not row.cells and (shape(row) in often or bool(pattern("page_number").match(row.text)))

    first = 1 if page and is_head(page[0]) else 0
    last = len(page) - 1 if len(page) > first and is_head(page[-1]) else len(page)
    return page[first:last]


def _without_digits(row: Row) -> str:
    return re.sub(r"\d+", "#", row.text)


def _as_printed(row: Row) -> str:
    return row.text
