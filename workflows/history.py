"""The events of a case: appended with a hash chain, read back, verified."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township import jsontext
from township.db import Tx
from township.statements import Statement
from workflows.models import case_events


class CaseEvent(Struct, frozen=True):
    """One thing that happened to a case."""

    case_id: str
    seq: int
    at: datetime
    kind: str
    action: str
    by: str | None
    via: str
    stage: str
    data: Mapping[str, Any]
    prev: str
    hash: str = ""


def genesis(case_id: str) -> str:
    """What the first event of a case is chained to."""
    return hashlib.sha256(case_id.encode()).hexdigest()


def digest(event: CaseEvent) -> str:
    """The hash of an event: over its content and the hash before it."""
    content = [
        event.prev, event.seq, event.at.astimezone(UTC).isoformat(timespec="microseconds"), event.kind, event.action,
        event.by, event.via, event.stage, event.data,
    ]  # fmt: skip
    return hashlib.sha256(jsontext.canonical(content)).hexdigest()


def append(tx: Tx, town_id: str, event: CaseEvent, head: str = "") -> str:
    """Add an event; returns the new head of the chain, its `digest`, unless that was given."""
    head = head or digest(event)
    _ADD.run(
        tx, case_id=event.case_id, seq=event.seq, town_id=town_id, at=event.at, kind=event.kind, action=event.action,
        by_id=event.by, via=event.via, stage=event.stage, data=dict(event.data), prev=event.prev, hash=head,
    )  # fmt: skip
    return head


_ADD = Statement(sa.insert(case_events), [column.name for column in case_events.c])


def latest(tx: Tx) -> datetime | None:
    """When the last thing happened to any case, in business time; looks through all of them."""
    return tx.execute(sa.select(sa.func.max(case_events.c.at, type_=case_events.c.at.type))).scalar()


def events(tx: Tx, case_id: str) -> list[CaseEvent]:
    """Read the events of a case in order. Whoever asks must have been allowed to see the case."""
    rows = tx.execute(sa.select(case_events).where(case_events.c.case_id == case_id).order_by(case_events.c.seq))
    return [
        CaseEvent(
            row.case_id, row.seq, row.at, row.kind, row.action, row.by_id, row.via, row.stage, row.data, row.prev,
            row.hash,
        )
        for row in rows
    ]  # fmt: skip


def first_break(chain: list[CaseEvent], head: str) -> int | None:
    """Find the first event that was changed, left out or added; None when the chain is whole up to `head`."""
    expected = genesis(chain[0].case_id) if chain else ""
    for number, event in enumerate(chain, 1):
        if event.seq != number or event.prev != expected or digest(event) != event.hash:
            return number
        expected = event.hash
    return None if expected == head else len(chain) + 1
