"""YAML of a skill folder, read strictly, with the place of every key: a mistake is told with file and line."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from township.texts import Texts

NEAR_IN_CHINESE = 0.45
"""Likeness from which another word may be meant: two characters of which one is wrong are 0.5."""
MOST_NODES, DEEPEST = 100_000, 60
"""So much a file may hold, and so far in; our largest has some thousands, twelve deep."""
MOST_BRACKETS = 200
"""Brackets that are open at once, found before the reader goes into them."""
BARE = re.compile(r"yes|no|on|off|y|n", re.IGNORECASE)
_texts = Texts.load(Path(__file__).with_name("texts.yaml"))


def say(name: str, /, **values: object) -> str:
    """Say a sentence of this package."""
    return _texts.say(name, **values)


def say_in_book(name: str, /, **values: object) -> str:
    """Say a sentence to whoever fills a workbook: by what its sheets and columns are called, where that differs."""
    own = f"{name}_in_book"
    return say(own if own in codes() else name, **values)


def sentences() -> Texts:
    """All sentences of this package."""
    return _texts


def codes() -> frozenset[str]:
    """The names of all sentences."""
    return _texts.names()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what may have been meant."""

    file: str
    line: int
    """Of the file, or the row of a sheet; 0: of no place in it."""
    message: str
    suggestion: str = ""
    sheet: str = ""
    """In a workbook: the sheet, and the letter of the column."""
    column: str = ""

    def __str__(self) -> str:
        hint = f" {self.suggestion}" if self.suggestion else ""
        if not self.line:
            return say("at_book", file=self.file) + f"{self.message}{hint}"
        if self.sheet and not self.column:
            return say("at_sheet", file=self.file, sheet=self.sheet) + f"{self.message}{hint}"
        if self.sheet:
            cell = say("at_cell", file=self.file, sheet=self.sheet, row=self.line, column=self.column)
            return f"{cell}{self.message}{hint}"
        return f"{self.file}:{self.line}: {self.message}{hint}"


Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file with its content and the lines of its keys."""

    file: str
    content: Any
    lines: Mapping[Path_, int] = field(default_factory=dict)

    def line(self, path: Path_) -> int:
        """The line of a key, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(file: str, text: str) -> tuple[Sheet, list[Problem]]:
    """Read one file; a tab, a duplicate key, a bare yes/no/on or broken YAML is a problem with its line."""
    tab = next((number for number, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\t", line)), None)
    if tab is not None:
        return Sheet(file, None), [Problem(file, tab, say("tab"), say("tab_hint"))]
    if max(accumulate((one in "[{") - (one in "]}") for one in text), default=0) > MOST_BRACKETS:
        return Sheet(file, None), [Problem(file, 1, say("too_much"))]
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    try:
        loaded = yaml.load(text)
        if not _is_bounded(loaded):
            return Sheet(file, None), [Problem(file, 1, say("too_much"))]
    except RecursionError:
        return Sheet(file, None), [Problem(file, 1, say("too_much"))]
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        found = re.search(r'duplicate key "([^"]*)"', str(error))
        return Sheet(file, None), [Problem(file, line, say("duplicate_key", key=found[1] if found else ""))]
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Sheet(file, None), [Problem(file, mark.line + 1 if mark else 1, say("broken_yaml"), say("broken_hint"))]
    except (YAMLError, TypeError, ValueError, KeyError, AttributeError):  # what merges itself, among others
        return Sheet(file, None), [Problem(file, 1, say("broken_yaml"), say("broken_hint"))]
    lines = dict(_lines(loaded, ()))
    bare = [
        Problem(file, lines.get(path, 1), say("bare_word", word=value), say("bare_hint", word=value))
        for path, value in _scalars(loaded, ())
        if type(value) is str and BARE.fullmatch(value)
    ]
    return Sheet(file, _plain(loaded), lines), bare


def _is_bounded(loaded: Any) -> bool:
    """Say whether a file stays small and shallow when what it repeats by name is written out; a loop does not."""
    waiting, seen = [(loaded, 0)], 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if seen > MOST_NODES or depth > DEEPEST:
            return False
        inner = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
        waiting.extend((one, depth + 1) for one in inner)
    return True


def _lines(node: Any, path: Path_) -> Iterator[tuple[Path_, int]]:
    if isinstance(node, CommentedMap):
        for key, value in node.items():
            yield (*path, key), _line_of(node, key) + 1
            yield from _lines(value, (*path, key))
    elif isinstance(node, CommentedSeq):
        for index, value in enumerate(node):
            yield (*path, index), _line_of(node, index) + 1
            yield from _lines(value, (*path, index))


def _line_of(node: Any, key: Any) -> int:
    """A merged key has no line of its own; the mapping's will do."""
    try:
        place = node.lc.key(key) if isinstance(node, CommentedMap) else node.lc.item(key)
    except (KeyError, TypeError):
        return int(node.lc.line)
    return int(place[0]) if place else int(node.lc.line)


def _scalars(node: Any, path: Path_) -> Iterator[tuple[Path_, Any]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield (*path, key), key
            yield from _scalars(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _scalars(value, (*path, index))
    else:
        yield path, node


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return str(node) if isinstance(node, str) else node


def nearest(word: str, known: Mapping[str, object] | frozenset[str] | set[str]) -> str:
    """Suggest the known word that was probably meant; empty if none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6 if word.isascii() else NEAR_IN_CHINESE)
    return say("did_you_mean", word=near[0]) if near else ""
