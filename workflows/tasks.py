"""Tasks: "this person may now do this on this case". A card, a typed code, a button and a to-do are their faces."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from township import ids
from township.db import Tx
from township.errors import Refused
from workflows.models import cases, tasks
from workflows.state import NewTask, Task, TaskKind

CODE_LENGTH = 4
MOST_CODES = 50
"""Codes tried before giving up: there are 900,000 of them."""


@dataclass(frozen=True, slots=True)
class TaskView:
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
    in_digest: bool = False
    decision: str = ""
    ended_at: datetime | None = None


def give(tx: Tx, town_id: str, case_id: str, stage: str, new: Iterable[NewTask], now: datetime) -> list[Task]:
    """Store new tasks, each with a code that no other open task of the town has."""
    return [_give_one(tx, town_id, case_id, stage, one, now) for one in new]


def _give_one(tx: Tx, town_id: str, case_id: str, stage: str, new: NewTask, now: datetime) -> Task:
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    task_id = ids.new_id()
    row = {
        "id": task_id, "town_id": town_id, "case_id": case_id, "person_id": new.person, "kind": new.kind.value,
        "stage": stage, "state": "open", "opened_at": now,
    }  # fmt: skip
    for _ in range(MOST_CODES):
        added = insert(tasks).values(**row, code=ids.code(CODE_LENGTH)).on_conflict_do_nothing().returning(tasks.c.id)
        if tx.execute(added).first() is not None:
            return Task(task_id, new.kind, new.person)
    raise Refused("no_code_left", town=town_id)


def end(tx: Tx, ended: Mapping[str, str], action: str, now: datetime) -> None:
    """Close tasks: `done` with an action, or `withdrawn` because somebody else decided."""
    for state in ("done", "withdrawn"):
        chosen = [task_id for task_id, how in ended.items() if how == state]
        if chosen:
            decision = action if state == "done" else None
            tx.execute(
                sa.update(tasks)
                .where(tasks.c.id.in_(chosen), tasks.c.state == "open")
                .values(state=state, ended_at=now, decision=decision)
            )


def mention(tx: Tx, task_ids: Iterable[str]) -> None:
    """Let the next digest mention tasks."""
    tx.execute(sa.update(tasks).where(tasks.c.id.in_(list(task_ids))).values(in_digest=True))


def mentioned(tx: Tx, task_ids: Iterable[str]) -> None:
    """The digest has mentioned tasks."""
    tx.execute(sa.update(tasks).where(tasks.c.id.in_(list(task_ids))).values(in_digest=False))


def of_case(tx: Tx, case_id: str) -> list[TaskView]:
    """List all tasks of a case, open and ended."""
    return _views(tx, tasks.c.case_id == case_id)


def of_person(tx: Tx, town_id: str, person_id: str) -> list[TaskView]:
    """List what somebody may do now, the nearest deadline first."""
    found = _read(tx, _OPEN_OF_PERSON, {"its_person": person_id, "its_town": town_id})
    return sorted(found, key=lambda task: (task.due_at is None, task.due_at, task.opened_at))


def by_code(tx: Tx, town_id: str, code: str, person_id: str) -> TaskView | None:
    """Find an open task of a person by its typed code; another's code finds nothing."""
    mine = sa.and_(tasks.c.code == code.strip().upper(), tasks.c.person_id == person_id, tasks.c.state == "open")
    return next(iter(_views(tx, sa.and_(mine, tasks.c.town_id == town_id))), None)


def get(tx: Tx, task_id: str) -> TaskView | None:
    """Find a task, open or ended."""
    return next(iter(_read(tx, _BY_ID, {"its_id": task_id})), None)


def for_digest(tx: Tx, town_id: str) -> list[TaskView]:
    """List the open tasks that the next digest mentions, by person."""
    chosen = sa.and_(tasks.c.town_id == town_id, tasks.c.state == "open", tasks.c.in_digest)
    return sorted(_views(tx, chosen), key=lambda task: (task.person_id, task.opened_at))


def who_decided(tx: Tx, task: TaskView) -> TaskView | None:
    """Find the task with which somebody else decided what this one asked."""
    others = _views(tx, sa.and_(tasks.c.case_id == task.case_id, tasks.c.state == "done", tasks.c.stage == task.stage))
    later = [other for other in others if other.ended_at and other.ended_at >= task.opened_at]
    return max(later, key=lambda other: other.ended_at or other.opened_at, default=None)


def _views(tx: Tx, condition: Any) -> list[TaskView]:
    return _read(tx, _where(condition), {})


def _where(condition: Any) -> sa.Select[Any]:
    chosen = sa.select(tasks, cases.c.number, cases.c.due_at).join(cases, cases.c.id == tasks.c.case_id)
    return chosen.where(condition).order_by(tasks.c.opened_at, tasks.c.id)


_OPEN_OF_PERSON = _where(
    sa.and_(
        tasks.c.person_id == sa.bindparam("its_person"),
        tasks.c.town_id == sa.bindparam("its_town"),
        tasks.c.state == "open",
    )
)
_BY_ID = _where(tasks.c.id == sa.bindparam("its_id"))


def _read(tx: Tx, chosen: sa.Select[Any], values: dict[str, str]) -> list[TaskView]:
    rows = tx.execute(chosen, values)
    return [
        TaskView(
            row.id, row.case_id, row.number, row.person_id, TaskKind(row.kind), row.stage, row.code, row.state,
            row.opened_at, row.due_at, row.in_digest, row.decision or "", row.ended_at,
        )
        for row in rows
    ]  # fmt: skip
