"""The systems that a town gets work orders from: what their columns mean, how outcomes are written there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township.db import Tx
from workflows.models import cases
from workflows.orders.columns import Head, Meaning
from workflows.orders.models import order_systems, orders


class System(Struct, frozen=True):
    """One of them."""

    name: str
    columns: tuple[str, ...]
    meanings: Mapping[str, Meaning]
    style: Mapping[str, Any]
    """As `filling.Style` writes itself; empty: nothing was learnt yet."""
    orders: int = 0
    """That came from it."""
    waiting: int = 0
    """Of these, closed here and not handed back yet."""


def of_town(tx: Tx, town_id: str) -> list[System]:
    """List all systems of a town."""
    closed = sa.and_(orders.c.filled_at.is_(None), cases.c.result != "", cases.c.restricted.is_(None))
    counted = (
        sa.select(orders.c.system, sa.func.count(), sa.func.count(sa.case((closed, 1))))
        .join_from(orders, cases, cases.c.id == orders.c.case_id)
        .where(orders.c.town_id == town_id)
        .group_by(orders.c.system)
    )
    counts = {name: (int(total), int(waiting)) for name, total, waiting in tx.execute(counted)}
    chosen = sa.select(order_systems).where(order_systems.c.town_id == town_id).order_by(order_systems.c.name)
    return [_system(row, *counts.get(row["name"], (0, 0))) for row in tx.execute(chosen).mappings()]


def get(tx: Tx, town_id: str, name: str) -> System | None:
    """Find a system by its name."""
    return next((one for one in of_town(tx, town_id) if one.name == name), None)


def remember(tx: Tx, town_id: str, name: str, head: Head, *, by: str | None, now: datetime) -> None:
    """Keep what the columns of a sheet mean: the next one of this system is read without asking.

    Its columns are those to be filled only until a filled sheet was learnt from: what is brought lacks some of these.
    """
    known = get(tx, town_id, name)
    columns = known.columns if known and known.style else head.columns
    _put(tx, town_id, name, {"head": list(columns), "meanings": dict(head.meanings)}, by, now)


def learn(
    tx: Tx, town_id: str, name: str, head: Head, style: Mapping[str, Any], *, by: str | None, now: datetime
) -> None:
    """Keep how outcomes are written: by the head and the style of a filled sheet."""
    learnt = {"head": list(head.columns), "meanings": dict(head.meanings), "style": dict(style)}
    _put(tx, town_id, name, learnt, by, now)


def known_numbers(tx: Tx, town_id: str, system: str, numbers: Sequence[str]) -> frozenset[str]:
    """Name those orders that are cases here already."""
    mine = (orders.c.town_id == town_id, orders.c.system == system, orders.c.number.in_(list(numbers)))
    return frozenset(tx.execute(sa.select(orders.c.number).where(*mine)).scalars())


def _put(tx: Tx, town_id: str, name: str, held: Mapping[str, Any], by: str | None, now: datetime) -> None:
    mine = (order_systems.c.town_id == town_id, order_systems.c.name == name)
    before = tx.execute(sa.select(order_systems.c.meanings).where(*mine)).first()
    changed = {"changed_at": now, "changed_by": by}
    if before is None:
        tx.execute(sa.insert(order_systems).values(town_id=town_id, name=name, **{"style": {}, **held}, **changed))
        return
    meanings = {**before.meanings, **held["meanings"]}
    tx.execute(sa.update(order_systems).where(*mine).values(**{**held, "meanings": meanings}, **changed))


def _system(row: Any, count: int, waiting: int) -> System:
    meanings = {name: Meaning(one) for name, one in row["meanings"].items()}
    return System(row["name"], tuple(row["head"]), meanings, row["style"], count, waiting)
