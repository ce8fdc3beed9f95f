"""The rows of broadcasts: found, read as values, and what has become of each occurrence, village by village."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Refused
from township.models import groups
from township.statements import Row
from workflows.broadcasts.drafts import Order, texts
from workflows.broadcasts.models import broadcast_sendings, broadcasts
from workflows.broadcasts.policy import Level, policy

LEFT = ("waiting", "delivered", "unknown")
"""States of a sending whose words are heard, or may have been."""


class Broadcast(Struct, frozen=True):
    """One ordered broadcast."""

    id: str
    town_id: str
    case_id: str
    editor_id: str
    order: Order
    digest: str
    approvals: tuple[tuple[str, str, str], ...]
    """Person, moment, and the digest of what was shown."""
    state: str
    next_at: datetime | None
    lapses_at: datetime
    created_at: datetime

    @property
    def is_intact(self) -> bool:
        """Say whether it is still what was ordered, and what everybody who approved it was shown."""
        return self.order.digest == self.digest and all(shown == self.digest for _, _, shown in self.approvals)


class Sending(Struct, frozen=True):
    """What became of one occurrence in one village, at the latest attempt."""

    id: str
    occurs_at: datetime
    village_id: str
    group_id: str | None
    attempt: int
    due_at: datetime
    state: str
    why: str
    query: str
    reads: int | None
    members: int | None

    @property
    def may_go_again(self) -> bool:
        """Say whether a person may have it sent once more."""
        return self.state in ("failed", "unknown")


def by_case(tx: Tx, case_id: str) -> Broadcast:
    """Find the broadcast of a case."""
    return _one(tx, broadcasts.c.case_id == case_id)


def get(tx: Tx, broadcast_id: str) -> Broadcast:
    """Find a broadcast by its id."""
    return _one(tx, broadcasts.c.id == broadcast_id)


def latest_of(tx: Tx, town_id: str, editor_id: str, since: datetime) -> Broadcast | None:
    """Find the broadcast that somebody ordered last, as far back as `since`."""
    mine = sa.and_(
        broadcasts.c.town_id == town_id, broadcasts.c.editor_id == editor_id, broadcasts.c.created_at >= since
    )
    chosen = sa.select(broadcasts).where(mine).order_by(broadcasts.c.created_at.desc(), broadcasts.c.id.desc())
    row = tx.execute(chosen.limit(1)).mappings().first()
    return broadcast_of(row) if row else None


def _one(tx: Tx, where: sa.ColumnElement[bool]) -> Broadcast:
    row = tx.execute(sa.select(broadcasts).where(where)).mappings().first()
    if row is None:
        raise Refused("broadcast_over")
    return broadcast_of(row)


def broadcast_of(row: Row) -> Broadcast:
    """Read a row."""
    names = ("id", "town_id", "case_id", "editor_id", "digest", "state", "next_at", "lapses_at", "created_at")
    order = Order(
        row["text"], tuple(row["zones"]), Level(row["level"]), row["minute"], row["rule"], bool(row["skips_days_off"]),
        row["issuer"],
    )  # fmt: skip
    approvals = tuple((by, at, digest) for by, at, digest in row["approvals"])
    return Broadcast(**{name: row[name] for name in names}, order=order, approvals=approvals)


def change(tx: Tx, broadcast_id: str, **columns: Any) -> None:
    """Write what has changed of a broadcast."""
    tx.execute(sa.update(broadcasts).where(broadcasts.c.id == broadcast_id).values(**columns))


def sendings(tx: Tx, broadcast_id: str, occurs_at: datetime) -> list[Sending]:
    """List the latest attempt in each village at an occurrence."""
    chosen = (
        sa.select(broadcast_sendings)
        .where(broadcast_sendings.c.broadcast_id == broadcast_id, broadcast_sendings.c.occurs_at == occurs_at)
        .order_by(broadcast_sendings.c.attempt)
    )
    found = {row["village_id"]: sending_of(row) for row in tx.execute(chosen).mappings()}
    return list(found.values())


def last_occurrence(tx: Tx, broadcast_id: str) -> datetime | None:
    """Name the last minute at which something left."""
    mine = broadcast_sendings.c.broadcast_id == broadcast_id
    found: datetime | None = tx.execute(sa.select(sa.func.max(broadcast_sendings.c.occurs_at)).where(mine)).scalar()
    return found


def sending_of(row: Row) -> Sending:
    """Read a row."""
    return Sending(**{name: row[name] for name in Sending.__struct_fields__})


def sending(tx: Tx, sending_id: str) -> Sending | None:
    """Find one sending."""
    chosen = sa.select(broadcast_sendings).where(broadcast_sendings.c.id == sending_id)
    row = tx.execute(chosen).mappings().first()
    return sending_of(row) if row else None


def villages(tx: Tx, town_id: str) -> dict[str, str]:
    """Names of the villages by id."""
    return {one.id: one.name for one in directory.villages_of(tx, town_id)}


def groups_of(tx: Tx, town_id: str, zones: Sequence[str]) -> dict[str, str]:
    """The group of each village that has one, by village."""
    chosen = (
        sa.select(groups.c.village_id, groups.c.id)
        .where(groups.c.town_id == town_id, groups.c.village_id.in_(zones), groups.c.cadres_only.is_(False))
        .order_by(groups.c.id.desc())
    )
    return {row.village_id: row.id for row in tx.execute(chosen)}


def check_same(tx: Tx, town_id: str, order: Order, at: datetime, *, but: str = "", names: Mapping[str, str]) -> None:
    """Refuse words that were or will be heard in the same village within two hours."""
    near = (at - policy().same, at + policy().same)
    heard = set(_sent_there(tx, town_id, order, *near, but=but)) | set(_set_there(tx, town_id, order, *near, but=but))
    if again := [names.get(one, one) for one in order.zones if one in heard]:
        raise Refused("broadcast_said_lately", villages=_joined(again))


def _sent_there(tx: Tx, town_id: str, order: Order, since: datetime, until: datetime, *, but: str) -> list[str]:
    there = broadcast_sendings.c
    chosen = (
        sa.select(there.village_id)
        .join(broadcasts, broadcasts.c.id == there.broadcast_id)
        .where(
            broadcasts.c.town_id == town_id, broadcasts.c.text == order.text, broadcasts.c.id != but,
            there.occurs_at.between(since, until), there.state.in_(LEFT),
        )
    )  # fmt: skip
    return list(tx.execute(chosen).scalars())


def _set_there(tx: Tx, town_id: str, order: Order, since: datetime, until: datetime, *, but: str) -> list[str]:
    column = broadcasts.c
    planned = sa.func.coalesce(column.next_at, column.minute, column.created_at)
    chosen = sa.select(column.zones).where(
        column.town_id == town_id, column.text == order.text, column.id != but, column.state.in_(("waiting", "set")),
        planned.between(sa.literal(since, column.minute.type), sa.literal(until, column.minute.type)),
    )  # fmt: skip
    return [zone for zones in tx.execute(chosen).scalars() for zone in zones]


def check_enough(tx: Tx, town_id: str, order: Order, at: datetime, *, names: Mapping[str, str]) -> None:
    """Refuse one more of levels 3 and 4 in a village that has heard, or will hear, enough on that day."""
    if order.level.is_reserved:
        return
    morning = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    count = _count(tx, town_id, morning, morning + timedelta(days=1))
    if full := [names.get(one, one) for one in order.zones if count.get(one, 0) >= policy().daily]:
        raise Refused("broadcast_enough_today", villages=_joined(full), most=policy().daily)


def _count(tx: Tx, town_id: str, since: datetime, until: datetime) -> dict[str, int]:
    there, column, count = broadcast_sendings.c, broadcasts.c, dict[str, int]()
    small = column.level.in_((Level.DAILY.value, Level.LEISURE.value))
    sent = (
        sa.select(there.village_id)
        .join(broadcasts, column.id == there.broadcast_id)
        .where(column.town_id == town_id, small, there.occurs_at >= since, there.occurs_at < until)
        .where(there.state.in_(LEFT), there.attempt == 1)
    )
    planned = sa.func.coalesce(column.next_at, column.minute)
    bounds = (sa.literal(since, column.minute.type), sa.literal(until, column.minute.type))
    coming = sa.select(column.zones).where(
        column.town_id == town_id,
        small,
        column.state.in_(("waiting", "set")),
        planned >= bounds[0],
        planned < bounds[1],
    )
    zones = [*tx.execute(sent).scalars(), *(one for several in tx.execute(coming).scalars() for one in several)]
    for zone in zones:
        count[zone] = count.get(zone, 0) + 1
    return count


def _joined(names: Sequence[str]) -> str:
    return texts().say("between_names").join(names)
