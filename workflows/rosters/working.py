"""A list worked off by its numbers: what is still open for somebody, row by row. What is said of it: `entering.py`."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township.db import Tx
from township.models import villages
from workflows import definitions, values
from workflows.definition import Definition
from workflows.models import cases, tasks
from workflows.notices import said as in_words
from workflows.rosters.bringing import texts
from workflows.rosters.models import roster_rows
from workflows.state import TaskKind

PAGE = 30
"""Rows of one reply: a screen or two of a telephone."""


class Listed(Struct, frozen=True):
    """A list of somebody: a service, and how many of its rows are still open."""

    skill: str
    name: str
    open: int
    definition: str
    of_villages: bool = False
    """Its rows are villages: it comes round without a roster."""


class Line(Struct, frozen=True):
    """One open row."""

    number: int
    village: str
    said: str
    case_id: str
    task_id: str
    stage: str
    definition: Definition


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
    known = [definitions.pinned(tx, town_id, row.definition) for row in rows]
    return [
        Listed(row.skill, definition.name, row.open, row.definition, is_of_villages(definition))
        for row, definition in zip(rows, known, strict=True)
    ]


def is_of_villages(definition: Definition) -> bool:
    """Say whether the rows of a service are villages: it comes round without a roster."""
    return definition.workflow.roster is None


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
    return [line_of(tx, town_id, row, fields) for row, fields in zip(rows, held, strict=True)]


def words_of(definition: Definition) -> dict[str, tuple[str, str]]:
    """How the actions of a list are said: (stage, action) by word."""
    return {
        word: (name, key)
        for name, stage in definition.workflow.stages.items()
        if stage.listed
        for key, action in stage.actions.items()
        for word in (*action.says, action.title)
    }


def words_for(tx: Tx, town_id: str, person_id: str, definition: Definition) -> dict[str, tuple[str, str]]:
    """How somebody may say the actions of a list: rows that began with an earlier version are said as it says."""
    versions = sa.select(cases.c.definition).distinct().select_from(_joined())
    mine = versions.where(*_open(town_id, person_id), cases.c.skill == definition.skill)
    earlier = [definitions.pinned(tx, town_id, row.definition) for row in tx.execute(mine)]
    return {word: meant for one in (*earlier, definition) for word, meant in words_of(one).items()}


def _joined() -> sa.Join:
    return tasks.join(cases, cases.c.id == tasks.c.case_id).join(roster_rows, roster_rows.c.case_id == cases.c.id)


def _open(town_id: str, person_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    mine = (tasks.c.town_id == town_id, tasks.c.person_id == person_id, tasks.c.state == "open")
    return (*mine, tasks.c.kind == TaskKind.STAGE.value)


def line_of(tx: Tx, town_id: str, row: Any, fields: Mapping[str, Any]) -> Line:
    """Say a row as its list shows it."""
    definition = definitions.pinned(tx, town_id, row.definition)
    roster, said = definition.workflow.roster, in_words(definition, fields)
    shown = (roster.shows or tuple(roster.columns)) if roster else ()
    words = texts().say("roster_gap").join(said[name] for name in shown if said.get(name)) or row.name
    return Line(row.number, row.name, words, row.case_id, row.task_id, row.stage, definition)
