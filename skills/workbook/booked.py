"""The sheet of what people borrow, book and queue for: one row a thing, a time or a line, read and said.

A row that this sheet cannot say is kept with the rest of the flow, as it is stored.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from skills.workbook import phrases
from skills.workbook.flow import Spoken
from skills.workbook.labels import columns, label, labels
from skills.workbook.naming import Vocabulary, made
from skills.workbook.phrases import Unread
from skills.workbook.reading import Reading
from skills.workbook.tables import Cell, Row

SHEET = "booked"
OF_KIND: dict[str, tuple[str, ...]] = {
    "stock": ("amount", "each", "of", "town", "during", "back", "lost"),
    "slots": ("amount", "each", "of", "town", "hours", "days", "notice", "ahead"),
    "queue": (
        "amount",
        "each",
        "of",
        "town",
        "call",
        "soon",
        "soon_at",
        "pause",
        "resume",
        "paused",
        "resumed",
        "give_way",
        "swap",
    ),
}
"""Columns by kind; another column of the sheet says nothing for it."""
NUMBERS = ("amount", "notice", "ahead", "soon_at")
FIELDS = ("of", "during", "back", "lost")
TEXTS = ("paused", "resumed")
ACTIONS = ("call", "soon", "pause", "resume", "give_way", "swap")
EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


class Booked:
    """Reads the sheet, with the names that the other sheets have given."""

    def __init__(self, reading: Reading, spoken: Spoken) -> None:
        self.reading, self.spoken = reading, spoken
        self.vocabulary = reading.vocabulary

    def read(self) -> None:
        """Read all rows into the flow."""
        for row in self.reading.book.rows(SHEET):
            kind = self.reading.chosen(row, "kind", SHEET, "booked_kinds")
            if kind is None or (kind != "queue" and not row.get("name")):
                self._tell(row, "kind" if kind is None else "name")
                continue
            path: tuple[str, ...] = ("workflow", kind)
            if kind != "queue":
                field = _field(row.get("name"), self.vocabulary)
                if field not in self.reading.content.get("form", {}):
                    names = tuple(self.vocabulary.names)
                    self.reading.tell(Cell(SHEET, row.number, "name"), "book_named", names, value=row.get("name"))
                    continue
                path = (*path, field)
            self.reading.put(path, {}, Cell(SHEET, row.number, "name" if row.get("name") else "kind"))
            self._row(row, kind, path)

    def _tell(self, row: Row, column: str) -> None:
        if not row.get(column):
            self.reading.tell(Cell(SHEET, row.number, column), "book_empty", value=columns(SHEET)[column])

    def _row(self, row: Row, kind: str, path: tuple[str, ...]) -> None:
        for column in columns(SHEET):
            if column in ("name", "kind", "more") or not row.get(column):
                continue
            cell = Cell(SHEET, row.number, column)
            if column not in OF_KIND[kind]:
                self.reading.tell(cell, "book_not_of_kind", value=columns(SHEET)[column], kind=row.get("kind"))
                continue
            found = self.reading.phrase(row, column, SHEET, self._reads(column))
            if column == "days" and str(labels()["working"]) in row.get(column):
                self.reading.put((*path, "working"), True, cell)
            if found not in (None, []):
                self.reading.put((*path, column), found, cell)
        rest = self.reading.phrase(row, "more", SHEET, phrases.more)
        self.reading.merge(path, rest, Cell(SHEET, row.number, "more"))

    def _reads(self, column: str) -> Callable[[str], Any]:
        if column in NUMBERS:
            return phrases.number
        if column in FIELDS:
            return lambda text: _field(text, self.vocabulary)
        if column in TEXTS:
            return self.spoken.name
        special: dict[str, Callable[[str], Any]] = {
            "each": lambda text: _each(text, self.vocabulary),
            "hours": phrases.listed,
            "days": _days,
            "town": lambda text: text == labels()["answers"]["true"],
        }
        return special.get(column, self.reading.deed)


def _field(text: str, vocabulary: Vocabulary) -> str:
    return vocabulary.names.get(text, made(text))


def _each(text: str, vocabulary: Vocabulary) -> dict[str, int]:
    """Read amounts that differ: `桃园村=2、东场=3`; an option goes by its name, a village by its own."""
    found = {}
    for part in phrases.listed(text.replace("＝", "=")):
        name, _, amount = part.partition("=")
        found[vocabulary.names.get(name.strip(), name.strip())] = phrases.number(amount.strip())
    return found


def _days(text: str) -> list[int]:
    """Read days of the week: `周一、周三`, or `周一到周五`; "working days" is no day of its own."""
    names = {str(word): int(key) for key, word in labels()["weekdays"].items()}
    found: list[int] = []
    for part in phrases.listed(text):
        if part == labels()["working"]:
            continue
        first, *last = re.split(labels()["until"], part)
        if first not in names or any(one not in names for one in last):
            raise Unread("book_choice", tuple(names), value=part)
        found += range(names[first], names[last[0] if last else first] + 1)
    return found


def said(workflow: dict[str, Any], vocabulary: Vocabulary, text_name: Callable[[str], str],
         titles: Mapping[str, str]) -> list[dict[str, str]]:  # fmt: skip
    """Say what a flow books as rows, and take it out of the flow; `titles`: of actions by name."""
    rows = []
    for kind in ("stock", "slots"):
        for name, spec in workflow.pop(kind, {}).items():
            rows.append({"name": vocabulary.said.get(name, name), **_said(kind, spec, vocabulary, text_name, titles)})
    if queue := workflow.pop("queue", None):
        rows.append(_said("queue", queue, vocabulary, text_name, titles))
    return rows


def _said(
    kind: str, spec: Mapping[str, Any], vocabulary: Vocabulary, text_name: Callable[[str], str],
    titles: Mapping[str, str],
) -> dict[str, str]:  # fmt: skip
    rest = dict(spec)
    row = {"kind": label("booked_kinds", kind)}
    says: dict[str, Callable[[Any], str]] = {
        **dict.fromkeys(NUMBERS, str),
        **dict.fromkeys(FIELDS, lambda name: vocabulary.said.get(name, name)),
        **dict.fromkeys(TEXTS, text_name),
        **dict.fromkeys(ACTIONS, lambda name: titles.get(name, name)),
        "each": lambda each: "、".join(f"{vocabulary.said.get(key, key)}={n}" for key, n in each.items()),
        "hours": "、".join,
        "days": lambda days: "" if days == EVERY_DAY else "、".join(labels()["weekdays"][day] for day in days),
        "town": lambda yes: str(labels()["answers"]["true"]) if yes else "",
    }
    for column in OF_KIND[kind]:
        if column in rest:
            row[column] = says[column](rest.pop(column))
    if rest.pop("working", False):
        row["days"] = "、".join(one for one in (row.get("days", ""), str(labels()["working"])) if one)
    row["more"] = phrases.more_said(rest)
    return row
