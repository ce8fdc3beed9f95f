"""PDF pages as lines: the text layer page by page, tables as rows, scanned pages through the extra that reads pictures.

Scripts in a PDF are never run: the library is built without them. A file that carries some is remarked on.
"""

import re
import unicodedata
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

from knowledge.formats import scans
from knowledge.formats.columns import tables
from knowledge.formats.grids import INSET, cells, grids
from knowledge.formats.pages import Row, paragraphs
from knowledge.structure.lines import Content, Remark, Tell
from township.errors import Mistake

LEAST = 10
"""Characters; a page with fewer and a picture on it is a scan."""
MOST_PAGES = 3_000
_DOTS = 150 / 72
"""Dots a point for reading a scan: 150 an inch, at which the smallest print of a notice is still 20 dots high."""
_LONGEST_SIDE = 2_400
_LOST = 0.97
"""Share of a page's characters that must be found again when its tables are taken apart, else it is read as text."""
_SCRIPT = re.compile(rb"/(?:J(?:#61|a)va(?:#53|S)cript|J(?:#53|S)\b|Launch\b)")
_TYPOGRAPHIC = re.compile(
    r"(?<=[\u4e00-\u9fff])(?<![\u6761\u7ae0\u8282\u7f16\u6b3e]) (?=[0-9A-Za-z])|(?<=[0-9A-Za-z%]) (?=[\u4e00-\u9fff])"
)
"""The thin space that programs set between Chinese and Latin, but not the one behind the number of an article."""
_RADICALS = re.compile("[\u2e80-\u2fdf]")
_PARTED, _HYPHEN = re.compile("(?<=[a-z])[\2\ufffe]+(?=[a-z])"), re.compile("[\2\ufffe]+")
"""How pdfium writes a hyphen behind which it takes a word for parted: so it takes that of A-1 as well."""


def pdf_content(data: bytes, name: str, tell: Tell) -> Content:
    """Read every page; a locked or broken file, or one of scans that nobody can read here, is a `Mistake`."""
    document = _opened(data, name)
    try:
        pages, blank, unclear = _pages(document, tell)
        scripts = bool(raw.FPDFDoc_GetJavaScriptActionCount(document) > 0 or _SCRIPT.search(data))
    finally:
        document.close()
    remarks = [Remark("scan_unread", tuple(blank))] if blank else []
    remarks += [Remark("scan_unclear", tuple(unclear))] if unclear else []
    remarks += [Remark("has_script")] if scripts else []
    if blank and not any(pages):
        raise Mistake("file_scanned", file=name, pages=len(blank))
    return Content(tuple(paragraphs(pages)), tuple(remarks))


def _opened(data: bytes, name: str) -> "pypdfium2.PdfDocument":
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as failed:
        locked = re.search("password|security", str(failed), re.IGNORECASE) and b"/Encrypt" in data
        raise Mistake("file_encrypted" if locked else "file_unreadable", file=name) from failed
    if len(document) > MOST_PAGES:
        count = len(document)
        document.close()
        raise Mistake("file_too_long", file=name, pages=count, most=MOST_PAGES)
    return document


def _pages(document: "pypdfium2.PdfDocument", tell: Tell) -> tuple[list[list[Row]], list[int], list[int]]:
    """Read the pages; beside them the numbers of scanned pages that nobody read, and of those hard to read."""
    pages: list[list[Row]] = []
    blank, unclear = [], []
    for number in range(1, len(document) + 1):
        rows: list[Row] = []
        try:
            page = document[number - 1]
        except pypdfium2.PdfiumError:
            blank.append(number)
            pages.append(rows)
            continue
        rows = _rows(page)
        if sum(len(row.text) for row in rows) < LEAST and _is_picture(page):
            if scans.can_see():
                seen = scans.look(_picture(page))
                rows = [Row(text) for text in seen.lines]
                unclear += [] if seen.is_clear else [number]
            else:
                blank.append(number)
        page.close()
        pages.append(rows)
        tell(number, len(document))
    return pages, blank, unclear


def _rows(page: "pypdfium2.PdfPage") -> list[Row]:
    text = page.get_textpage()
    try:
        whole = _clean(text.get_text_bounded())
        plain = [Row(line.strip()) for line in whole.splitlines() if line.strip()]
        parted = list(_with_tables(page, text)) if plain else []
    finally:
        text.close()
    found = sum(len("".join(cell.split())) for row in parted for cell in (row.cells or (row.text,)))
    return parted if parted and found >= len("".join(whole.split())) * _LOST else plain


def _with_tables(page: "pypdfium2.PdfPage", text: "pypdfium2.PdfTextPage") -> Iterator[Row]:
    """Read a page that has tables in stripes from the top: text, table, text; nothing when it has none."""
    left, bottom, right, top = page.get_bbox()
    stripes: list[tuple[float, float, list[list[str]]]] = [
        (grid.ys[0], grid.ys[-1], cells(grid, text)) for grid in grids(page)
    ]
    for table in tables(text, right - left):
        if all(table.bottom > upper or table.top < lower for upper, lower, _ in stripes):
            read = [
                [_clean(text.get_text_bounded(p.left, p.bottom, p.right, p.top)) for p in row] for row in table.rows
            ]
            stripes.append((table.top, table.bottom, read))
    if not stripes:
        return
    for number, (upper, lower, rows) in enumerate(sorted(stripes, key=lambda stripe: -stripe[0]), start=1):
        yield from _text(text.get_text_bounded(left, upper + INSET, right, top)) if upper + INSET < top else ()
        yield from (Row("", tuple(" ".join(_clean(cell).split()) for cell in row), number) for row in rows)
        top = lower - INSET
    yield from _text(text.get_text_bounded(left, bottom, right, top))


def _text(found: str) -> Iterator[Row]:
    return (Row(line.strip()) for line in _clean(found).splitlines() if line.strip())


def _clean(text: str) -> str:
    """Take off marks of broken lines, and give radicals, which some programs write for characters, their character."""
    bare = _HYPHEN.sub("-", _PARTED.sub("", text)).replace("\0", "")
    return _TYPOGRAPHIC.sub("", _RADICALS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), bare))


def _is_picture(page: "pypdfium2.PdfPage") -> bool:
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4))


def _picture(page: "pypdfium2.PdfPage") -> object:
    scale = min(_DOTS, _LONGEST_SIDE / max(1.0, *page.get_size()))
    return page.render(scale=scale, rev_byteorder=False).to_numpy()
