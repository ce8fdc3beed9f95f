"""An open case behind something that is shown at the console otherwise than as a case: its task, and acting on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.web.console.session import Visitor
from township import directory
from township.db import Tx
from township.errors import Refused
from workflows import cases, tasks, values
from workflows.cases import Act
from workflows.models import cases as case_rows
from workflows.state import Via


@dataclass(frozen=True, slots=True)
class Standing:
    """An open case as one visitor stands to it."""

    case_id: str
    task_id: str
    """The visitor's own task; empty if somebody else is asked."""
    waits_for: tuple[str, ...]


def about(tx: Tx, visitor: Visitor, service: str, field: str, value: str) -> Standing | None:
    """Find the open case of a service whose field holds a value."""
    mine = (case_rows.c.town_id == visitor.person.town_id, case_rows.c.skill == service, case_rows.c.result == "")
    rows = tx.execute(sa.select(case_rows.c.id, case_rows.c.fields).where(*mine)).all()
    held = values.resolve(tx, [row.fields for row in rows])
    found = next((row.id for row, one in zip(rows, held, strict=True) if one.get(field) == value), None)
    return of_case(tx, visitor, found) if found else None


def of_case(tx: Tx, visitor: Visitor, case_id: str) -> Standing:
    """Say how a visitor stands to a case."""
    held = [task for task in tasks.of_case(tx, case_id) if task.state == "open"]
    people = directory.persons(tx, [task.person_id for task in held])
    own = next((task.id for task in held if task.person_id == visitor.person.id), "")
    return Standing(case_id, own, tuple(person.name for person in people.values()))


def act(
    tx: Tx, visitor: Visitor, standing: Standing, action: str, given: Mapping[str, str], key: str, at: datetime
) -> None:
    """Do something to the case as the visitor; who was not asked is refused."""
    if not standing.task_id:
        raise Refused("not_yours")
    _act(tx, visitor, standing, action, given, key, at)


def withdraw(tx: Tx, visitor: Visitor, standing: Standing, key: str, at: datetime) -> None:
    """Take the case back, as who began it and so needs no task."""
    _act(tx, visitor, standing, "withdraw", {}, key, at)


def _act(
    tx: Tx, visitor: Visitor, standing: Standing, action: str, given: Mapping[str, str], key: str, at: datetime
) -> None:
    person = visitor.person
    acting = Act(person.town_id, standing.case_id, action, key, person.id, given, standing.task_id or None, Via.CONSOLE)
    cases.act(tx, acting, now=at)
