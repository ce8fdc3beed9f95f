"""The text of an HTML page as lines: block elements and tables; scripts, styles and navigation are left out."""

import re
from html.parser import HTMLParser

from knowledge.structure.lines import Line, written_out


def page_lines(text: str) -> list[Line]:
    """Read a page; broken markup is read as far as it goes."""
    parser = _Page()
    parser.feed(text)
    parser.flush()
    return parser.lines


class _Page(HTMLParser):
    """Gathers text until a block ends."""

    BLOCKS = frozenset(
        {"p", "div", "li", "br", "section", "article", "blockquote", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"}
    )
    SILENT = frozenset({"script", "style", "nav", "head", "noscript", "template"})

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self._parts: list[str] = []
        self._row: list[str] = []
        self._rows: list[list[str]] = []
        self._silent = self._tables = self._heading = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self._silent += 1
        elif tag in self.BLOCKS:
            self.flush()
            self._heading = int(tag[1]) if re.fullmatch("h[1-6]", tag) else 0
        elif tag == "table":
            self.flush()
            self._rows = []

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in self.BLOCKS:
            self.flush()
        elif tag in {"td", "th"}:
            self._row.append("".join(self._parts))
            self._parts = []
        elif tag == "tr":
            self._rows.append(self._row)
            self._row = []
        elif tag == "table":
            self._tables += 1
            self.lines += written_out(self._rows, self._tables)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(data)

    def flush(self) -> None:
        text = " ".join("".join(self._parts).split())
        self.lines += [Line(text, heading=self._heading)] if text else []
        self._parts, self._heading = [], 0
