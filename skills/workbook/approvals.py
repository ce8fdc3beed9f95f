"""The sheet of approvals: one row a stage, how several decide, who gets a copy, and what runs side by side.

What it says belongs to stages and actions that the sheet of the flow names; what a row cannot say stays with them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from skills.workbook import phrases
from skills.workbook.flow import SHEET as FLOW
from skills.workbook.flow import Flow
from skills.workbook.labels import columns, label, sheet
from skills.workbook.naming import Vocabulary
from skills.workbook.reading import Reading
from skills.workbook.tables import Cell, Row

SHEET = "approvals"
CHOSEN = {"mode": "modes", "back": "backs", "if_nobody": "if_nobody", "if_own": "if_own"}
"""Columns that hold one of a few words, and where these are listed."""
VOTES = ("yes", "no")


class Approvals:
    """Reads the sheet, with the stages and actions that the flow has named."""

    def __init__(self, reading: Reading, flow: Flow) -> None:
        self.reading, self.flow = reading, flow

    def read(self) -> None:
        """Read all rows into the flow."""
        seen: set[str] = set()
        for row in self.reading.book.rows(SHEET):
            title = row.get("stage")
            stage = self.flow.stages.get(title)
            if stage is None:
                code, empty = ("book_named", "") if title else ("book_empty", columns(SHEET)["stage"])
                self._tell(row, "stage", code, tuple(self.flow.stages), title or empty)
            elif stage in seen:
                self._tell(row, "stage", "book_twice", (), title)
            else:
                seen.add(stage)
                self._row(row, ("workflow", "stages", stage))

    def _tell(self, row: Row, column: str, code: str, known: tuple[str, ...], value: str) -> None:
        self.reading.tell(Cell(SHEET, row.number, column), code, known, value=value)

    def _row(self, row: Row, path: tuple[str, ...]) -> None:
        found = {column: self.reading.chosen(row, column, SHEET, group) for column, group in CHOSEN.items()}
        reads: dict[str, Callable[[str], Any]] = {
            "cc": lambda text: phrases.who(text, self.reading.vocabulary),
            "branches": lambda text: phrases.ways(text, self.flow.stages, self.reading.vocabulary),
            "to": self.flow.target,
        }
        found |= {column: self.reading.phrase(row, column, SHEET, read) for column, read in reads.items()}
        for column, value in found.items():
            if value:
                self.reading.put((*path, column), value, Cell(SHEET, row.number, column))
        if row.get("branches"):
            self._fork(row, path, is_read=bool(found["branches"]))
        for column in VOTES:
            self._votes(row, column, path)

    def _fork(self, row: Row, path: tuple[str, ...], *, is_read: bool) -> None:
        """Remember where it is told what lacks in a stage in which several ways begin."""
        self.reading.cells.setdefault((*path, "to"), Cell(SHEET, row.number, "to"))
        if not is_read:
            self.reading.unfinished.add((sheet(FLOW), self.reading.cells[path].row))

    def _votes(self, row: Row, column: str, path: tuple[str, ...]) -> None:
        stage = self.reading.content["workflow"]["stages"][path[-1]]
        actions = {str(one["title"]): name for name, one in stage.get("actions", {}).items()}
        for title in phrases.listed(row.get(column)):
            if title in actions:
                self.reading.put((*path, "actions", actions[title], "vote"), column, Cell(SHEET, row.number, column))
            else:
                self._tell(row, column, "book_named", tuple(actions), title)


def said(workflow: dict[str, Any], vocabulary: Vocabulary, titles: Mapping[str, str]) -> list[dict[str, str]]:
    """Say what the stages of a flow hold of these kinds as rows, and take it out; `titles`: of stages by name."""
    rows = []
    for name, stage in workflow["stages"].items():
        if titles.get(name) and (row := _said(stage, vocabulary, titles)):
            rows.append({"stage": titles[name], **row})
    return rows


def _said(stage: dict[str, Any], vocabulary: Vocabulary, titles: Mapping[str, str]) -> dict[str, str]:
    row = {column: label(group, stage.pop(column)) for column, group in CHOSEN.items() if column in stage}
    row |= _votes_said(stage)
    if "cc" in stage:
        row["cc"] = phrases.who_said(stage.pop("cc"), vocabulary)
    if ways := phrases.ways_said(stage.get("branches", ()), titles, vocabulary):
        row["branches"] = ways
        stage.pop("branches")
    if "to" in stage:
        row["to"] = phrases.target_said(stage.pop("to"), titles, vocabulary)
    return row


def _votes_said(stage: Mapping[str, Any]) -> dict[str, str]:
    """Say which actions count as a yes and which as a no, as far as their titles are read back as the same."""
    actions = stage.get("actions", {}).values()
    every = [str(one["title"]) for one in actions]
    plain = [
        one for one in actions if every.count(one["title"]) == 1 and phrases.listed(one["title"]) == [one["title"]]
    ]
    row: dict[str, list[str]] = {}
    for one in plain:
        if "vote" in one:
            row.setdefault(one.pop("vote"), []).append(one["title"])
    return {vote: "、".join(found) for vote, found in row.items()}
