"""Tables on a PDF page: cells between ruled lines, or rows whose pieces stand in plain columns. Geometry, no meaning.

Coordinates are those of the page: points, from the left and from below.
"""

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2
from pypdfium2 import raw

NEAR = 3.0
"""Points within which two lines meet."""
SHORTEST = 8.0
"""Points; a shorter stroke rules nothing."""
MOST_STROKES = 4_000
"""Strokes of a page above which it is a drawing."""
MOST_LINES = 400
"""The same, after strokes that continue each other were joined."""
MOST_CELLS = 2_000
INSET = 0.5
"""Points between a line and the text beside it; characters that only touch an edge belong to the other side."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line along one of the two directions."""

    is_level: bool
    at: float
    """Height of a level stroke, distance from the left of an upright one."""
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Grid:
    """The ruled lines of one table."""

    xs: tuple[float, ...]
    """From the left."""
    ys: tuple[float, ...]
    """From the top."""
    strokes: tuple[Stroke, ...]

    def has_wall(self, x: float, y: float) -> bool:
        """Tell whether an upright stroke at `x` passes the height `y`."""
        return any(not s.is_level and abs(s.at - x) <= NEAR and s.start <= y <= s.end for s in self.strokes)

    def has_floor(self, x: float, y: float) -> bool:
        """Tell whether a level stroke at height `y` passes `x`."""
        return any(s.is_level and abs(s.at - y) <= NEAR and s.start <= x <= s.end for s in self.strokes)


def grids(page: "pypdfium2.PdfPage") -> list[Grid]:
    """Find the ruled tables of a page, from the top; a frame around a text is none."""
    strokes = _continued(_strokes(page))
    if not 4 <= len(strokes) <= MOST_LINES:
        return []
    found = []
    for group in _meeting(strokes):
        xs = _levels(s.at for s in group if not s.is_level)
        ys = _levels(s.at for s in group if s.is_level)
        if len(xs) > 2 and len(ys) > 2 and len(xs) * len(ys) <= MOST_CELLS:
            found.append(Grid(tuple(xs), tuple(reversed(ys)), tuple(group)))
    return sorted(found, key=lambda grid: -grid.ys[0])


def cells(grid: Grid, text: "pypdfium2.PdfTextPage") -> list[list[str]]:
    """Read the cells; one that reaches over several rows stands in each of them, over columns in the first."""
    wide, high = len(grid.xs) - 1, len(grid.ys) - 1
    rows = [[""] * wide for _ in range(high)]
    done: set[tuple[int, int]] = set()
    for number in range(high):
        first = 0
        for place in range(1, wide + 1):
            if place < wide and not grid.has_wall(grid.xs[place], (grid.ys[number] + grid.ys[number + 1]) / 2):
                continue
            if (number, first) not in done:
                below = _floor(grid, number, (grid.xs[first] + grid.xs[place]) / 2)
                inside = _inside(text, grid.xs[first], grid.ys[below], grid.xs[place], grid.ys[number])
                for each in range(number, below):
                    rows[each][first] = inside
                    done.add((each, first))
            first = place
    return rows


def _floor(grid: Grid, number: int, x: float) -> int:
    """Find the line on which a cell ends that begins at line `number`."""
    below = number + 1
    while below < len(grid.ys) - 1 and not grid.has_floor(x, grid.ys[below]):
        below += 1
    return below


def _inside(text: "pypdfium2.PdfTextPage", left: float, bottom: float, right: float, top: float) -> str:
    found = text.get_text_bounded(left + INSET, bottom + INSET, right - INSET, top - INSET)
    return " ".join(str(found).split())


def _strokes(page: "pypdfium2.PdfPage") -> Iterator[Stroke]:
    for count, drawn in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4)):
        if count > MOST_STROKES:
            return
        left, bottom, right, top = drawn.get_bounds()
        if top - bottom <= NEAR and right - left >= SHORTEST:
            yield Stroke(True, (top + bottom) / 2, left, right)
        elif right - left <= NEAR and top - bottom >= SHORTEST:
            yield Stroke(False, (left + right) / 2, bottom, top)
        elif right - left >= SHORTEST and top - bottom >= SHORTEST:
            yield from _sides(drawn)


def _sides(drawn: Any) -> Iterator[Stroke]:
    """Take a path with several strokes apart; curves and slanting strokes rule nothing."""
    count = raw.FPDFPath_CountSegments(drawn)
    if not 2 <= count <= MOST_STROKES or not _is_drawn(drawn):
        return
    matrix = drawn.get_matrix()
    start = before = (0.0, 0.0)
    for number in range(count):
        segment = raw.FPDFPath_GetPathSegment(drawn, number)
        kind = raw.FPDFPathSegment_GetType(segment)
        x, y = ctypes.c_float(), ctypes.c_float()
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        here = matrix.on_point(x.value, y.value)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = here
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield from _stroke(before, here)
        if raw.FPDFPathSegment_GetClose(segment):
            yield from _stroke(here, start)
        before = here


def _is_drawn(drawn: Any) -> bool:
    """Tell whether a path is stroked at all, not only a coloured ground or an edge to cut at."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    known = raw.FPDFPath_GetDrawMode(drawn, fill, stroke)
    return bool(known and stroke.value)


def _stroke(one: tuple[float, float], other: tuple[float, float]) -> Iterator[Stroke]:
    wide, high = abs(one[0] - other[0]), abs(one[1] - other[1])
    if high <= 1 and wide >= SHORTEST:
        yield Stroke(True, one[1], min(one[0], other[0]), max(one[0], other[0]))
    elif wide <= 1 and high >= SHORTEST:
        yield Stroke(False, one[0], min(one[1], other[1]), max(one[1], other[1]))


def _continued(strokes: Iterable[Stroke]) -> list[Stroke]:
    """Join strokes of one line: many programs draw the side of each cell by itself."""
    joined: list[Stroke] = []
    for stroke in sorted(strokes, key=lambda s: (s.is_level, round(s.at / NEAR), s.start)):
        last = joined[-1] if joined else None
        alike = last and last.is_level is stroke.is_level and abs(last.at - stroke.at) <= NEAR
        if last and alike and stroke.start <= last.end + NEAR:
            joined[-1] = Stroke(last.is_level, last.at, last.start, max(last.end, stroke.end))
        else:
            joined.append(stroke)
    return joined


def _meeting(strokes: Sequence[Stroke]) -> Iterator[list[Stroke]]:
    """Gather strokes that touch each other, directly or through others."""
    level = sorted((s for s in strokes if s.is_level), key=lambda s: s.at)
    upright = [s for s in strokes if not s.is_level]
    groups: dict[int, list[Stroke]] = {}
    owner: dict[Stroke, int] = {}
    for number, stroke in enumerate([*level, *upright]):
        group = [stroke]
        met = {owner[o] for o in owner if _touch(stroke, o)}
        for each in met:
            group += groups.pop(each)
        groups[number] = group
        owner.update(dict.fromkeys(group, number))
    yield from groups.values()


def _touch(one: Stroke, other: Stroke) -> bool:
    if one.is_level is other.is_level:
        along = one.start <= other.end + NEAR and other.start <= one.end + NEAR
        return abs(one.at - other.at) <= NEAR and along
    return one.start - NEAR <= other.at <= one.end + NEAR and other.start - NEAR <= one.at <= other.end + NEAR


def _levels(values: Iterable[float]) -> list[float]:
    """Give the distinct values, those nearer than a stroke's width as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > NEAR:
            found.append(value)
    return found
