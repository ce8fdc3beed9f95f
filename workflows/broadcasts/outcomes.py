"""What became of a broadcast in each group, and of the whole: one message to its editor and to who approved it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from township.db import Tx
from workflows import cases as door
from workflows import records
from workflows.broadcasts import register
from workflows.broadcasts.drafts import texts
from workflows.broadcasts.models import broadcast_sendings
from workflows.broadcasts.register import Broadcast, Sending
from workflows.state import Via


def came_out(
    tx: Tx, broadcast_id: str, sending_id: str, state: str, now: datetime, *, why: str = "", query: str = ""
) -> None:
    """Write down what became of one sending, `delivered`, `failed` or `unknown`; with the last one it is told.

    The case is locked first, so that two groups that end at once do not each take the other for still on its way.
    """
    found = register.get(tx, broadcast_id)
    records.load(tx, found.town_id, found.case_id)
    mine = sa.and_(broadcast_sendings.c.id == sending_id, broadcast_sendings.c.state == "waiting")
    changed = {"state": state, "why": why, "query": query, "done_at": now}
    if tx.execute(sa.update(broadcast_sendings).where(mine).values(**changed)).rowcount:
        sending = register.sending(tx, sending_id)
        if sending is not None:
            settle(tx, found, sending.occurs_at, now)


def settle(tx: Tx, found: Broadcast, minute: datetime, now: datetime) -> None:
    """Tell what came of an occurrence, once it is known of every village."""
    sent = register.sendings(tx, found.id, minute)
    case = records.load(tx, found.town_id, found.case_id)
    if any(one.state == "waiting" for one in sent) or case.state.stage != "scheduled":
        return
    missed = [one for one in sent if one.state != "delivered"]
    attempt = max(one.attempt for one in sent)
    values: dict[str, Any] = {
        "delivered": len(sent) - len(missed),
        "groups": len(sent),
        "missed": len(missed),
        "again": sum(one.may_go_again for one in missed),
        "first": not found.order.rule or not _came_before(tx, found, minute),
    }
    if missed:
        values["names"] = names(tx, found.town_id, missed)
    key = f"broadcast:{found.id}:{minute.timestamp():.0f}:{attempt}"
    door.act(tx, door.Act(found.town_id, found.case_id, "finish", key, None, values, via=Via.DELIVERY), now=now)


def names(tx: Tx, town_id: str, missed: Sequence[Sending]) -> str:
    """Name the villages that did not hear it, each with why."""
    known = register.villages(tx, town_id)
    said = [texts().say("not_heard", village=known[one.village_id], why=_why(one)) for one in missed]
    return texts().say("between_names").join(said)


def _why(one: Sending) -> str:
    return texts().say(f"why_{one.why}" if texts().has(f"why_{one.why}") else f"why_{one.state}")


def _came_before(tx: Tx, found: Broadcast, minute: datetime) -> bool:
    there = broadcast_sendings.c
    earlier = sa.select(there.id).where(there.broadcast_id == found.id, there.occurs_at < minute).limit(1)
    return tx.execute(earlier).first() is not None
