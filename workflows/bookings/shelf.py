"""What is taken of a supply, as rows: counted under the lock of its one row, so that two at once never take too much.

Which supply a town has now is said by the service that is in force, whatever version a case pinned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from township import directory
from township.clock import SHANGHAI
from township.db import Tx, insert_ignore
from township.errors import Refused
from workflows import definitions
from workflows.bookings.models import bookings, supplies
from workflows.bookings.room import Taken
from workflows.bookings.supply import Queue, Supply
from workflows.definition import Definition

QUEUE = "queue"
"""The thing under which a line's rows stand: a service has one line, or one for each option."""
HELD, LOST, WAITING, CALLED, OVER = "held", "lost", "waiting", "called", "over"


@dataclass(frozen=True, slots=True)
class Shelf:
    """One supply of one village or town."""

    town_id: str
    village_id: str
    """Empty: of the town."""
    skill: str
    thing: str
    part: str = ""

    def row(self) -> dict[str, Any]:
        """The columns by which its rows are found."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


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


def shelf_of(supply: Supply, town_id: str, village_id: str | None, skill: str, thing: str, part: str) -> Shelf:
    """Find the shelf from which a case of a village takes."""
    return Shelf(town_id, "" if supply.town else village_id or "", skill, thing, part)


def amount_of(tx: Tx, supply: Supply, shelf: Shelf) -> int:
    """Say how much there is on a shelf, lent or not."""
    if not supply.each:
        return supply.amount
    names = {village.id: village.name for village in directory.villages_of(tx, shelf.town_id)}
    return supply.amount_of(shelf.part, names.get(shelf.village_id, ""))


def lock(tx: Tx, shelf: Shelf) -> sa.RowMapping:
    """Let nobody else count on a shelf until this transaction ends; returns its row."""
    insert_ignore(tx, supplies, shelf.row(), list(shelf.row()))
    return tx.execute(sa.select(supplies).where(*_of(supplies, shelf)).with_for_update()).mappings().one()


def _of(table: sa.Table, shelf: Shelf) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == value for name, value in shelf.row().items()]


def is_paused(tx: Tx, shelf: Shelf) -> bool:
    """Say whether a line stands still."""
    return tx.execute(sa.select(supplies.c.paused_at).where(*_of(supplies, shelf))).scalar() is not None


def change(tx: Tx, shelf: Shelf, **columns: Any) -> None:
    """Change the row of a shelf."""
    tx.execute(sa.update(supplies).where(*_of(supplies, shelf)).values(**columns))


def rows_of(tx: Tx, shelf: Shelf, *states: str) -> Sequence[sa.RowMapping]:
    """List the rows of a shelf that are in one of these states, in the order of the line."""
    live = bookings.c.state != OVER  # as the index has it
    chosen = sa.select(bookings).where(*_of(bookings, shelf), live, bookings.c.state.in_(states))
    return tx.execute(chosen.order_by(bookings.c.rank, bookings.c.id)).mappings().all()


def taken(tx: Tx, shelf: Shelf, now: datetime, *, but: str = "") -> list[Taken]:
    """List what is taken from a shelf; what should be back and is not stays taken through today. `but`: of a case."""
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = today + timedelta(days=1)
    found = []
    for row in rows_of(tx, shelf, HELD, LOST):
        if row["state"] == HELD and row["case_id"] == but:
            continue
        ends = max(row["ends"], tomorrow) if row["ends"] is not None and row["ends"] <= now else row["ends"]
        found.append(Taken(row["amount"] - row["back"], row["begins"], ends))
    return found


def of_case(tx: Tx, case_id: str, *states: str) -> Sequence[sa.RowMapping]:
    """List what a case has taken, or where it waits."""
    chosen = sa.select(bookings).where(bookings.c.case_id == case_id, bookings.c.state.in_(states))
    return tx.execute(chosen.order_by(bookings.c.thing, bookings.c.part, bookings.c.id)).mappings().all()


def update(tx: Tx, booking_id: str, **columns: Any) -> None:
    """Change one row."""
    tx.execute(sa.update(bookings).where(bookings.c.id == booking_id).values(**columns))
