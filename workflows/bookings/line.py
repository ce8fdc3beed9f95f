"""A line in which cases wait: a number each, the next is called as soon as there is room, whoever misses it goes last.

The line acts on cases through the one door, as an effect's outcome does; the caller hands that door in as `Door`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Refused
from township.models import people
from township.statements import Row, Statement
from workflows import definitions
from workflows.bookings import rack
from workflows.bookings.claims import part_of
from workflows.bookings.keeping import Changed
from workflows.bookings.rack import CALLED, OVER, QUEUE, WAITING, Rack
from workflows.bookings.supply import Queue
from workflows.definition import Definition
from workflows.models import cases

Door = Callable[[str, str, str], Any]
"""Do an action on a case: case id, action, key."""


class Standing(Struct, frozen=True):
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
    row = next(iter(rack.of_case(tx, changed.case_id, WAITING, CALLED)), None)
    is_waiting = not waits_in(changed.definition).isdisjoint(changed.places)
    if row is None:
        if is_waiting:
            _draw(tx, changed, queue)
        return
    where = Rack.of(row)
    rack.lock(tx, where)
    if not changed.is_open:
        rack.update(tx, row["id"], state=OVER, over_at=changed.now)
    elif is_waiting and row["state"] == CALLED:
        rack.update(
            tx,
            row["id"],
            state=WAITING,
            rank=_last_rank(tx, where) + 1,
            missed=row["missed"] + 1,
            told=False,
            called_at=None,
        )
    elif not is_waiting and row["state"] == WAITING:
        rack.update(tx, row["id"], state=CALLED, called_at=changed.now)


def _draw(tx: Tx, changed: Changed, queue: Queue) -> None:
    """Draw the next number, one a household; numbers begin anew when a line was empty over night.

    Who stands near the front hears so with the number, and is not told again.
    """
    supply = rack.queue_now(tx, changed.town_id, changed.definition) or queue
    skill, part = changed.definition.skill, part_of(queue, changed.fields)
    where = rack.rack_of(supply, changed.town_id, changed.village_id, skill, QUEUE, part)
    known = rack.lock(tx, where)
    rows = rack.rows_of(tx, where, WAITING, CALLED)
    _check_one_place(tx, changed, rows)
    last = known["last"] if rows or _drawn_today(tx, where, changed.now) else 0
    rack.drew(tx, where, last + 1)
    rack.add(
        tx, where, changed.case_id, state=WAITING, amount=1, begins=changed.now, number=last + 1,
        rank=_last_rank(tx, where) + 1, told=len(rows) <= supply.soon_at,
    )  # fmt: skip


def _drawn_today(tx: Tx, where: Rack, now: datetime) -> bool:
    return rack.drawn_since(tx, where, now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0))


def _last_rank(tx: Tx, where: Rack) -> int:
    return max((row["rank"] for row in rack.rows_of(tx, where, WAITING, CALLED)), default=0)


def _check_one_place(tx: Tx, changed: Changed, rows: Sequence[Row]) -> None:
    """A household waits once in a line: two numbers would be two turns."""
    if changed.affected is None or not rows:
        return
    held = [row["case_id"] for row in rows if row["case_id"] != changed.case_id]
    found = _OF_HOUSEHOLD.scalar(tx, its_person=changed.affected, its_cases=held) if held else None
    if found is not None:
        raise Refused("already_in_line", number=found)


_WHOSE = sa.select(people.c.household_id).where(people.c.id == sa.bindparam("its_person")).scalar_subquery()
_OF_HOUSEHOLD = Statement(
    sa.select(cases.c.number)
    .join(people, people.c.id == cases.c.affected_id)
    .where(cases.c.id.in_(sa.bindparam("its_cases", expanding=True)))
    .where(sa.or_(people.c.id == sa.bindparam("its_person"), people.c.household_id == _WHOSE))
    .limit(1)
)


def go_on(tx: Tx, changed: Changed, door: Door) -> list[Any]:
    """Call whoever is next, and let those who are nearly there know: one step, which leads to the next by itself."""
    if changed.definition.workflow.queue is None:
        return []
    row = next(iter(rack.of_case(tx, changed.case_id, WAITING, CALLED, OVER)), None)
    return move_up(tx, changed.definition, Rack.of(row), door) if row is not None else []


def move_up(tx: Tx, definition: Definition, where: Rack, door: Door) -> list[Any]:
    """Take the next step of a line, if there is one."""
    queue = rack.queue_now(tx, where.town_id, definition)
    known = rack.lock(tx, where)
    if queue is None or known["paused_at"] is not None:
        return []
    rows = rack.rows_of(tx, where, WAITING, CALLED)
    waiting = [row for row in rows if row["state"] == WAITING]
    called = len(rows) - len(waiting)
    if waiting and called < rack.amount_of(tx, queue, where):
        first = waiting[0]
        return [door(first["case_id"], _own(tx, first).call, f"call:{first['id']}:{first['rank']}")]
    for place, row in enumerate(waiting):
        name = _own(tx, row).soon
        if name and not row["told"] and called + place <= queue.soon_at:
            rack.update(tx, row["id"], told=True)
            return [
                door(row["case_id"], name, f"soon:{row['id']}:{row['rank']}"),
                *move_up(tx, definition, where, door),
            ]
    return []


def _own(tx: Tx, row: Row) -> Queue:
    """The line as the case's own version calls its actions."""
    digest = str(_DEFINITION.scalar(tx, its_id=row["case_id"]))
    queue = definitions.pinned(tx, row["town_id"], digest).workflow.queue
    assert queue is not None, "only cases of a service with a line draw a number"
    return queue


_DEFINITION = Statement(sa.select(cases.c.definition).where(cases.c.id == sa.bindparam("its_id")))


def standing(tx: Tx, case_id: str) -> Standing | None:
    """Say where a case stands in its line; None if it stands in none."""
    row = next(iter(rack.of_case(tx, case_id, WAITING, CALLED)), None)
    if row is None:
        return None
    where = Rack.of(row)
    is_called = row["state"] == CALLED
    before = [
        one
        for one in rack.rows_of(tx, where, WAITING, CALLED)
        if not is_called and (one["state"] == CALLED or one["rank"] < row["rank"])
    ]
    return Standing(row["number"], len(before), rack.is_paused(tx, where), is_called)


def number_had(tx: Tx, case_id: str) -> str:
    """The number that a case had in the line that it has left; empty if it stood in none."""
    return next((str(row["number"]) for row in rack.of_case(tx, case_id, OVER) if row["thing"] == QUEUE), "")


def waiting_rows(tx: Tx, where: Rack) -> Sequence[Row]:
    """List those who wait, the next first."""
    return rack.rows_of(tx, where, WAITING)


def place_of(tx: Tx, case_id: str) -> tuple[Row, Rack] | None:
    """Find the row of a case in its line, and the line, locked."""
    row = next(iter(rack.of_case(tx, case_id, WAITING, CALLED)), None)
    if row is None:
        return None
    where = Rack.of(row)
    rack.lock(tx, where)
    again = next(iter(rack.of_case(tx, case_id, WAITING, CALLED)), None)
    return (again, where) if again is not None else None
