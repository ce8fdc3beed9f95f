"""How many people have read what was sent to a group: which sendings are still to be counted, and the counts."""

from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from township.db import Tx
from township.models import people, reaches
from workflows.broadcasts.models import broadcast_sendings

MOST = 20


class Uncounted(Struct, frozen=True):
    """A message whose readers have not been counted."""

    id: str
    village_id: str
    group_id: str
    query: str


def uncounted(tx: Tx, until: datetime, since: datetime) -> list[Uncounted]:
    """List what was delivered by `until`, and not before `since`: what is older the platform no longer tells."""
    there = broadcast_sendings.c
    chosen = (
        sa.select(there.id, there.village_id, there.group_id, there.query)
        .where(there.state == "delivered", there.read_at.is_(None), there.done_at <= until, there.done_at > since)
        .where(there.query != "")
        .order_by(there.done_at)
        .limit(MOST)
    )
    return [Uncounted(row.id, row.village_id, row.group_id, row.query) for row in tx.execute(chosen)]


def counted(tx: Tx, one: Uncounted, reads: int | None, now: datetime) -> None:
    """Write down how many have read one, of how many that could; None: nobody could say, and nobody is asked again."""
    members = None if reads is None else max(reads, _members(tx, one.village_id))
    changed = {"reads": reads, "members": members, "read_at": now}
    tx.execute(sa.update(broadcast_sendings).where(broadcast_sendings.c.id == one.id).values(**changed))


def _members(tx: Tx, village_id: str) -> int:
    """How many people of a village have an account: the platform tells who has read, not who could."""
    chosen = (
        sa.select(sa.func.count(sa.distinct(people.c.id)))
        .join(reaches, reaches.c.person_id == people.c.id)
        .where(people.c.village_id == village_id, reaches.c.kind == "staff")
    )
    return int(tx.execute(chosen).scalar_one())
