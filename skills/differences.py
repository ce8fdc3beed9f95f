"""What is different between two versions of a service, as a clerk reads it: cells of its workbook, before and after.

Whatever was edited, this is what really changes, also where one line stands behind several stages.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from skills import scenarios
from skills.registry import Skill
from skills.sheets import say
from skills.workbook import phrases, writing
from skills.workbook.flow import CLOCKS
from skills.workbook.labels import columns, item, sheet
from skills.workbook.tables import Table

LONG = 100
"""Signs of both values from which only the parts that differ are told."""
UNSEEN = frozenset({"id", "stage_id", "file", "hint", "item"})
"""Columns that say nothing of their own."""
HEADS = {"sayings": "kind", "basics": "item", "crowd": "item"}
"""The column that names a row, where it is not its name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell of a workbook that is another."""

    sheet: str
    row: str
    column: str
    before: str
    after: str

    def in_words(self) -> str:
        """Say it in a line; of a long list only what was added and taken away."""
        nothing, title = say("difference_nothing"), self.column
        title = say("difference_column", column=title) if self.row and title else title
        old, new = phrases.listed(self.before), phrases.listed(self.after)
        if len(self.before) + len(self.after) > LONG and len(old) > 1 and len(new) > 1:
            added = [one for one in new if one not in old]
            gone = [one for one in old if one not in new]
            parts = [(name, part) for name, part in (("added", added), ("gone", gone)) if part]
            told = "；".join(say(f"difference_{name}", what="、".join(part)) for name, part in parts)
            return say("difference_list", row=self.row, column=title, changes=told)
        values = {"before": self.before or nothing, "after": self.after or nothing}
        return say("difference", row=self.row, column=title, **values)


def between(before: Skill, after: Skill) -> list[Difference]:
    """List what is different, in the order of the sheets."""
    old, new = _cells(before), _cells(after)
    keys = list(dict.fromkeys([*old, *new]))
    pairs = [
        Difference(sheet(key[0]), key[1], key[2], old.get(key, ""), new.get(key, ""))
        for key in keys
        if old.get(key, "") != new.get(key, "")
    ]
    return [part for one in pairs for part in _parts(one)]


def _parts(one: Difference) -> list[Difference]:
    """Of what no column holds only the parts that differ are told, each under its title."""
    old, new = _branches(one.before), _branches(one.after)
    if not old or not new:
        return [one]
    found = []
    for title in dict.fromkeys([*old, *new]):
        was, will = old.get(title, {}), new.get(title, {})
        if was != will:
            before = say("difference_between").join(value for key, value in was.items() if will.get(key) != value)
            after = say("difference_between").join(value for key, value in will.items() if was.get(key) != value)
            row = "" if one.row in _unsaid() else one.row
            found.append(replace(one, row=row, column=title, before=before, after=after))
    return found


def _branches(text: str) -> dict[str, dict[str, str]]:
    """Take JSON apart: what stands in each mapping, by its title or by the way to it; empty if it is none."""
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return dict(_walk(read, ())) if isinstance(read, dict) else {}


def _walk(value: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    plain = {key: inner for key, inner in value.items() if not isinstance(inner, dict)}
    title = value.get("title")
    if plain:
        said = {key: _said(key, inner) for key, inner in plain.items()}
        yield str(title or ".".join(way)), said if title else {key: f"{key} {inner}" for key, inner in said.items()}
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _walk(inner, (*way, key))


def _unsaid() -> tuple[str, ...]:
    """Rows whose name says nothing to a clerk: what no other row holds."""
    return item("more"), item("workflow")


def _said(key: str, value: Any) -> str:
    if key == "pace" and value in list(CLOCKS):
        return say("outline_by_pace")
    if isinstance(value, str):
        return phrases.length_said(value) if key == "within" else value
    return json.dumps(value, ensure_ascii=False)


def rehearsals_changed(before: Skill, after: Skill) -> bool:
    """Say whether the rehearsals are others."""
    return [one.scenario for one in scenarios.of(before.id, before.files)] != [
        one.scenario for one in scenarios.of(after.id, after.files)
    ]


def _cells(skill: Skill) -> dict[tuple[str, str, str], str]:
    found: dict[tuple[str, str, str], str] = {}
    for table in writing.tables_of(skill.id, skill.manifest, {}):
        for row, column, text in _of_table(table):
            place = (table.key, row, column)
            found[place] = f"{found[place]}\n{text}" if place in found else text
    return found


def _of_table(table: Table) -> Iterator[tuple[str, str, str]]:
    """List row, column and text of each cell; in the flow a row is a stage and an action."""
    stage, action = "", ""
    for row in table.rows:
        if row.get("stage"):
            stage, action = row.get("stage"), ""
        action = row.get("action") or action
        named = [stage, action] if table.key == "flow" else [row.get(HEADS.get(table.key, "name"))]
        title = say("difference_between").join(part for part in named if part)
        for column, head in columns(table.key).items():
            if row.get(column) and column not in UNSEEN:
                yield title, "" if table.key == "basics" else head, row.get(column)
