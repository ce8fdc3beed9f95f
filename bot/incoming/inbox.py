"""What came in: committed before it is acked, taken up once, in order for each conversation.

Whoever accepts a message leases its conversation if it is free, so that the usual way costs two transactions: accept,
and the turn. A conversation whose holder died is taken up by the sweep of any process.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.dialogue import conversations as talk
from bot.dialogue.conversations import Conversation
from bot.incoming import payload
from bot.messages import Incoming
from bot.models import conversations, inbox
from township import processes
from township.db import Instant, Tx, insert_ignore, locked
from township.statements import Row, Statement

LEASE = timedelta(seconds=8)
"""Renewed by the ticker while its holder lives; a killed holder's conversations wait no longer than this."""
MOST_TRIES = 3
SWEEP = 200


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a message at the door."""

    fresh: bool
    """A repeat stops here."""
    mine: bool
    """The caller holds the conversation now and must work on it."""
    conversation: Conversation
    first: "Waiting | None" = None
    """The message itself, when nothing older can wait in this conversation: it may be answered without reading."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for its turn."""

    id: str
    incoming: Incoming
    received_at: datetime
    tries: int


def row_id(incoming: Incoming) -> str:
    """Name the inbox row of a message."""
    return f"{incoming.account_id}:{incoming.message_id}"


def accept(tx: Tx, incoming: Incoming, *, now: datetime, machine: datetime, owner: str, state: str = "new") -> Accepted:
    """Store a message once and lease its conversation if nobody holds it. The frame may be acked after the commit."""
    found = _meet(tx, incoming, machine=machine, owner=owner)
    if found is None:
        talk.begin(tx, incoming)
        found = _meet(tx, incoming, machine=machine, owner=owner)
    if found is None:
        raise LookupError("a conversation vanished while it was met")
    if talk.is_strange(found, incoming):
        found = talk.recognise(tx, found, incoming)
    values = {
        "id": row_id(incoming),
        "conversation_id": found["id"],
        "payload": payload.written(incoming),
        "state": state,
        "received_at": now,
    }
    fresh = insert_ignore(tx, inbox, values, ["id"])
    mine = found["lease_owner"] == owner
    if fresh and not mine and found["lease_owner"]:
        processes.call(tx, found["lease_owner"], found["id"])
    is_free = mine and found["lease_until"] == machine + LEASE
    first = Waiting(values["id"], incoming, now, 0) if fresh and is_free else None
    return Accepted(fresh, mine, talk.from_row(found), first)


def _meet(tx: Tx, incoming: Incoming, *, machine: datetime, owner: str) -> Row | None:
    """Refresh the webhook and take the lease if it is free, in one statement.

    A lapsed lease is left to the sweep: older messages wait under it, and come first.
    """
    values = {"its_key": talk.key_of(incoming), "owner": owner, "until": machine + LEASE}
    if not incoming.session_webhook:
        return _MEETING.first(tx, **values)
    life = incoming.webhook_expires_at
    return _MEETING_WITH_WEBHOOK.first(tx, **values, its_webhook=incoming.session_webhook, its_life=life)


def waiting(tx: Tx, conversation_id: str) -> list[Waiting]:
    """List what waits in a conversation, oldest first."""
    rows = _WAITING.rows(tx, conversation=conversation_id)
    return [Waiting(r["id"], payload.read(r["payload"]), r["received_at"], r["tries"]) for r in rows]


def finish(
    tx: Tx,
    message: Waiting,
    conversation_id: str,
    *,
    now: datetime,
    state: str = "done",
    talked: talk.TalkState | None = None,
) -> bool:
    """Close a message, and keep where the talk stands if it moved; with nothing left in the conversation its lease is
    given back. True while more waits."""
    _CLOSING.run(tx, its_id=message.id, its_state=state, at=now)
    if talked is None:
        return _LEAVING.scalar(tx, its_id=conversation_id) is not None
    return _LEAVING_CHANGED.scalar(tx, its_id=conversation_id, its_talk=dict(talked)) is not None


def _leave() -> sa.Update:
    """Give a conversation back unless something waits in it."""
    its_id = sa.bindparam("its_id", type_=sa.String())
    more = sa.exists().where(inbox.c.conversation_id == its_id, inbox.c.state == "new")
    leaving = sa.update(conversations).where(conversations.c.id == its_id).returning(conversations.c.lease_owner)
    return leaving.values(
        lease_owner=sa.case((more, conversations.c.lease_owner)),
        lease_until=sa.case((more, conversations.c.lease_until)),
    )


def _meet_free() -> sa.Update:
    free = conversations.c.lease_owner.is_(None)
    until = sa.bindparam("until", type_=Instant())
    meeting = sa.update(conversations).where(conversations.c.key == sa.bindparam("its_key")).returning(conversations)
    return meeting.values(
        lease_owner=sa.func.coalesce(conversations.c.lease_owner, sa.bindparam("owner", type_=sa.String())),
        lease_until=sa.case((free, until), else_=conversations.c.lease_until),
    )


