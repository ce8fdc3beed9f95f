"""A list worked off by its numbers: what is still open for somebody, and what that person says of some rows.

Every row goes through `cases.act`; what is refused is named, the rest is done. Doing it twice is doing it once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from township.db import Tx
from township.errors import Mistake, Refused
from township.models import villages
from township.statements import savepoint
from workflows import cases as door
from workflows import definitions, values
from workflows.definition import Action, Definition
from workflows.models import cases, tasks
from workflows.notices import said as in_words
from workflows.rosters.bringing import texts
from workflows.rosters.marking import Mark
from workflows.rosters.models import roster_rows
from workflows.state import TaskKind, Via

PAGE = 30
"""Rows of one reply: a screen or two of a telephone."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of somebody: a service, and how many of its rows are still open."""

    skill: str
    name: str
    open: int
    definition: str


@dataclass(frozen=True, slots=True)
class Line:
    """One open row."""

    number: int
    village: str
    said: str
    case_id: str
    task_id: str
    stage: str
    definition: Definition


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of a message about numbers."""

    done: Sequence[tuple[str, Line]]
    """What was done and with which row."""
    refused: Sequence[str]


def lists(tx: Tx, town_id: str, person_id: str) -> list[Listed]:
    """Say which lists somebody has open rows on."""
    chosen = (
        sa.select(cases.c.skill, sa.func.max(cases.c.definition).label("definition"), sa.func.count().label("open"))
        .select_from(_joined())
        .where(*_open(town_id, person_id))
        .group_by(cases.c.skill)
        .order_by(cases.c.skill)
    )
    rows = tx.execute(chosen).all()
    return [
        Listed(row.skill, definitions.pinned(tx, town_id, row.definition).name, row.open, row.definition)
        for row in rows
    ]  # fmt: skip


def lines(
    tx: Tx, town_id: str, person_id: str, skill: str, *, limit: int = PAGE, offset: int = 0,
    numbers: Sequence[int] | None = None, village_id: str | None = None,
) -> list[Line]:  # fmt: skip
    """Read open rows of somebody's list, by village and number."""
    wanted = [*_open(town_id, person_id), cases.c.skill == skill]
    if numbers is not None:
        wanted.append(roster_rows.c.number.in_(numbers))
    if village_id is not None:
        wanted.append(roster_rows.c.village_id == village_id)
    chosen = (
        sa.select(
            roster_rows.c.number, villages.c.name, cases.c.id.label("case_id"), cases.c.fields, cases.c.definition,
            tasks.c.id.label("task_id"), tasks.c.stage,
        )
        .select_from(_joined().join(villages, villages.c.id == roster_rows.c.village_id))
        .where(*wanted)
        .order_by(villages.c.name, roster_rows.c.number)
        .limit(limit)
        .offset(offset)
    )  # fmt: skip
    rows = tx.execute(chosen).all()
    held = values.resolve(tx, [row.fields for row in rows])
    return [_line(tx, town_id, row, fields) for row, fields in zip(rows, held, strict=True)]


def words_of(definition: Definition) -> dict[str, tuple[str, str]]:
    """How the actions of a list are said: (stage, action) by word."""
    return {
        word: (name, key)
        for name, stage in definition.workflow.stages.items()
        if stage.listed
        for key, action in stage.actions.items()
        for word in (*action.says, action.title)
    }


def mark(
    tx: Tx, town_id: str, person_id: str, skill: str, marks: Sequence[Mark], *, key: str, via: Via, now: datetime,
    village_id: str | None = None,
) -> Marked:  # fmt: skip
    """Do what is said of each number."""
    done: list[tuple[str, Line]] = []
    refused: list[str] = []
    for one in marks:
        found: dict[int, list[Line]] = {}
        most, wanted = len(one.numbers) * PAGE, one.numbers
        for line in lines(tx, town_id, person_id, skill, numbers=wanted, limit=most, village_id=village_id):
            found.setdefault(line.number, []).append(line)
        for number in one.numbers:
            several = found.get(number, [])
            if len(several) != 1:
                refused.append(_several(number, several))
                continue
            why = _act(tx, town_id, person_id, several[0], one, key=f"{key}:{number}", via=via, now=now)
            if why:
                refused.append(why)
            else:
                done.append((one.word, several[0]))
    return Marked(done, refused)


def _several(number: int, found: Sequence[Line]) -> str:
    if not found:
        return texts().say("roster_not_there", number=number)
    return texts().say("roster_which_village", number=number, villages="、".join(line.village for line in found))


def _act(
    tx: Tx, town_id: str, person_id: str, line: Line, said: Mark, *, key: str, via: Via, now: datetime
) -> str:  # fmt: skip
    """Do it; returns why not."""
    actions = line.definition.stage(line.stage).actions
    name = next((name for name, action in actions.items() if said.word in (*action.says, action.title)), "")
    if not name:
        return texts().say("roster_not_now", number=line.number, word=said.word)
    acting = door.Act(town_id, line.case_id, name, key, person_id, _values(actions[name], said.note), line.task_id, via)
    try:
        with savepoint(tx):
            door.act(tx, acting, now=now)
    except Mistake as mistake:
        field = mistake.values.get("name", "")
        return texts().say("roster_needs", number=line.number, word=said.word, field=field)
    except Refused:
        return texts().say("roster_not_now", number=line.number, word=said.word)
    return ""


def _values(action: Action, note: str) -> dict[str, Any]:
    """What is said behind a word fills what the action needs."""
    wanted = [name for name, spec in action.needs.items() if spec.value is None]
    return {wanted[0]: note} if wanted and note else {}


def _joined() -> sa.Join:
    return tasks.join(cases, cases.c.id == tasks.c.case_id).join(roster_rows, roster_rows.c.case_id == cases.c.id)


def _open(town_id: str, person_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    mine = (tasks.c.town_id == town_id, tasks.c.person_id == person_id, tasks.c.state == "open")
    return (*mine, tasks.c.kind == TaskKind.STAGE.value)


def _line(tx: Tx, town_id: str, row: Any, fields: Mapping[str, Any]) -> Line:
    definition = definitions.pinned(tx, town_id, row.definition)
    roster, said = definition.workflow.roster, in_words(definition, fields)
    shown = (roster.shows or tuple(roster.columns)) if roster else ()
    words = texts().say("roster_gap").join(said[name] for name in shown if said.get(name)) or row.name
    return Line(row.number, row.name, words, row.case_id, row.task_id, row.stage, definition)
