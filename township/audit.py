"""Who read or changed which person's data, when and why: rows that are only ever added."""

from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from township.db import Tx
from township.ids import new_id
from township.models import audit_entries


class AuditEntry(Struct, frozen=True):
    """One look at, or change of, somebody's data."""

    actor_id: str | None
    person_id: str | None
    act: str
    what: str
    why: str
    at: datetime


def record(tx: Tx, town_id: str, entry: AuditEntry) -> None:
    """Add an entry in the transaction of the act itself: no entry, no act."""
    tx.execute(
        sa.insert(audit_entries).values(
            id=new_id(),
            town_id=town_id,
            actor_id=entry.actor_id,
            person_id=entry.person_id,
            act=entry.act,
            what=entry.what,
            why=entry.why,
            at=entry.at,
        )
    )


def about(tx: Tx, town_id: str, person_id: str) -> list[AuditEntry]:
    """List who touched one person's data, oldest first: what that person has a right to be told (PIPL art. 45)."""
    chosen = (
        sa.select(audit_entries)
        .where(audit_entries.c.town_id == town_id, audit_entries.c.person_id == person_id)
        .order_by(audit_entries.c.at, audit_entries.c.id)
    )
    rows = tx.execute(chosen).mappings()
    return [AuditEntry(r["actor_id"], r["person_id"], r["act"], r["what"], r["why"], r["at"]) for r in rows]
