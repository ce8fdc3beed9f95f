"""Which reader reads which kind of file. Called in place for plain text, in a quarantine for the rest."""

from collections.abc import Callable, Iterable

from knowledge.formats import legacy
from knowledge.formats.kinds import OLD, Kind, kind_of
from knowledge.formats.pdf import pdf_content
from knowledge.formats.plain import article_lines, csv_lines, decode, markdown_lines, text_lines
from knowledge.formats.scans import picture_lines
from knowledge.formats.slides import slide_lines
from knowledge.formats.webpage import page_lines
from knowledge.formats.word import word_lines
from knowledge.formats.workbook import workbook_lines
from knowledge.lines import Content, Line, Tell

_READERS: dict[Kind, Callable[[bytes, str], Iterable[Line]]] = {
    Kind.TEXT: text_lines,
    Kind.MARKDOWN: markdown_lines,
    Kind.CSV: csv_lines,
    Kind.ARTICLES: article_lines,
    Kind.HTML: lambda data, name: page_lines(decode(data, name)),
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
