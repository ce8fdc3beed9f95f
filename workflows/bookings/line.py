"""A line in which cases wait: a number each, the next is called as soon as there is room, whoever misses it goes last.

The line acts on cases through the one door, as an effect's outcome does; the caller hands that door in as `Door`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Refused
from township.ids import new_id
from township.models import people
from workflows import definitions
from workflows.bookings import shelf
from workflows.bookings.claims import part_of
from workflows.bookings.keeping import Changed
from workflows.bookings.models import bookings
from workflows.bookings.shelf import CALLED, OVER, QUEUE, WAITING, Shelf
from workflows.bookings.supply import Queue
from workflows.definition import Definition
from workflows.models import cases

Door = Callable[[str, str, str], Any]
"""Do an action on a case: case id, action, key."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands in its line."""

    number: int
    ahead: int
    """How many come before it, those whose turn it is included."""
    paused: bool
    is_called: bool


def waits_in(definition: Definition) -> frozenset[str]:
    """Name the stages in which a service's cases wait in line: where the line's action can be done."""
    queue = definition.workflow.queue
    stages = definition.workflow.stages
    return frozenset(name for name, stage in stages.items() if queue is not None and queue.call in stage.actions)


def follow(tx: Tx, changed: Changed) -> None:
    """Let a case take its number, leave the line, or go to its end, as the step that it took says."""
    queue = changed.definition.workflow.queue
    if queue is None:
        return
    row = next(iter(shelf.of_case(tx, changed.case_id, WAITING, CALLED)), None)
    is_waiting = not waits_in(changed.definition).isdisjoint(changed.places)
    if row is None:
        if is_waiting:
            _draw(tx, changed, queue)
        return
    where = _shelf(row)
    shelf.lock(tx, where)
    if not changed.is_open:
        shelf.update(tx, row["id"], state=OVER, over_at=changed.now)
    elif is_waiting and row["state"] == CALLED:
        shelf.update(tx, row["id"], state=WAITING, rank=_last_rank(tx, where) + 1, missed=row["missed"] + 1, told=False)
    elif not is_waiting and row["state"] == WAITING:
        shelf.update(tx, row["id"], state=CALLED, called_at=changed.now)


def _shelf(row: sa.RowMapping) -> Shelf:
    return Shelf(*(row[name] for name in Shelf.__dataclass_fields__))


def _draw(tx: Tx, changed: Changed, queue: Queue) -> None:
    """Draw the next number, one a household; numbers begin anew when a line was empty over night.

    Who stands near the front hears so with the number, and is not told again.
    """
    supply = shelf.queue_now(tx, changed.town_id, changed.definition) or queue
    skill, part = changed.definition.skill, part_of(queue, changed.fields)
    where = shelf.shelf_of(supply, changed.town_id, changed.village_id, skill, QUEUE, part)
    known = shelf.lock(tx, where)
    rows = shelf.rows_of(tx, where, WAITING, CALLED)
    _check_one_place(tx, changed, rows)
    last = known["last"] if rows or _drawn_today(tx, where, changed.now) else 0
    shelf.change(tx, where, last=last + 1)
    tx.execute(
        sa.insert(bookings).values(
            id=new_id(), case_id=changed.case_id, state=WAITING, amount=1, begins=changed.now, number=last + 1,
            rank=_last_rank(tx, where) + 1, told=len(rows) <= supply.soon_at, **where.row(),
        )
    )  # fmt: skip


def _drawn_today(tx: Tx, where: Shelf, now: datetime) -> bool:
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = [bookings.c[name] == value for name, value in where.row().items()]
    return bool(tx.execute(sa.select(bookings.c.id).where(*mine, bookings.c.begins >= midnight).limit(1)).first())


def _last_rank(tx: Tx, where: Shelf) -> int:
    return max((row["rank"] for row in shelf.rows_of(tx, where, WAITING, CALLED)), default=0)


def _check_one_place(tx: Tx, changed: Changed, rows: Sequence[sa.RowMapping]) -> None:
    """A household waits once in a line: two numbers would be two turns."""
    if changed.affected is None or not rows:
        return
    mine = sa.select(people.c.household_id).where(people.c.id == changed.affected).scalar_subquery()
    others = (
        sa.select(cases.c.number)
        .join(people, people.c.id == cases.c.affected_id)
        .where(cases.c.id.in_([row["case_id"] for row in rows]), cases.c.id != changed.case_id)
        .where(sa.or_(people.c.id == changed.affected, people.c.household_id == mine))
    )
    if found := tx.execute(others.limit(1)).scalar():
        raise Refused("already_in_line", number=found)


def go_on(tx: Tx, changed: Changed, door: Door) -> list[Any]:
    """Call whoever is next, and let those who are nearly there know: one step, which leads to the next by itself."""
    if changed.definition.workflow.queue is None:
        return []
    row = next(iter(shelf.of_case(tx, changed.case_id, WAITING, CALLED, OVER)), None)
    return move_up(tx, changed.definition, _shelf(row), door) if row is not None else []


def move_up(tx: Tx, definition: Definition, where: Shelf, door: Door) -> list[Any]:
    """Take the next step of a line, if there is one."""
    queue = shelf.queue_now(tx, where.town_id, definition)
    known = shelf.lock(tx, where)
    if queue is None or known["paused_at"] is not None:
        return []
    rows = shelf.rows_of(tx, where, WAITING, CALLED)
    waiting = [row for row in rows if row["state"] == WAITING]
    called = len(rows) - len(waiting)
    if waiting and called < shelf.amount_of(tx, queue, where):
        first = waiting[0]
        return [door(first["case_id"], _own(tx, first).call, f"call:{first['id']}:{first['rank']}")]
    for place, row in enumerate(waiting):
        name = _own(tx, row).soon
        if name and not row["told"] and called + place <= queue.soon_at:
            shelf.update(tx, row["id"], told=True)
            return [
                door(row["case_id"], name, f"soon:{row['id']}:{row['rank']}"),
                *move_up(tx, definition, where, door),
            ]
    return []


def _own(tx: Tx, row: sa.RowMapping) -> Queue:
    """The line as the case's own version calls its actions."""
    digest = tx.execute(sa.select(cases.c.definition).where(cases.c.id == row["case_id"])).scalar_one()
    queue = definitions.pinned(tx, row["town_id"], digest).workflow.queue
    assert queue is not None, "only cases of a service with a line draw a number"
    return queue


def standing(tx: Tx, case_id: str) -> Standing | None:
    """Say where a case stands in its line; None if it stands in none."""
    row = next(iter(shelf.of_case(tx, case_id, WAITING, CALLED)), None)
    if row is None:
        return None
    where = _shelf(row)
    is_called = row["state"] == CALLED
    before = [
        one
        for one in shelf.rows_of(tx, where, WAITING, CALLED)
        if not is_called and (one["state"] == CALLED or one["rank"] < row["rank"])
    ]
    return Standing(row["number"], len(before), shelf.is_paused(tx, where), is_called)


def waiting_rows(tx: Tx, where: Shelf) -> Sequence[sa.RowMapping]:
    """List those who wait, the next first."""
    return shelf.rows_of(tx, where, WAITING)


def place_of(tx: Tx, case_id: str) -> tuple[sa.RowMapping, Shelf] | None:
    """Find the row of a case in its line, and the line, locked."""
    row = next(iter(shelf.of_case(tx, case_id, WAITING, CALLED)), None)
    if row is None:
        return None
    where = _shelf(row)
    shelf.lock(tx, where)
    again = next(iter(shelf.of_case(tx, case_id, WAITING, CALLED)), None)
    return (again, where) if again is not None else None
