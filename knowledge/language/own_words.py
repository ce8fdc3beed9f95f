"""The words that a clerk adds: what people here say, and what the documents call it. A file in the home folder.

A YAML of pairs, or a sheet (.xlsx, .csv) of two columns; file and columns are named in texts.yaml. Read at the start
and again when it has changed. What cannot be used is passed over, and told by `check`.
"""

import csv
import io
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from township.errors import Mistake
from township.texts import Texts

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 2, 20
"""Characters of a word."""
KINDS = ("yaml", "xlsx", "csv")
Stamp = tuple[tuple[str, float], ...]


@dataclass(slots=True)
class _Home:
    """Where this process looks, and what it read last."""

    folder: Path | None = None
    stamp: Stamp = ()
    words: Mapping[str, str] = field(default_factory=dict)


_home = _Home()


def use(folder: Path) -> None:
    """Look for the clerk's words in this folder from now on."""
    _home.folder, _home.stamp, _home.words = folder, (), {}


def stamp() -> Stamp:
    """Give a value that changes whenever a file of the clerk's does."""
    return tuple((path.name, path.stat().st_mtime) for path in _files())


def read() -> Mapping[str, str]:
    """Give each word that people say with its official name."""
    now = stamp()
    if now != _home.stamp:
        _home.words, mistakes = check(_files())
        _home.stamp = now
        for mistake in mistakes:
            log.warning("a word of the clerk's is not used", extra={"action": "own_word", "code": mistake.code})
    return _home.words


def check(paths: Iterable[Path]) -> tuple[dict[str, str], list[Mistake]]:
    """Read the files; give what can be used, and what is wrong with the rest."""
    words: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for path in paths:
        try:
            rows = list(_pairs(path))
        except (ValueError, OSError, YAMLError) as wrong:
            mistakes.append(Mistake("own_words_unreadable", file=path.name, reason=type(wrong).__name__))
            continue
        for number, (said, name) in enumerate(rows, 2 if path.suffix != ".yaml" else 1):
            if not all(SHORTEST <= len(word) <= LONGEST for word in (said, name)):
                mistakes.append(Mistake("own_word_length", file=path.name, row=number, word=said or name))
            elif words.setdefault(said, name) != name:
                mistakes.append(Mistake("own_word_twice", file=path.name, row=number, word=said))
    return words, mistakes


def _files() -> list[Path]:
    if _home.folder is None:
        return []
    named = _texts().say("own_words_file")
    return [path for kind in KINDS if (path := _home.folder / f"{named}.{kind}").is_file()]


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    data = path.read_bytes()
    if path.suffix == ".yaml":
        loaded = YAML(typ="safe", pure=True).load(data.decode("utf-8-sig")) or {}
        if not isinstance(loaded, dict):
            raise ValueError("not pairs")
        for said, name in loaded.items():
            yield str(said).strip(), str(name).strip()
        return
    rows = _sheet(data) if path.suffix == ".xlsx" else csv.reader(io.StringIO(_decoded(data)))
    head, *body = [[_cell(value) for value in row] for row in rows] or [[]]
    said_column, name_column = (_texts().say(f"own_words_{column}") for column in ("said", "name"))
    if said_column not in head or name_column not in head:
        raise ValueError("columns")
    for row in body:
        if any(row):
            padded = row + [""] * len(head)
            yield padded[head.index(said_column)], padded[head.index(name_column)]


def _sheet(data: bytes) -> Iterator[Iterable[Any]]:
    from openpyxl import load_workbook

    yield from load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True)


def _cell(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


@cache
def _texts() -> Texts:
    return Texts.load(Path(__file__).parents[1] / "texts.yaml")
