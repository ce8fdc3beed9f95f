"""What is taken of a supply, as rows: counted under the lock of its one row, so that two at once never take too much.

Which supply a town has now is said by the service that is in force, whatever version a case pinned.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township.clock import SHANGHAI
from township.db import Instant, Tx, insert_ignore
from township.errors import Refused
from township.ids import new_id
from township.models import villages
from township.statements import Row, Statement
from workflows import definitions
from workflows.bookings.models import bookings, supplies
from workflows.bookings.room import Taken
from workflows.bookings.supply import Queue, Supply
from workflows.definition import Definition

QUEUE = "queue"
"""The thing under which a line's rows stand: a service has one line, or one for each option."""
HELD, LOST, WAITING, CALLED, OVER = "held", "lost", "waiting", "called", "over"

STILL_OUT = 2
"""Days after today on which nobody is promised what has not come back in time."""


class Rack(Struct, frozen=True):
    """One supply of one village or town."""

    town_id: str
    village_id: str
    """Empty: of the town."""
    skill: str
    thing: str
    part: str = ""

    @classmethod
    def of(cls, row: Row) -> "Rack":
        """The rack of a row."""
        return cls(*(row[name] for name in cls.__struct_fields__))

    def row(self) -> dict[str, Any]:
        """The columns by which its rows are found."""
        return {name: getattr(self, name) for name in self.__struct_fields__}


def in_force(tx: Tx, town_id: str, definition: Definition) -> Definition:
    """The version that says how much there is now; of a service that was taken off, the one at hand."""
    try:
        return definitions.current(tx, town_id, definition.skill)[1]
    except Refused:
        return definition


def supply_now(tx: Tx, town_id: str, definition: Definition, thing: str) -> Supply:
    """How much there is of a thing now; a thing that is no longer offered is as it was for those who have it."""
    for one in (in_force(tx, town_id, definition), definition):
        workflow = one.workflow
        found: Supply | None = (
            workflow.queue if thing == QUEUE else workflow.stock.get(thing) or workflow.slots.get(thing)
        )
        if found is not None:
            return found
    raise Refused("unknown_supply", thing=thing)


def queue_now(tx: Tx, town_id: str, definition: Definition) -> Queue | None:
    """The line of a service as it is now."""
    return in_force(tx, town_id, definition).workflow.queue or definition.workflow.queue


def rack_of(supply: Supply, town_id: str, village_id: str | None, skill: str, thing: str, part: str) -> Rack:
    """Find the rack from which a case of a village takes."""
    return Rack(town_id, "" if supply.town else village_id or "", skill, thing, part)


def amount_of(tx: Tx, supply: Supply, rack: Rack) -> int:
    """Say how much there is on a rack, lent or not."""
    name = str(_VILLAGE.scalar(tx, its_id=rack.village_id) or "") if supply.each else ""
    return supply.amount_of(rack.part, name)


_VILLAGE = Statement(sa.select(villages.c.name).where(villages.c.id == sa.bindparam("its_id")))


def lock(tx: Tx, rack: Rack) -> Row:
    """Let nobody else count on a rack until this transaction ends; returns its row."""
    insert_ignore(tx, supplies, rack.row(), list(rack.row()))
    return _LOCKED.rows(tx, **_its(rack))[0]


def is_paused(tx: Tx, rack: Rack) -> bool:
    """Say whether a line stands still."""
    return _PAUSED.scalar(tx, **_its(rack)) is not None


def drew(tx: Tx, rack: Rack, number: int) -> None:
    """Remember the last number of a line."""
    _DREW.run(tx, last=number, **_its(rack))


def pause(tx: Tx, rack: Rack, since: datetime | None) -> None:
    """Stop a line, or with None let it go on."""
    _PAUSE.run(tx, since=since, **_its(rack))


def _its(rack: Rack) -> dict[str, Any]:
    return {f"its_{name}": value for name, value in rack.row().items()}


def on(table: sa.Table) -> list[sa.ColumnElement[bool]]:
    """The condition that a row is of one rack."""
    return [table.c[name] == sa.bindparam(f"its_{name}") for name in Rack.__struct_fields__]


_LOCKED = Statement(sa.select(supplies).where(*on(supplies)).with_for_update())
_PAUSED = Statement(sa.select(supplies.c.paused_at).where(*on(supplies)))
_DREW = Statement(sa.update(supplies).where(*on(supplies)).values(last=sa.bindparam("last")))
_PAUSE = Statement(sa.update(supplies).where(*on(supplies)).values(paused_at=sa.bindparam("since")))


def rows_of(tx: Tx, rack: Rack, *states: str) -> Sequence[Row]:
    """List the rows of a rack that are in one of these states, in the order of the line."""
    return _ROWS.rows(tx, states=list(states), **_its(rack))


_IN_STATES = bookings.c.state.in_(sa.bindparam("states", expanding=True))
_ROWS = Statement(
    sa.select(bookings)
    .where(*on(bookings), bookings.c.state != sa.literal_column("'over'"), _IN_STATES)  # as the index has it
    .order_by(bookings.c.rank, bookings.c.id)
)


def taken(tx: Tx, rack: Rack, now: datetime, *, comes_back: bool = True, but: str = "") -> list[Taken]:
    """List what is taken from a rack. `but`: of a case.

    A thing that should be back and is not stays taken through today and the next `STILL_OUT` days; a time that is over
    is over (`comes_back=False`).
    """
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    until = today + timedelta(days=1 + STILL_OUT)
    found = []
    for row in rows_of(tx, rack, HELD, LOST):
        if row["state"] == HELD and row["case_id"] == but:
            continue
        is_late = comes_back and row["ends"] is not None and row["ends"] <= now
        ends = max(row["ends"], until) if is_late else row["ends"]
        found.append(Taken(row["amount"] - row["back"], row["begins"], ends))
    return found


def drawn_since(tx: Tx, rack: Rack, since: datetime) -> bool:
    """Say whether somebody has drawn a number of a line since a moment."""
    return _DRAWN.scalar(tx, since=since, **_its(rack)) is not None


_DRAWN = Statement(
    sa.select(bookings.c.id).where(*on(bookings), bookings.c.begins >= sa.bindparam("since", type_=Instant())).limit(1)
)


def of_case(tx: Tx, case_id: str, *states: str) -> Sequence[Row]:
    """List what a case has taken, or where it waits."""
    return _OF_CASE.rows(tx, its_case=case_id, states=list(states))


_OF_CASE = Statement(
    sa.select(bookings)
    .where(bookings.c.case_id == sa.bindparam("its_case"), _IN_STATES)
    .order_by(bookings.c.thing, bookings.c.part, bookings.c.id)
)


def add(tx: Tx, rack: Rack, case_id: str, **columns: Any) -> None:
    """Write that a case takes something from a rack, or waits there."""
    row = {"id": new_id(), "case_id": case_id, **rack.row(), **columns}
    _adding(tuple(row)).run(tx, **row)


@cache
def _adding(names: tuple[str, ...]) -> Statement:
    return Statement(sa.insert(bookings), names)


def update(tx: Tx, booking_id: str, **columns: Any) -> None:
    """Change one row."""
    _changing(tuple(columns)).run(tx, its_id=booking_id, **{f"its_{name}": value for name, value in columns.items()})


@cache
def _changing(names: tuple[str, ...]) -> Statement:
    changed: dict[str, Any] = {name: sa.bindparam(f"its_{name}") for name in names}
    return Statement(sa.update(bookings).where(bookings.c.id == sa.bindparam("its_id")).values(changed))
