"""Tasks: "this person may now do this on this case". A card, a typed code, a button and a to-do are their faces."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township import ids
from township.db import Tx, insert_ignore, insert_ignore_then
from township.errors import Refused
from township.statements import Statement
from workflows.models import case_people, cases, tasks
from workflows.state import NewTask, Task, TaskKind

CODE_LENGTH = 4
LOOKED_AT = 5
MOST_CODES = 50
"""Codes tried before giving up: there are 900,000 of them."""


class TaskView(Struct, frozen=True):
    """A task as its holder sees it in a list."""

    id: str
    case_id: str
    number: str
    person_id: str
    kind: TaskKind
    stage: str
    code: str
    state: str
    opened_at: datetime
    due_at: datetime | None
    definition: str
    """The version that its case has pinned."""
    in_digest: bool = False
    decision: str = ""
    ended_at: datetime | None = None
    about: str = ""
    """Hash of the paper that it is about; empty where it is about none."""


def give(
    tx: Tx, town_id: str, case_id: str, stage: str, new: Iterable[NewTask], now: datetime, about: str = ""
) -> list[Task]:
    """Store new tasks, each with a code that no other open task of the town has; `about`: the paper they are for."""
    return [_give_one(tx, town_id, case_id, stage, one, now, about) for one in new]


def _give_one(tx: Tx, town_id: str, case_id: str, stage: str, new: NewTask, now: datetime, about: str) -> Task:
    task_id = ids.new_id()
    row = {
        "id": task_id, "town_id": town_id, "case_id": case_id, "person_id": new.person, "kind": new.kind.value,
        "stage": new.stage or stage, "state": "open", "opened_at": now, "about": about,
    }  # fmt: skip

    def stored(is_new: bool) -> None:
        if not is_new and not any(insert_ignore(tx, tasks, _coded(row)) for _ in range(MOST_CODES)):
            raise Refused("no_code_left", town=town_id)

    insert_ignore_then(tx, tasks, _coded(row), stored)
    return Task(task_id, new.kind, new.person, about, new.stage or stage)


def _coded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "code": ids.code(CODE_LENGTH)}


def end(tx: Tx, ended: Mapping[str, str], action: str, now: datetime) -> None:
    """Close tasks: `done` with an action, or `withdrawn` because somebody else decided."""
    for task_id, state in ended.items():
        _END.run(tx, its_id=task_id, its_state=state, at=now, its_decision=action if state == "done" else None)


_END = Statement(
    sa.update(tasks)
    .where(tasks.c.id == sa.bindparam("its_id"), tasks.c.state == "open")
    .values(state=sa.bindparam("its_state"), ended_at=sa.bindparam("at"), decision=sa.bindparam("its_decision"))
)


def mention(tx: Tx, task_ids: Iterable[str]) -> None:
    """Let the next digest mention tasks."""
    _MENTION.run(tx, its_ids=list(task_ids), value=True)


def mentioned(tx: Tx, task_ids: Iterable[str]) -> None:
    """The digest has mentioned tasks."""
    _MENTION.run(tx, its_ids=list(task_ids), value=False)


_MENTION = Statement(
    sa.update(tasks)
    .where(tasks.c.id.in_(sa.bindparam("its_ids", expanding=True)))
    .values(in_digest=sa.bindparam("value"))
)


def of_case(tx: Tx, case_id: str) -> list[TaskView]:
    """List all tasks of a case, open and ended."""
    return _read(tx, _OF_CASE, its_case=case_id)


def holders(tx: Tx, case_ids: Sequence[str]) -> dict[str, list[str]]:
    """Say who is asked in each of some cases now; one in which nobody is asked is left out."""
    mine = (tasks.c.case_id.in_(case_ids), tasks.c.state == "open")
    chosen = sa.select(tasks.c.case_id, tasks.c.person_id).where(*mine).order_by(tasks.c.opened_at, tasks.c.id)
    found: dict[str, list[str]] = {}
    for row in tx.execute(chosen):
        held = found.setdefault(row.case_id, [])
        held += [row.person_id] if row.person_id not in held else []
    return found


def of_person(tx: Tx, town_id: str, person_id: str) -> list[TaskView]:
    """List what somebody may do now, the nearest deadline first."""
    found = _read(tx, _OPEN_OF_PERSON, its_person=person_id, its_town=town_id)
    return sorted(found, key=lambda task: (task.due_at is None, task.due_at, task.opened_at))


def by_code(tx: Tx, town_id: str, code: str, person_id: str) -> TaskView | None:
    """Find an open task of a person by its typed code; another's code finds nothing."""
    mine = _read(tx, _OPEN_BY_CODE, its_code=code.strip().upper(), its_person=person_id, its_town=town_id)
    return next(iter(mine), None)


