"""Late steps that are due: found by one partial index, taken through `cases.act`, by any process at once."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from township.db import Instant, Tx
from township.statements import Statement
from township.workdays import Calendar
from workflows import cases as door
from workflows import definitions, records
from workflows.clocks import calendars, deadlines
from workflows.clocks.daytable import YearTable
from workflows.models import cases, clocks
from workflows.state import Via


class Timer(Struct, frozen=True):
    """The next late step of one clock."""

    town_id: str
    case_id: str
    clock: str
    step: int
    at: datetime


def due(tx: Tx, now: datetime, limit: int = 100) -> list[Timer]:
    """Take the late steps that are due, oldest first; their cases stay locked to the end of the transaction.

    On PostgreSQL what another process has locked is passed over. The case is locked before its clocks, as in
    `cases.act`, so that a sweep and a tap never wait for each other in a ring.
    """
    rows = _DUE.rows(tx, now=now, most=limit)
    return [Timer(row["town_id"], row["case_id"], row["name"], row["fired"], row["next_at"]) for row in rows]


_DUE = Statement(
    sa.select(clocks.c.town_id, clocks.c.case_id, clocks.c.name, clocks.c.fired, clocks.c.next_at)
    .join(cases, cases.c.id == clocks.c.case_id)
    .where(clocks.c.next_at <= sa.bindparam("now", type_=Instant()))
    .order_by(clocks.c.next_at)
    .limit(sa.bindparam("most", type_=sa.Integer()))
    .with_for_update(of=cases, skip_locked=True)
)


def fire(tx: Tx, timer: Timer, *, now: datetime) -> door.Outcome:
    """Let the clock act on a case; the same timer twice is once."""
    return door.act(tx, acting(timer), now=now)


def acting(timer: Timer) -> door.Act:
    """What the clock does on a case."""
    key = f"late:{timer.case_id}:{timer.clock}:{timer.step}:{timer.at.timestamp():.6f}"
    what = {"clock": timer.clock, "step": timer.step}
    return door.Act(timer.town_id, timer.case_id, "late", key, None, what, via=Via.CLOCK)


def sweep(tx: Tx, now: datetime, limit: int = 20) -> int:
    """Take and fire what is due, a small slice at a time; returns how many."""
    taken = due(tx, now, limit)
    if taken:
        door.act_late(tx, [acting(timer) for timer in taken], now=now)
    return len(taken)


def end_at(tx: Tx, town_id: str, case_id: str, clock: str, at: datetime) -> None:
    """Let a clock of a case end at a moment of its own instead of after its length."""
    record = records.load(tx, town_id, case_id)
    calendar = calendars.calendar_of(tx, town_id)
    before = record.state.clocks
    after = {**before, clock: replace(before[clock], fixed_due=at)}
    records.store_clocks(tx, town_id, case_id, before, after, calendar)
    nearest = records.nearest(after, calendar)
    tx.execute(sa.update(cases).where(cases.c.id == case_id).values(due_at=nearest))


def next_due(tx: Tx) -> datetime | None:
    """When the next late step falls due."""
    soonest = sa.select(clocks.c.next_at).where(clocks.c.next_at.is_not(None)).order_by(clocks.c.next_at).limit(1)
    found: datetime | None = tx.execute(soonest).scalar()
    return found


def promised(tx: Tx, case_id: str) -> list[datetime]:
    """List the moments by which something is promised in a case, soonest first; clocks that rest have none."""
    kept = sa.select(clocks.c.due_at).where(clocks.c.case_id == case_id, clocks.c.due_at.is_not(None))
    return list(tx.execute(kept.order_by(clocks.c.due_at)).scalars())


def take_tables(tx: Tx, town_id: str, tables: Sequence[YearTable], source: str) -> int:
    """Import official tables of years and derive the open deadlines anew; returns how many moved."""
    for table in tables:
        calendars.set_year(tx, town_id, table.year, table.works, source)
    return replan(tx, town_id)


def replan(tx: Tx, town_id: str) -> int:
    """Derive all running deadlines of a town anew, after its calendar has changed; returns how many moved."""
    calendar = calendars.calendar_of(tx, town_id)
    running = (
        sa.select(cases.c.id, cases.c.definition)
        .where(cases.c.town_id == town_id, cases.c.result == "")
        .order_by(cases.c.id)
        .with_for_update()
    )
    return sum(_replan_case(tx, town_id, row.id, row.definition, calendar) for row in tx.execute(running).all())


def _replan_case(tx: Tx, town_id: str, case_id: str, digest: str, calendar: Calendar) -> int:
    held = records.clocks_of(tx, case_id, definitions.pinned(tx, town_id, digest))
    moved = 0
    for clock in held.values():
        new = {"due_at": deadlines.due(clock, calendar), "next_at": deadlines.next_step(clock, calendar)}
        mine = sa.and_(clocks.c.case_id == case_id, clocks.c.name == clock.name)
        old = tx.execute(sa.select(clocks.c.due_at).where(mine)).scalar()
        if old != new["due_at"]:
            tx.execute(sa.update(clocks).where(mine).values(**new))
            moved += 1
    if moved:
        nearest = records.nearest(held, calendar)
        tx.execute(sa.update(cases).where(cases.c.id == case_id).values(due_at=nearest))
    return moved
