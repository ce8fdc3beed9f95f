"""One turn: think first, with no transaction open, then write once (law of the house 5).

What a message means and what to answer is `dialogue/turn.py`'s matter; here it is bound to inbox, outbox and delivery.
"""

import logging

from bot.dialogue.conversations import Conversation
from bot.dialogue.turn import Heard, Mind, Thought
from bot.incoming import inbox
from bot.incoming.inbox import MOST_TRIES, Waiting
from bot.outgoing.delivery import Delivery
from bot.wording import texts
from township import killpoints, outbox
from township.clock import Clock
from township.db import Database, Tx
from township.directory import town_phone
from township.effects import Effect, Say, ToConversation
from township.killpoints import Point
from township.outbox import Parcel

log = logging.getLogger(__name__)


class Turns:
    """Takes the turns of one process."""

    def __init__(self, db: Database, clock: Clock, mind: Mind, delivery: Delivery) -> None:
        self._db = db
        self._clock = clock
        self._mind = mind
        self._delivery = delivery

    async def take(self, conversation: Conversation, message: Waiting) -> bool:
        """Answer one message; true while more waits in the conversation."""
        heard = Heard(message.id, conversation, message.incoming, message.received_at)
        try:
            thought = await self._mind.think(heard)
            more, parcels = await self._db.write(lambda tx: self._write(tx, heard, message, thought))
        except Exception:
            log.exception("a turn failed", extra={"action": "turn_failed", "inbox": message.id, "tries": message.tries})
            return await self._fail(conversation, message)
        self._delivery.hand(parcels)
        self._delivery.wake()
        return more

    def _write(self, tx: Tx, heard: Heard, message: Waiting, thought: Thought) -> tuple[bool, list[Parcel]]:
        now = self._clock.now()
        written = self._mind.write(tx, heard, thought)
        conversation = heard.conversation
        machine = self._clock.machine()
        leased = outbox.put(tx, conversation.town_id, written.replies, now=now, lease_from=machine)
        outbox.put(tx, conversation.town_id, written.effects, now=now)
        more = inbox.finish(tx, message, conversation.id, now=now, talked=written.state)
        inbox.forget(tx, written.forget)
        killpoints.reach(Point.WRITE)
        return more, leased

    async def _fail(self, conversation: Conversation, message: Waiting) -> bool:
        """Count a bug; after MOST_TRIES the message is closed as failed and its sender is told whom to ring."""

        def call(tx: Tx) -> tuple[bool, list[Parcel]]:
            inbox.failed_once(tx, message)
            if message.tries + 1 < MOST_TRIES:
                return True, []
            now = self._clock.now()
            sorry = texts().say("trouble", phone=town_phone(tx, conversation.town_id))
            effects: list[tuple[str, Effect]] = [(f"{message.id}:sorry", Say(ToConversation(conversation.id), sorry))]
            leased = outbox.put(tx, conversation.town_id, effects, now=now, lease_from=self._clock.machine())
            return inbox.finish(tx, message, conversation.id, now=now, state="failed"), leased

        more, parcels = await self._db.write(call)
        self._delivery.hand(parcels)
        return more
