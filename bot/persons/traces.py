"""What messages leave behind of one person: what came in, what went out, cards, and where the talk stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.models import cards, conversations, events, inbox
from township.db import Tx
from township.directory import Person, Reach
from township.effects import SendFile, ToPerson, from_json, kind_of, queue_of
from township.models import jobs, outbox

SPOKEN = ("say", "say_to_all", "send_file")
"""Kinds of effects that carry words or files."""
OVER = ("done", "merged", "failed", "unknown")
SHORTEST_NAME = 2
"""Signs of a name that is looked for in what was told to others."""


@dataclass(frozen=True, slots=True)
class Named:
    """By what somebody is found in the words of others: name and telephone numbers, and numbers of the own cases."""

    person: Person
    ways: tuple[Reach, ...]
    case_ids: tuple[str, ...]
    numbers: tuple[str, ...]

    def words(self) -> list[str]:
        """What to look for."""
        phones = [way.value for way in self.ways if way.kind == "phone"]
        name = [self.person.name] if len(self.person.name) >= SHORTEST_NAME else []
        return [*name, *phones, *self.numbers]


def conversations_of(tx: Tx, named: Named) -> list[str]:
    """List the conversations in which somebody speaks: known by the person, or by an account that nobody else has."""
    of = conversations.c
    staff = [way.value for way in named.ways if way.kind == "staff"]
    senders = [way.value for way in named.ways if way.kind == "sender"]
    unknown = sa.and_(of.person_id.is_(None), sa.or_(of.staff_id.in_(staff), of.sender_id.in_(senders)))
    return list(tx.scalars(sa.select(of.id).where(sa.or_(of.person_id == named.person.id, unknown))))


def waiting(tx: Tx, conversation_ids: Sequence[str]) -> int:
    """Count the messages that nobody has answered yet."""
    mine = (inbox.c.conversation_id.in_(conversation_ids), inbox.c.state == "new")
    return int(tx.execute(sa.select(sa.func.count()).select_from(inbox).where(*mine)).scalar_one())


def messages(tx: Tx, conversation_ids: Sequence[str]) -> list[Any]:
    """List what came in there: moment and message, the oldest first."""
    mine = sa.select(inbox.c.received_at, inbox.c.payload).where(inbox.c.conversation_id.in_(conversation_ids))
    return list(tx.execute(mine.order_by(inbox.c.received_at, inbox.c.id)))


def told(tx: Tx, named: Named, conversation_ids: Sequence[str]) -> list[Any]:
    """List what the bot said to somebody: moment and effect, the oldest first."""
    chosen = sa.select(outbox.c.created_at, outbox.c.payload).where(
        outbox.c.target.in_(_queues(named, conversation_ids)), outbox.c.kind == "say"
    )
    return list(tx.execute(chosen.order_by(outbox.c.id)))


def erase(tx: Tx, named: Named) -> list[str]:
    """Take it all out, with what was told to others by name or number; returns files that were only passed on."""
    own = conversations_of(tx, named)
    files = _unsay(tx, named, own)
    tx.execute(sa.update(cards).where(cards.c.case_id.in_(named.case_ids)).values(shown={}, asking=None))
    tx.execute(sa.delete(jobs).where(_holds(jobs.c.args, own)))
    tx.execute(sa.delete(inbox).where(inbox.c.conversation_id.in_(own)))
    tx.execute(sa.delete(conversations).where(conversations.c.id.in_(own)))
    tx.execute(sa.update(conversations).where(_holds(conversations.c.state, _personal(named))).values(state={}))
    accounts = [way.value for way in named.ways if way.kind == "staff"]
    tx.execute(sa.delete(events).where(events.c.state != "new", _holds(events.c.data, accounts)))
    return files


def _personal(named: Named) -> list[str]:
    return [word for word in named.words() if word not in named.numbers]


def _unsay(tx: Tx, named: Named, own: Sequence[str]) -> list[str]:
    """Take out what was said to this person or about the own cases, and what has left and speaks of the person."""
    of = outbox.c
    mine = sa.or_(of.target.in_(_queues(named, own)), of.case_id.in_(named.case_ids))
    about = sa.and_(of.state.in_(OVER), of.town_id == named.person.town_id, _holds(of.payload, named.words()))
    chosen = sa.select(of.id, of.kind, of.payload).where(of.kind.in_(SPOKEN), sa.or_(mine, about))
    rows = tx.execute(chosen).all()
    tx.execute(sa.delete(outbox).where(of.id.in_([row.id for row in rows])))
    effects = (from_json(row.kind, row.payload) for row in rows if row.kind == FILE)
    return [effect.sha256 for effect in effects if isinstance(effect, SendFile)]


FILE = kind_of(SendFile(ToPerson(""), "", ""))


def _queues(named: Named, own: Sequence[str]) -> list[str]:
    return [queue_of(ToPerson(named.person.id)), *(f"conversation:{one}" for one in own)]


def _holds(column: Any, words: Iterable[str]) -> sa.ColumnElement[bool]:
    """Say whether one of some words stands in a JSON column: both engines keep it as text."""
    text = sa.cast(column, sa.Text)
    return sa.or_(sa.false(), *(text.contains(word, autoescape=True) for word in words))
