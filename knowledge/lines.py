"""A document as its lines: what loaders give, and what front matter and splitters read."""

from collections.abc import Iterable, Iterator, Sequence
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


def written_out(rows: Iterable[Sequence[str]], table: int) -> Iterator[Line]:
    """Write each row of a table with its headings, so that a row can be understood, and cited, by itself."""
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    if len(filled) < 2:
        yield from (Line("；".join(cell for cell in row if cell), table=table) for row in filled)
        return
    head, *body = filled
    for row in body:
        cells = [f"{head[n]}：{cell}" if n < len(head) and head[n] else cell for n, cell in enumerate(row) if cell]
        yield Line("；".join(cells), table=table)
