"""Word documents (DOCX) as lines: paragraphs with the numbers that Word writes itself, headings, tables, text boxes."""

import io
import re
from collections.abc import Iterator
from typing import Any

from knowledge.formats.numbering import Numbering, W
from knowledge.formats.office import as_document, broken_is_a_mistake, checked
from knowledge.structure.lines import Line, written_out

_HEADING = re.compile(r"(?:heading|title)\s*(\d?)", re.IGNORECASE)
_ELSEWHERE = {f"{W}txbxContent", f"{W}moveFrom"}
"""Text in these is not the paragraph's own: it stands in a box, or was moved away."""
_DEEPEST = 100
"""How deep boxes, controls and tables may stand in each other before the rest is left out."""


def word_lines(data: bytes, name: str) -> tuple[Line, ...]:
    """Read the body in order; running heads, notes at the margin and struck-out text are left out."""
    from docx import Document

    with broken_is_a_mistake(name):
        return tuple(_Reader(Document(io.BytesIO(as_document(checked(data, name).getvalue())))).body())


class _Reader:
    """Walks through one document."""

    def __init__(self, document: Any) -> None:
        self._body = document.element.body
        self._styles = {style.get(f"{W}styleId"): style for style in document.styles.element.iter(f"{W}style")}
        part = next((p for p in document.part.package.iter_parts() if str(p.partname).endswith("/numbering.xml")), None)
        root = getattr(part, "element", None)
        self._numbers = Numbering(root, lambda style: self._styles.get(style))
        self._tables = 0

    def body(self) -> Iterator[Line]:
        yield from self._blocks(self._body, 0)

    def _blocks(self, holder: Any, depth: int) -> Iterator[Line]:
        if depth > _DEEPEST:
            return
        for child in holder:
            if child.tag == f"{W}p":
                yield from self._paragraph(child, depth)
            elif child.tag == f"{W}tbl":
                self._tables += 1
                yield from written_out(_rows(child), self._tables)
            elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"}:
                yield from self._blocks(child, depth + 1)

    def _paragraph(self, paragraph: Any, depth: int) -> Iterator[Line]:
        number = self._numbers.of(paragraph)
        text = _text(paragraph)
        if text.strip():
            heading = self._heading(paragraph)
            for place, part in enumerate(text.split("\n")):
                yield Line(f"{number} {part}".strip() if number and not place else part.strip(), heading=heading)
        for box in _boxes(paragraph):
            yield from self._blocks(box, depth + 1)

    def _heading(self, paragraph: Any) -> int:
        properties = paragraph.find(f"{W}pPr")
        style = properties.find(f"{W}pStyle") if properties is not None else None
        known = self._styles.get(style.get(f"{W}val")) if style is not None else None
        name = known.find(f"{W}name") if known is not None else None
        found = _HEADING.match(str(name.get(f"{W}val"))) if name is not None else None
        return int(found[1] or 1) if found else 0


def _rows(table: Any) -> list[list[str]]:
    """Read the cells of a table; a cell that reaches over several rows stands in each of them, over columns in one."""
    rows: list[list[str]] = []
    for row in _own(table, "tr"):
        cells: list[str] = []
        for cell in _own(row, "tc"):
            properties = cell.find(f"{W}tcPr")
            span = properties.find(f"{W}gridSpan") if properties is not None else None
            merged = properties.find(f"{W}vMerge") if properties is not None else None
            text = " ".join(filter(None, map(_text, cell.iter(f"{W}p"))))
            if merged is not None and merged.get(f"{W}val") != "restart" and rows and len(cells) < len(rows[-1]):
                text = rows[-1][len(cells)]
            cells += [text, *[""] * (_span(span) - 1)]
        rows.append(cells)
    return rows


def _own(holder: Any, tag: str) -> Iterator[Any]:
    """Give the rows of this very table, or the cells of this row: not those of a table inside it."""
    return (each for each in holder.iter(f"{W}{tag}") if next(each.iterancestors(holder.tag)) is holder)


def _span(element: Any | None) -> int:
    value = str(element.get(f"{W}val")) if element is not None else "1"
    return min(int(value), 100) if value.isdigit() else 1


def _text(paragraph: Any) -> str:
    """Read the text of a paragraph as it stands when all changes are accepted, without its text boxes."""
    parts: list[str] = []
    for element in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}cr", f"{W}noBreakHyphen"):
        if any(above.tag in _ELSEWHERE for above in _above(element, paragraph)):
            continue
        if element.tag == f"{W}t":
            parts.append(element.text or "")
        elif element.tag == f"{W}tab":
            parts.append("\t" if parts else "")
        else:
            parts.append("-" if element.tag.endswith("Hyphen") else "\n")
    return "".join(parts).replace("\t", " ")


def _above(element: Any, until: Any) -> Iterator[Any]:
    while (element := element.getparent()) is not None and element is not until:
        yield element


def _boxes(paragraph: Any) -> Iterator[Any]:
    """Give the text boxes of a paragraph once: Word writes each a second time for old programs."""
    for box in paragraph.iter(f"{W}txbxContent"):
        if not any(above.tag.endswith("}Fallback") or above.tag == box.tag for above in _above(box, paragraph)):
            yield box
