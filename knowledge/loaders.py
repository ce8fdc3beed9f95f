"""Open a file of any format that a clerk sends and give its lines; refuse, with the reason, what cannot be read.

Here a file is measured and sent where its kind is read: plain text in place, everything else in a quarantine
(`formats/`). What the lines mean is not decided here.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.formats import archive
from knowledge.formats.kinds import PLAIN, SUFFIXES, Kind, kind_of
from knowledge.formats.plain import article_lines, csv_lines, decode, markdown_lines, text_lines
from knowledge.formats.quarantine import Quarantine
from knowledge.formats.webpage import page_lines
from knowledge.structure.lines import Content, Line, Remark, Tell, silent
from township.errors import Mistake

__all__ = ["FORMATS", "MAX_BYTES", "Loaded", "check_size", "decode", "load", "members", "parse"]

MAX_BYTES = 20 * 1024 * 1024
MIN_TEXT = 10
"""Characters; a file with less text than this is empty for our purpose."""

#: How plain text is read, here and now. Libraries that open other files are loaded in the quarantine alone.
_PLAIN: dict[Kind, Callable[[bytes, str], Iterable[Line]]] = {
    Kind.TEXT: text_lines,
    Kind.MARKDOWN: markdown_lines,
    Kind.CSV: csv_lines,
    Kind.ARTICLES: article_lines,
    Kind.HTML: lambda data, name: page_lines(decode(data, name)),
}

#: File name endings that can be read.
FORMATS = frozenset(SUFFIXES)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The lines of one file."""

    name: str
    lines: tuple[Line, ...]
    remarks: tuple[Remark, ...] = ()
    """What its keeper should know."""


def load(path: Path, *, name: str = "", max_bytes: int = MAX_BYTES) -> Loaded:
    """Read a file; a `Mistake` says what is wrong with it and how to mend it."""
    check_size(path, name=name, max_bytes=max_bytes)
    return parse(path.read_bytes(), name or path.name)


def check_size(path: Path, *, name: str = "", max_bytes: int = MAX_BYTES) -> None:
    """Refuse a file that is not there or too large, before it is read."""
    shown = name or path.name
    if not path.is_file():
        raise Mistake("file_missing", file=shown)
    size = path.stat().st_size
    if size > max_bytes:
        raise Mistake("file_too_large", file=shown, megabytes=round(size / 2**20, 1), most=max_bytes // 2**20)


def parse(data: bytes, name: str, *, apart: Quarantine | None = None, tell: Tell = silent) -> Loaded:
    """Read the bytes of a file: they say what it is, not its name. An archive counts when one file is in it.

    `apart` is the quarantine of a whole batch; without one, a file that needs it gets its own.
    """
    kind = kind_of(data, name)
    if kind is Kind.ZIP:
        name, data = _the_only_one(data, name)
        kind = kind_of(data, name)
    content = _content(data, name, kind, apart, tell)
    lines = tuple(line for line in content.lines if line.text.strip())
    if sum(len(line.text) for line in lines) < MIN_TEXT:
        raise Mistake("file_empty", file=name)
    return Loaded(name, lines, content.remarks)


def members(data: bytes, name: str) -> Iterator[tuple[str, bytes | Mistake]]:
    """Give the files of an archive with their names, or why one is left out; any other file is its own only member."""
    if data.startswith(b"PK") and kind_of(data, name) is Kind.ZIP:
        yield from archive.members(data, name, most=MAX_BYTES)
    else:
        yield name, data


def _the_only_one(data: bytes, name: str) -> tuple[str, bytes]:
    found = list(members(data, name))
    if len(found) > 1:
        raise Mistake("archive_of_several", file=name, count=len(found))
    inner, content = found[0]
    if isinstance(content, Mistake):
        raise content
    return inner, content


def _content(data: bytes, name: str, kind: Kind, apart: Quarantine | None, tell: Tell) -> Content:
    if kind in PLAIN:
        return Content(tuple(_PLAIN[kind](data, name)))
    if apart is not None:
        return apart.read(data, name, kind, tell)
    with Quarantine() as own:
        return own.read(data, name, kind, tell)
