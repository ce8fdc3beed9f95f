"""Tables without ruled lines: rows of a PDF page whose pieces begin at the same places, far enough from each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_ROWS = 3
"""Rows that make a table."""
_NEAR = 4.0
"""Points within which two pieces begin at the same place."""
_GAP = 1.2
"""Heights of a character between two columns, at least."""
_NARROW = 0.3
"""Share of the page's width that a column of only two may have: text set in two columns is wider."""
_MOST = 3_000
"""Pieces of a page above which it is a drawing."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters: its edges in points."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Table:
    """Consecutive rows of pieces that stand in columns."""

    rows: tuple[tuple[Piece, ...], ...]

    @property
    def top(self) -> float:
        """The upper edge."""
        return max(piece.top for piece in self.rows[0])

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return min(piece.bottom for piece in self.rows[-1])


def tables(text: Any, width: float) -> list[Table]:
    """Find the tables of a page of `width` points, from the top."""
    count = text.count_rects()
    if not 2 * _ROWS <= count <= _MOST:
        return []
    pieces = [Piece(*text.get_rect(number)) for number in range(count)]
    found, run = [], list[tuple[Piece, ...]]()
    for row in [*map(_parted, _rows(pieces)), ()]:
        if run and not _stand_alike(run[-1], row):
            if len(run) >= _ROWS and _is_table(run, width):
                found.append(Table(tuple(run)))
            run = []
        if len(row) > 1:
            run.append(row)
    return found


def _rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Gather pieces at the same height, from the top, each row from the left."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: -(p.top + p.bottom)):
        middle = (piece.top + piece.bottom) / 2
        if rows and rows[-1][0].bottom < middle < rows[-1][0].top:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: p.left) for row in rows]


def _parted(row: Sequence[Piece]) -> tuple[Piece, ...]:
    """Join the pieces of a row that nearly touch: fonts change within a cell."""
    joined: list[Piece] = []
    for piece in row:
        height = piece.top - piece.bottom
        if joined and piece.left - joined[-1].right < _GAP * height:
            last = joined.pop()
            piece = Piece(
                last.left, min(last.bottom, piece.bottom), max(last.right, piece.right), max(last.top, piece.top)
            )
        joined.append(piece)
    return tuple(joined)


def _stand_alike(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    """Tell whether two rows have the same columns: their pieces begin, end or are centred at the same places."""
    return len(one) == len(other) and all(
        min(
            abs(a.left - b.left),
            abs(a.right - b.right),
            abs(a.left + a.right - b.left - b.right) / 2,
        )
        <= _NEAR
        for a, b in zip(one, other, strict=True)
    )


def _is_table(rows: Sequence[Sequence[Piece]], width: float) -> bool:
    if len(rows[0]) > 2:
        return True
    widest = max(sum(row[place].right - row[place].left for row in rows) / len(rows) for place in (0, 1))
    return widest <= width * _NARROW
