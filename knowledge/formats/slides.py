"""Slides (PPTX) as lines: the title of each as a heading, its texts and tables, its number as the page."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from knowledge.formats.office import broken_is_a_mistake, checked
from knowledge.structure.lines import Line, written_out

_DEEPEST = 50


def slide_lines(data: bytes, name: str) -> tuple[Line, ...]:
    """Read the slides in order; hidden ones and speakers' notes are left out."""
    from pptx import Presentation

    with broken_is_a_mistake(name):
        return tuple(_slides(Presentation(checked(data, name))))


def _slides(show: Any) -> Iterator[Line]:
    tables = count(1)
    for number, slide in enumerate(show.slides, start=1):
        if slide.element.get("show") == "0":
            continue
        title = slide.shapes.title
        if title is not None and title.has_text_frame and title.text_frame.text.strip():
            yield Line(" ".join(title.text_frame.text.split()), page=number, heading=1 if number == 1 else 2)
        others = (shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id)
        for line in _shapes(others, tables, 0):
            yield replace(line, page=number)


def _shapes(shapes: Iterable[Any], tables: Iterator[int], depth: int) -> Iterator[Line]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth < _DEEPEST:
                yield from _shapes(shape.shapes, tables, depth + 1)
        elif getattr(shape, "has_table", False):
            yield from written_out([[cell.text for cell in row.cells] for row in shape.table.rows], next(tables))
        elif shape.has_text_frame:
            for paragraph in shape.text_frame.paragraphs:
                yield Line(" ".join(paragraph.text.split()))
