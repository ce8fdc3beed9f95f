"""Files of plain characters as lines: text, Markdown, CSV, and articles one a line (JSONL)."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator

from knowledge.structure.lines import Line, written_out
from township.errors import Mistake

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_HAN = re.compile(r"[\u3000-\u9fff\uff00-\uffef\x20-\x7e\r\n\t]")
_MOST_CONTROL = 0.01
"""Share of control characters above which a file is no text."""
_LEAST_KNOWN = 0.7
"""Share of Chinese and Latin characters below which bytes with zeros among them are no UTF-16."""


def decode(data: bytes, name: str) -> str:
    """Decode text as people in China store it: UTF-8, UTF-16 with or without its mark, GB18030."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _text(data, "utf-16", name)
    if b"\0" in data[:4096]:
        return _text(data, _sixteen(data[:4096], name), name)
    try:
        return _text(data, "utf-8-sig", name)
    except UnicodeDecodeError:
        return _text(data, "gb18030", name)


def _text(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as broken:
        if encoding == "utf-8-sig":
            raise
        raise Mistake("file_unreadable", file=name) from broken
    sample = text[:20_000]
    if len(_CONTROL.findall(sample)) > len(sample) * _MOST_CONTROL:
        raise Mistake("file_unreadable", file=name)
    return text


def _sixteen(sample: bytes, name: str) -> str:
    """Tell in which order the bytes of UTF-16 without a mark stand: the order that gives more known characters."""
    even = sample[: len(sample) // 2 * 2]
    known = {way: len(_HAN.findall(even.decode(way, "replace"))) for way in ("utf-16-le", "utf-16-be")}
    best = max(known, key=lambda way: known[way])
    if known[best] < len(even) / 2 * _LEAST_KNOWN:
        raise Mistake("file_unreadable", file=name)
    return best


def text_lines(data: bytes, name: str) -> Iterator[Line]:
    """Read plain text: a line is a paragraph."""
    for line in decode(data, name).splitlines():
        yield Line(" ".join(line.split("\t")).strip())


def markdown_lines(data: bytes, name: str) -> Iterator[Line]:
    """Read Markdown: headings, tables, paragraphs without their marks."""
    rows: list[list[str]] = []
    tables = 0
    for raw in decode(data, name).splitlines():
        text = raw.strip()
        if text.startswith("|") and text.endswith("|"):
            if not set(text) <= set("|-: "):
                rows.append(text.strip("|").split("|"))
            continue
        if rows:
            tables += 1
            yield from written_out(rows, tables)
            rows = []
        heading = len(text) - len(text.lstrip("#"))
        yield Line(re.sub(r"\*\*|__|`", "", text.lstrip("#>").lstrip("-* ").strip()), heading=heading)
    yield from written_out(rows, tables + 1)


def csv_lines(data: bytes, name: str) -> Iterable[Line]:
    """Read rows whose cells are parted by a comma, a tab or a semicolon, whichever the first row has most of."""
    text = decode(data, name)
    first = text.split("\n", 1)[0]
    mark = max(",\t;", key=first.count)
    try:
        return tuple(written_out(csv.reader(io.StringIO(text), delimiter=mark), table=1))
    except csv.Error as broken:
        raise Mistake("file_unreadable", file=name) from broken


def article_lines(data: bytes, name: str) -> Iterator[Line]:
    """Read articles, one JSON object a line with title, chapter, article_no and text."""
    title, chapter = "", ""
    for number, row in enumerate(decode(data, name).splitlines(), 1):
        if not row.strip():
            continue
        article = _article(row, name, number)
        if article.get("title", "") != title:
            title = article.get("title", "")
            yield Line(title, heading=1)
        if article.get("chapter", "") != chapter:
            chapter = article.get("chapter", "")
            yield Line(chapter, heading=2)
        yield Line(f"{article.get('article_no', '')} {article['text']}".strip())


def _article(row: str, name: str, number: int) -> dict[str, str]:
    try:
        loaded = json.loads(row)
        if not isinstance(loaded, dict) or not str(loaded.get("text", "")).strip():
            raise ValueError("text")
    except (ValueError, RecursionError) as broken:
        raise Mistake("bad_line", file=name, line=number, reason=type(broken).__name__) from broken
    return {key: " ".join(str(value).split()) for key, value in loaded.items()}
