"""What was read of a workbook so far: the content of a folder, the cell of every key, and the mistakes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from json import JSONDecodeError
from typing import Any, TypeVar

from skills.sheets import Path_, Problem, nearest, say
from skills.workbook.labels import name, words
from skills.workbook.naming import Vocabulary, made
from skills.workbook.phrases import Unread
from skills.workbook.tables import Book, Cell, Row
from workflows.notation import NAME

T = TypeVar("T")
FEW = 30
"""So many words are all named to whoever wrote another."""


@dataclass
class Reading:
    """What was read so far."""

    book: Book
    content: dict[str, Any] = field(default_factory=dict)
    cells: dict[Path_, Cell] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    skill: str = ""
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    asked: Mapping[str, str] = field(default_factory=dict)
    """The names of what the form asks, by word: an action that asks for the same again means the same."""
    words: dict[str, str] = field(default_factory=dict)
    """What a clerk calls what has a name of ours, for telling mistakes."""

    unwritten: frozenset[str] = frozenset()
    """Words of what the house's actions ask: known, and not told to who has not written them."""
    unfinished: set[tuple[str, int]] = field(default_factory=set)
    """Rows, by sheet and number, of which a part in another sheet could not be read."""
    deeds: Mapping[str, str] = field(default_factory=dict)
    """The names of the actions by their titles, as far as a title means one."""

    def deed(self, title: str) -> str:
        """Give the name of an action that is called so."""
        return self.named(title, self.deeds.get(title, ""))

    def named(self, word: str, name: str = "") -> str:
        """Give the name for a clerk's word, and remember the word."""
        name = name or made(word)
        self.words[name] = word
        return name

    def put(self, path: Path_, value: Any, cell: Cell) -> None:
        """Keep a value and where it stood."""
        at: Any = self.content
        for part in path[:-1]:
            at = at.setdefault(part, {})
        at[path[-1]] = value
        self.cells[path] = cell

    def tell(self, cell: Cell, code: str, known: tuple[str, ...] = (), **values: object) -> None:
        """Note a mistake at a cell; `known`: what could stand there, of which only a clerk's words are told."""
        known = tuple(one for one in known if not re.fullmatch(NAME, one)) or known
        hint = nearest(str(values.get("value", "")), set(known)) if known else ""
        written = [one for one in known if one not in self.unwritten]
        if written and not hint and len(written) <= FEW:
            hint = say("book_options", options="、".join(written))
        self.problems.append(self.book.problem(cell, say(code, **values), hint))

    def phrase(self, row: Row, column: str, sheet: str, read: Callable[[str], T]) -> T | None:
        """Read a cell by one of the phrases; None where it is empty or cannot be read."""
        text, cell = row.get(column), Cell(sheet, row.number, column)
        if not text:
            return None
        try:
            return read(text)
        except Unread as problem:
            self.tell(cell, problem.code, problem.known, **problem.values)
        except JSONDecodeError:
            self.tell(cell, "book_more", value=text[:20])
        return None

    def chosen(self, row: Row, column: str, sheet: str, group: str) -> str | None:
        """Read a cell that holds one of a few words."""
        text = row.get(column)
        found = name(group, text) if text else None
        if text and found is None:
            self.tell(Cell(sheet, row.number, column), "book_choice", tuple(words(group)), value=text)
        return found

    def merge(self, path: Path_, rest: Any, cell: Cell) -> None:
        """Put what the last column keeps beside the rest; what a clerk wrote in a cell of its own counts."""
        for key, value in (rest or {}).items():
            if (*path, key) not in self.cells:
                self.put((*path, key), value, cell)
