"""A conversation: one person talking with the bot alone, or one person's thread in a group.

Its row remembers who speaks, how to answer, and where the talk stands. Who works on it is a matter of
`bot/incoming/inbox.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.messages import Incoming
from bot.models import conversations
from township import directory
from township.db import Tx, insert_ignore
from township.ids import new_id
from township.models import account_towns, towns
from township.statements import Row, Statement

TalkState = Mapping[str, Any]
"""Where the talk stands, as JSON: the open form, strikes, what was asked last. Written by `turn.py` alone."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a turn needs to know about where it takes place."""

    id: str
    account_id: str
    town_id: str
    open_id: str
    is_group: bool
    group_id: str | None
    person_id: str | None
    sender_id: str
    staff_id: str
    webhook: str
    webhook_until: datetime | None
    state: TalkState = field(default_factory=dict)


def key_of(incoming: Incoming) -> str:
    """Name the conversation of a message; in a group each speaker has a thread of the own."""
    parts = [incoming.account_id, incoming.conversation_id]
    return ":".join([*parts, incoming.sender_id] if incoming.is_group else parts)


def from_row(row: Row) -> Conversation:
    """Read a row of the table."""
    return Conversation(**{name: row[name] for name in Conversation.__dataclass_fields__})


def get(tx: Tx, conversation_id: str) -> Conversation | None:
    """Find a conversation by our id."""
    row = _BY_ID.first(tx, its_id=conversation_id)
    return from_row(row) if row else None


_BY_ID = Statement(sa.select(conversations).where(conversations.c.id == sa.bindparam("its_id")))


def of_person(tx: Tx, person_id: str) -> Conversation | None:
    """Find the one-to-one conversation of a person: the one that spoke last."""
    chosen = (
        sa.select(conversations)
        .where(conversations.c.person_id == person_id, conversations.c.is_group.is_(False))
        .order_by(conversations.c.webhook_until.desc())
        .limit(1)
    )
    row = tx.execute(chosen).mappings().first()
    return from_row(row) if row else None


def group_states(tx: Tx, person_id: str) -> list[TalkState]:
    """Read where the talk of a person stands in groups: what is private there goes on one to one."""
    return [state for state in _GROUP_STATES.scalars(tx, its_person=person_id) if state]


_GROUP_STATES = Statement(
    sa.select(conversations.c.state).where(
        conversations.c.person_id == sa.bindparam("its_person"), conversations.c.is_group.is_(True)
    )
)


def begin(tx: Tx, incoming: Incoming) -> None:
    """Create the conversation of a message unless it is there: find out which town it is and who speaks."""
    person = _speaker(tx, incoming)
    group = directory.group_by_open_id(tx, incoming.account_id, incoming.conversation_id) if incoming.is_group else None
    row = {
        "id": new_id(),
        "key": key_of(incoming),
        "account_id": incoming.account_id,
        "town_id": _town(tx, incoming.account_id, person, group),
        "open_id": incoming.conversation_id,
        "is_group": incoming.is_group,
        "group_id": group.id if group else None,
        "person_id": person.id if person else None,
        "sender_id": incoming.sender_id,
        "staff_id": incoming.sender_staff_id,
        "state": {},
    }
    insert_ignore(tx, conversations, row, ["key"])


def is_strange(row: Row, incoming: Incoming) -> bool:
    """Say whether a conversation does not know its speaker, who by now is known: a stranger who has joined meanwhile,
    somebody who was entered later, or a robot that was not published yet."""
    staff_id = incoming.sender_staff_id
    return bool(staff_id) and (row["person_id"] is None or row["staff_id"] != staff_id)


def recognise(tx: Tx, row: Row, incoming: Incoming) -> Row:
    """Write down who speaks, if that can be told now; returns the row as it stands."""
    person = _speaker(tx, incoming)
    if person is None and row["staff_id"] == incoming.sender_staff_id:
        return row
    known = {"person_id": person.id, "town_id": person.town_id} if person else {}
    changing = sa.update(conversations).where(conversations.c.id == row["id"]).returning(conversations)
    return tx.execute(changing.values(staff_id=incoming.sender_staff_id, **known)).mappings().one()


def _speaker(tx: Tx, incoming: Incoming) -> directory.Person | None:
    if incoming.sender_staff_id:
        return directory.by_staff_id(tx, incoming.account_id, incoming.sender_staff_id)
    return directory.by_sender_id(tx, incoming.account_id, incoming.sender_id)


def _town(tx: Tx, account_id: str, person: directory.Person | None, group: directory.Group | None) -> str:
    """The town of the group or the person; of an outsider, the first town that the account serves."""
    known = group or person
    if known:
        return known.town_id
    served = sa.select(account_towns.c.town_id).where(account_towns.c.account_id == account_id).order_by("town_id")
    found = tx.execute(served.limit(1)).scalar() or tx.execute(sa.select(towns.c.id).order_by("id").limit(1)).scalar()
    return str(found or "")


def state_of(tx: Tx, incoming: Incoming) -> TalkState:
    """Read where the talk of a message stands; empty where it has not begun."""
    found = tx.execute(sa.select(conversations.c.state).where(conversations.c.key == key_of(incoming))).scalar()
    return found or {}


def keep_state(tx: Tx, conversation_id: str, state: TalkState) -> None:
    """Store where the talk stands now."""
    tx.execute(sa.update(conversations).where(conversations.c.id == conversation_id).values(state=dict(state)))
