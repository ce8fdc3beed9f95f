"""Which reader reads which kind of file that could do harm. For the quarantine: nobody else imports these libraries."""

from collections.abc import Callable, Iterable

from knowledge.formats import legacy
from knowledge.formats.kinds import OLD, Kind, kind_of
from knowledge.formats.pdf import pdf_content
from knowledge.formats.scans import picture_lines
from knowledge.formats.slides import slide_lines
from knowledge.formats.word import word_lines
from knowledge.formats.workbook import workbook_lines
from knowledge.structure.lines import Content, Line, Tell

_READERS: dict[Kind, Callable[[bytes, str], Iterable[Line]]] = {
    Kind.DOCX: word_lines,
    Kind.XLSX: workbook_lines,
    Kind.PPTX: slide_lines,
}


def read(data: bytes, name: str, kind: Kind, tell: Tell) -> Content:
    """Read a file whose kind is known; `tell` hears of every page that takes time."""
    if kind in OLD:
        data = legacy.renewed(data, name, kind)
        kind = kind_of(data, name)
    if kind is Kind.PDF:
        return pdf_content(data, name, tell)
    if kind is Kind.IMAGE:
        return picture_lines(data, name, tell)
    return Content(tuple(line for line in _READERS[kind](data, name) if line.text.strip()))
