"""A child who speaks of harm at home, or somebody who speaks of a child's, is heard by the officer for children alone.

A town without one lets its duty and its leaders hear the words; there is no case then, for nobody else may see one.

On the case stands no person, no village and no talk, nobody of the village hears anything, and nothing is sent to the
account of the family again. What is said next goes the same way: neither the village nor the telephone of the family
may come to know of it. Who speaks of another child lives elsewhere: the case holds the words alone, and the account
goes on hearing of its own matters.
"""

import logging
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from bot.dialogue import conversations as talk
from bot.dialogue.cases import alarmed
from bot.dialogue.conversations import Conversation
from bot.dialogue.hearing import emergency
from bot.dialogue.hearing.emergency import Emergency
from bot.incoming.inbox import row_id
from bot.incoming.scenes import Scene
from bot.messages import Incoming
from bot.wording import texts
from township.db import Tx
from township.effects import Effect, Say, ToConversation
from township.errors import TownshipError
from township.models import people
from township.statements import savepoint
from workflows import cases
from workflows.cases import Opening

log = logging.getLogger(__name__)

CHILD = "child_harm"
"""The service that the officer holds, asked after until it is settled."""


def heard(
    tx: Tx, conversation: Conversation, incoming: Incoming, found: Emergency, scene: Scene, now: datetime
) -> list[tuple[str, Effect]]:
    """Keep what a child says, and give the answer and the words to the officer."""
    key = row_id(incoming)
    place = scene.place or texts().say("alarm_unknown_place")
    call = texts().say("alarm_child_told" if found.is_told else "alarm_child", place=place, words=incoming.text)
    account = scene.person.id if scene.person else None
    if not alarmed.is_childs(conversation.state, now) and alarmed.officers(tx, conversation.town_id, now, account):
        _open(tx, conversation, incoming, {} if found.is_told else scene.said, now)
    if scene.person is not None and not found.is_told:
        _be_quiet(tx, scene.person.id)
    talk.keep_state(tx, conversation.id, {**conversation.state, **alarmed.of_child(now)})
    words = emergency.reply_to_child(found, place=scene.place, in_group=conversation.is_group)
    answer = Say(ToConversation(conversation.id), words, urgent=True, reply_to=incoming.message_id)
    return [(f"{key}:answer", answer), *alarmed.to_officers(tx, conversation.town_id, call, key, now, account)]


def _open(tx: Tx, conversation: Conversation, incoming: Incoming, said: Mapping[str, str], now: datetime) -> None:
    fields = {"what": incoming.text, **said}
    opening = Opening(conversation.town_id, CHILD, f"{row_id(incoming)}:case", fields, now, anonymous=True)
    try:
        with savepoint(tx):
            cases.open(tx, opening, now=now)
    except TownshipError as error:  # nobody holds the office, or the service is off: the answer leaves all the same
        log.error("no case for a child in need: %s", error.code, extra={"action": "child_without_case"})


def _be_quiet(tx: Tx, person_id: str) -> None:
    flags = dict(tx.execute(sa.select(people.c.flags).where(people.c.id == person_id)).scalar() or {})
    tx.execute(sa.update(people).where(people.c.id == person_id).values(flags={**flags, "quiet": True}))
