"""The text layer of a PDF as lines with pages: wrapped lines joined again, running heads and page numbers taken off."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import pypdfium2

from knowledge.lines import Line
from knowledge.patterns import pattern
from township.errors import Mistake

_FULL = 0.85
"""A line this near to the usual width was broken by the page, not by its writer."""


def read_pdf(data: bytes, name: str) -> Iterable[Line]:
    """Read every page; a locked, broken or scanned file is a `Mistake`."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as failed:
        locked = "password" in str(failed).lower()
        raise Mistake("file_encrypted" if locked else "file_unreadable", file=name) from failed
    try:
        pages = [_page_lines(document, number) for number in range(len(document))]
    finally:
        document.close()
    if sum(len(line) for page in pages for line in page) < 10 * max(1, len(pages)):
        raise Mistake("file_scanned", file=name)
    return tuple(_unwrapped(_without_running_heads(pages)))


def _page_lines(document: "pypdfium2.PdfDocument", number: int) -> list[str]:
    page = document[number]
    text_page = page.get_textpage()
    try:
        text = str(text_page.get_text_bounded())
    finally:
        text_page.close()
        page.close()
    return [line.strip() for line in text.splitlines() if line.strip()]


def _without_running_heads(pages: Sequence[list[str]]) -> list[list[str]]:
    """Drop first and last lines that most pages share, digits apart, and lines that are only a page number."""
    edges = Counter(_shape(line) for page in pages for line in {*page[:1], *page[-1:]})
    often = {shape for shape, times in edges.items() if len(pages) > 2 and times > len(pages) / 2}
    kept = []
    for page in pages:
        last = len(page) - 1
        kept.append(
            [
                line
                for place, line in enumerate(page)
                if not (place in {0, last} and (_shape(line) in often or not _shape(line).strip("-—· /#")))
            ]
        )
    return kept


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _unwrapped(pages: Sequence[list[str]]) -> Iterator[Line]:
    """Join a line to the one before it when that one runs to the margin and does not end a sentence."""
    widths = sorted(len(line) for page in pages for line in page)
    usual = widths[int(len(widths) * 0.9)] if widths else 0
    text, start, full = "", 1, False
    for number, page in enumerate(pages, start=1):
        for line in page:
            ended = bool(pattern("sentence_end").search(text)) or not full
            if text and ended:
                yield Line(text, page=start)
                text = ""
            text, start = (text + line, start) if text else (line, number)
            full = len(line) >= usual * _FULL
    if text:
        yield Line(text, page=start)
