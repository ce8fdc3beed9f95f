"""A document as its lines: what loaders give, and what front matter and splitters read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, or one row of a table written out with its headings."""

    text: str
    page: int | None = None
    heading: int = 0
    """1 is the title; 0 is ordinary text."""
    table: int = 0
    """Rows of one table share a number; 0 is no table."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a file that its keeper should know, though it can be read."""

    code: str
    """The name of its sentence in the texts."""
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """All that was read out of one file."""

    lines: tuple[Line, ...]
    remarks: tuple[Remark, ...] = ()


#: Hears how far the reading of a file is: the page, and of how many (0: not known).
Tell = Callable[[int, int], None]


def silent(page: int, of: int) -> None:
    """Hear nothing of it."""


def written_out(rows: Iterable[Sequence[str]], table: int) -> Iterator[Line]:
    """Write each row of a table with its headings, so that a row can be understood, and cited, by itself."""
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    while _is_caption(filled):
        yield Line("".join(filled.pop(0)), table=table)  # the name of the table, over all its columns
    if len(filled) < 2:
        yield from (Line("；".join(cell for cell in row if cell), table=table) for row in filled)
        return
    head, *body = filled
    for row in body:
        cells = [f"{head[n]}：{cell}" if n < len(head) and head[n] else cell for n, cell in enumerate(row) if cell]
        yield Line("；".join(cells), table=table)


def _is_caption(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row is the name of the table, written over all its columns."""
    return len(rows) > 2 and sum(map(bool, rows[0])) == 1 and sum(map(bool, rows[1])) > 1
