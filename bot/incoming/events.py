"""Events of the directory as rows: kept once at the door, until `chores/members.py` has applied them in their order."""

from datetime import datetime

import sqlalchemy as sa

from bot.messages import DirectoryEvent
from bot.models import events
from township.db import Tx, insert_ignore


def keep(tx: Tx, event: DirectoryEvent, now: datetime) -> None:
    """Store an event, once."""
    row = {
        "id": f"{event.account_id}:{event.event_id}",
        "account_id": event.account_id,
        "kind": event.kind,
        "data": dict(event.data),
        "state": "new",
        "received_at": now,
    }
    insert_ignore(tx, events, row, ["id"])


def waiting(tx: Tx, limit: int = 50) -> list[DirectoryEvent]:
    """List events that wait, oldest first."""
    chosen = sa.select(events).where(events.c.state == "new").order_by(events.c.received_at, events.c.id).limit(limit)
    return [
        DirectoryEvent(row["id"], row["kind"], row["account_id"], row["data"], row["received_at"])
        for row in tx.execute(chosen).mappings()
    ]


def close(tx: Tx, event_id: str, state: str = "done") -> None:
    """Close an event that was applied, or failed for good."""
    tx.execute(sa.update(events).where(events.c.id == event_id).values(state=state))