# The statements of every message.
_MEETING = Statement(_meet_free())
_MEETING_WITH_WEBHOOK = Statement(
    _meet_free().values(webhook=sa.bindparam("its_webhook"), webhook_until=sa.bindparam("its_life"))
)
_WAITING = Statement(
    sa.select(inbox)
    .where(inbox.c.conversation_id == sa.bindparam("conversation"), inbox.c.state == "new")
    .order_by(inbox.c.received_at, inbox.c.id)
)
_CLOSING = Statement(
    sa.update(inbox)
    .where(inbox.c.id == sa.bindparam("its_id"))
    .values(state=sa.bindparam("its_state"), done_at=sa.bindparam("at"))
)
_LEAVING = Statement(_leave())
_LEAVING_CHANGED = Statement(_leave().values(state=sa.bindparam("its_talk")))


def release_if_idle(tx: Tx, conversation_id: str) -> None:
    """Give a conversation back unless something waits in it."""
    if not waiting(tx, conversation_id):
        release(tx, conversation_id)


def release(tx: Tx, conversation_id: str) -> None:
    """Give a conversation back."""
    tx.execute(
        sa.update(conversations).where(conversations.c.id == conversation_id).values(lease_owner=None, lease_until=None)
    )


def give_back(tx: Tx, *, owner: str) -> None:
    """Give back all that a process holds: it ends."""
    mine = sa.update(conversations).where(conversations.c.lease_owner == owner)
    tx.execute(mine.values(lease_owner=None, lease_until=None))


def failed_once(tx: Tx, message: Waiting) -> None:
    """Count a try that ended in a bug."""
    tx.execute(sa.update(inbox).where(inbox.c.id == message.id).values(tries=inbox.c.tries + 1))


def renew(tx: Tx, held: Sequence[str], *, machine: datetime, owner: str) -> None:
    """Keep the leases of what a living process works on."""
    mine = (conversations.c.id.in_(held), conversations.c.lease_owner == owner)
    if held:
        tx.execute(sa.update(conversations).where(*mine).values(lease_until=machine + LEASE))


def take_up(tx: Tx, *, machine: datetime, owner: str, alone: bool = False) -> list[str]:
    """Lease conversations with waiting messages that nobody holds, oldest unanswered first.

    `alone`: no other process can live (SQLite, at start), so every lease is a dead one's.
    """
    free = sa.or_(conversations.c.lease_owner.is_(None), conversations.c.lease_until < machine, sa.literal(alone))
    ids = list(_FREE.scalars(tx, machine=machine, alone=alone))
    if not ids:
        return []
    still_free = sa.select(conversations.c.id).where(conversations.c.id.in_(ids), free)
    mine = set(tx.execute(locked(still_free, skip=True)).scalars())
    values = {"lease_owner": owner, "lease_until": machine + LEASE}
    tx.execute(sa.update(conversations).where(conversations.c.id.in_(mine)).values(**values))
    return [conversation_id for conversation_id in ids if conversation_id in mine]


def _free() -> sa.Select[Any]:
    oldest = (
        sa.select(inbox.c.conversation_id, sa.func.min(inbox.c.received_at).label("since"))
        .where(inbox.c.state == "new")
        .group_by(inbox.c.conversation_id)
        .subquery()
    )
    lapsed = conversations.c.lease_until < sa.bindparam("machine", type_=Instant())
    return (
        sa.select(conversations.c.id)
        .join(oldest, oldest.c.conversation_id == conversations.c.id)
        .where(sa.or_(conversations.c.lease_owner.is_(None), lapsed, sa.bindparam("alone", type_=sa.Boolean())))
        .order_by(oldest.c.since)
        .limit(SWEEP)
    )


_FREE = Statement(_free())


def hold(tx: Tx, conversation_id: str, *, machine: datetime, owner: str) -> bool:
    """Hold a conversation in which something waits: one's own, or one that is free. False: it is another's by now.

    A turn that ends while a message comes in at another process may have given the lease back without seeing it.
    """
    return bool(_HOLDING.run(tx, its_id=conversation_id, owner=owner, machine=machine, until=machine + LEASE))


def _hold() -> sa.Update:
    owner, machine = sa.bindparam("owner", type_=sa.String()), sa.bindparam("machine", type_=Instant())
    of = conversations.c
    mine = sa.or_(of.lease_owner == owner, of.lease_owner.is_(None), of.lease_until < machine)
    waits = sa.exists().where(inbox.c.conversation_id == of.id, inbox.c.state == "new")
    holding = sa.update(conversations).where(of.id == sa.bindparam("its_id"), mine, waits)
    return holding.values(lease_owner=owner, lease_until=sa.bindparam("until", type_=Instant()))


_HOLDING = Statement(_hold())


def clear_away(tx: Tx, *, before: datetime, limit: int) -> int:
    """Take out messages that were answered before a moment: what became of them stands in their cases."""
    over = (inbox.c.state != "new", inbox.c.received_at < before)
    ids = tx.execute(sa.select(inbox.c.id).where(*over).limit(limit)).scalars().all()
    tx.execute(sa.delete(inbox).where(inbox.c.id.in_(ids)))
    return len(ids)


def forget(tx: Tx, row_ids: Sequence[str]) -> None:
    """Take the words out of messages that are answered: who stays unnamed is not to be found by them."""
    rows = tx.execute(sa.select(inbox.c.id, inbox.c.payload).where(inbox.c.id.in_(row_ids))).all() if row_ids else []
    for row in rows:
        emptied = {**row.payload, "text": "", "quote": None, "attachments": []}
        tx.execute(sa.update(inbox).where(inbox.c.id == row.id).values(payload=emptied))
