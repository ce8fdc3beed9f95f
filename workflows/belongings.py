"""What cases hold of one person: which are the own ones, what was said in them by reference, and the erasing of that.

A case is somebody's own where it concerns that person. What somebody said for another belongs to the other.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from township.db import Tx
from township.models import person_values
from workflows import values
from workflows.models import call_lines, case_events, case_people, cases
from workflows.orders.models import orders
from workflows.rosters.models import roster_rows

BY_LAW = "law"
"""The retention of values that stay whatever their person wishes."""
WAITING = ("open", "not_reached")
"""Lines of the call list that are still to be worked through."""


def own(tx: Tx, person_id: str) -> list[str]:
    """List the cases that concern somebody."""
    return list(tx.scalars(sa.select(cases.c.id).where(cases.c.affected_id == person_id).order_by(cases.c.opened_at)))


def unfinished(tx: Tx, person_id: str) -> list[str]:
    """List the numbers of the open cases that concern somebody, or of which somebody spoke, the oldest first."""
    mine = (case_people.c.person_id == person_id, case_people.c.part.in_(("affected", "spoke")))
    part = sa.select(case_people.c.case_id).where(*mine)
    chosen = sa.select(cases.c.number).where(cases.c.id.in_(part), cases.c.result == "").order_by(cases.c.opened_at)
    return list(tx.scalars(chosen))


def numbers(tx: Tx, case_ids: Sequence[str]) -> list[str]:
    """Name cases as people call them."""
    return list(tx.scalars(sa.select(cases.c.number).where(cases.c.id.in_(case_ids))))


def erasable(tx: Tx, person_id: str) -> list[str]:
    """List the values that go when somebody is erased: of the own cases, and what else was kept of that person."""
    own_refs = list(_refs(tx, own(tx, person_id)))
    of = person_values.c
    mine = sa.or_(of.person_id == person_id, of.id.in_(own_refs))
    return list(tx.scalars(sa.select(of.id).where(mine, of.value.is_not(None), of.retention != BY_LAW)))


def kept_by_law(tx: Tx, person_id: str) -> int:
    """Count the values about somebody that stay."""
    of = person_values.c
    mine = (of.person_id == person_id, of.value.is_not(None), of.retention == BY_LAW)
    return int(tx.execute(sa.select(sa.func.count()).select_from(person_values).where(*mine)).scalar_one())


def files_in(tx: Tx, refs: Sequence[str]) -> list[str]:
    """List the files that stand in values."""
    of = person_values.c
    rows = tx.scalars(sa.select(of.value).where(of.id.in_(refs), of.kind.in_(values.LISTS), of.value.is_not(None)))
    return [sha256 for held in rows for sha256 in held.split("\n") if sha256]


def erase(tx: Tx, person_id: str, refs: Sequence[str], now: datetime) -> None:
    """Empty values, and ask nobody any more to ring this person."""
    empty(tx, refs, now)
    waiting = (call_lines.c.person_id == person_id, call_lines.c.state.in_(WAITING))
    tx.execute(sa.update(call_lines).where(*waiting).values(state="not_needed", done_at=now))


def empty(tx: Tx, refs: Sequence[str], now: datetime) -> None:
    """Take what was kept of somebody out of its rows."""
    tx.execute(sa.update(person_values).where(person_values.c.id.in_(refs)).values(value=None, erased_at=now))


def _refs(tx: Tx, case_ids: Sequence[str]) -> Iterator[str]:
    """Find every reference that stands in cases, their events, what was said by telephone, and the rows of sheets."""
    yield from _within(tx.scalars(sa.select(cases.c.fields).where(cases.c.id.in_(case_ids))))
    yield from _within(tx.scalars(sa.select(case_events.c.data).where(case_events.c.case_id.in_(case_ids))))
    for table, ref in ((call_lines, "text_ref"), (orders, "row_ref"), (roster_rows, "row_ref")):
        yield from tx.scalars(sa.select(table.c[ref]).where(table.c.case_id.in_(case_ids)))


def _within(held: Iterable[Any]) -> Iterator[str]:
    for one in held:
        if values.is_ref(one):
            yield str(one["ref"])
        elif isinstance(one, dict | list):
            yield from _within(one.values() if isinstance(one, dict) else one)