def latest_case(tx: Tx, town_id: str, person_id: str) -> str | None:
    """The case on which somebody acted last by a task."""
    mine = (tasks.c.town_id == town_id, tasks.c.person_id == person_id, tasks.c.ended_at.is_not(None))
    found = tx.execute(sa.select(tasks.c.case_id).where(*mine).order_by(tasks.c.ended_at.desc()).limit(1)).scalar()
    return str(found) if found else None


def near_cases(tx: Tx, town_id: str, person_id: str) -> list[str]:
    """List the case on which somebody acted last by a task, then the newest of which that person got word."""
    told = (case_people.c.town_id == town_id, case_people.c.person_id == person_id, case_people.c.part == "told")
    newest = (case_people.c.opened_at.desc(), case_people.c.case_id.desc())
    heard = tx.execute(sa.select(case_people.c.case_id).where(*told).order_by(*newest).limit(LOOKED_AT)).scalars()
    latest = latest_case(tx, town_id, person_id)
    return list(dict.fromkeys([*([latest] if latest else []), *heard]))


def get(tx: Tx, task_id: str) -> TaskView | None:
    """Find a task, open or ended."""
    return next(iter(_read(tx, _BY_ID, its_id=task_id)), None)


def for_digest(tx: Tx, town_id: str) -> list[TaskView]:
    """List the open tasks that the next digest mentions, by person."""
    return sorted(_read(tx, _FOR_DIGEST, its_town=town_id), key=lambda task: (task.person_id, task.opened_at))


def who_decided(tx: Tx, task: TaskView) -> TaskView | None:
    """Find the task with which somebody else decided what this one asked."""
    others = (one for one in of_case(tx, task.case_id) if one.state == "done" and one.stage == task.stage)
    later = [other for other in others if other.ended_at and other.ended_at >= task.opened_at]
    return max(later, key=lambda other: other.ended_at or other.opened_at, default=None)


def _read(tx: Tx, chosen: Statement, **values: str) -> list[TaskView]:
    return [
        TaskView(
            row["id"], row["case_id"], row["number"], row["person_id"], TaskKind(row["kind"]), row["stage"],
            row["code"], row["state"], row["opened_at"], row["due_at"], row["definition"], row["in_digest"],
            row["decision"] or "", row["ended_at"], row["about"],
        )
        for row in chosen.rows(tx, **values)
    ]  # fmt: skip


def _where(*conditions: sa.ColumnElement[bool]) -> Statement:
    of_its_case = (cases.c.number, cases.c.due_at, cases.c.definition)
    chosen = sa.select(tasks, *of_its_case).join(cases, cases.c.id == tasks.c.case_id)
    return Statement(chosen.where(*conditions).order_by(tasks.c.opened_at, tasks.c.id))


_OPEN = (tasks.c.town_id == sa.bindparam("its_town"), tasks.c.state == "open")
_OPEN_OF_PERSON = _where(*_OPEN, tasks.c.person_id == sa.bindparam("its_person"))
_OPEN_BY_CODE = _where(
    *_OPEN, tasks.c.person_id == sa.bindparam("its_person"), tasks.c.code == sa.bindparam("its_code")
)
_FOR_DIGEST = _where(*_OPEN, tasks.c.in_digest)
_OF_CASE = _where(tasks.c.case_id == sa.bindparam("its_case"))
_BY_ID = _where(tasks.c.id == sa.bindparam("its_id"))
