"""Answers that took longer than their turn: a job each, brought as a message of its own, also after a restart, once.

The job is asked for in the turn's transaction; answer, record and job have one key, so that doing it twice is once.
"""

from collections.abc import Mapping
from typing import Any

from bot.dialogue import conversations
from bot.dialogue.answers import questions
from bot.dialogue.conversations import Conversation
from bot.dialogue.turn import Mind
from bot.outgoing.delivery import Delivery
from knowledge.answers import Answer
from township import outbox
from township.clock import Clock
from township.db import Database, Tx
from township.effects import Say, ToConversation


class LateAnswers:
    """Brings them."""

    def __init__(self, db: Database, clock: Clock, mind: Mind, delivery: Delivery) -> None:
        self._db = db
        self._clock = clock
        self._mind = mind
        self._delivery = delivery

    async def bring(self, args: Mapping[str, Any]) -> None:
        """Wait for an answer as long as it takes, and put it into the outbox."""
        if not args:
            return  # it was brought by a process that died before it could say so
        conversation = await self._db.read(lambda tx: conversations.get(tx, args["conversation"]))
        if conversation is None:
            return
        answer = await self._mind.finish(conversation, args)
        await self._db.write(lambda tx: self._tell(tx, conversation, args, answer))
        self._delivery.wake()

    def _tell(self, tx: Tx, conversation: Conversation, args: Mapping[str, Any], answer: Answer) -> None:
        now = self._clock.now()
        text = questions.brought(tx, conversation, args, answer, self._mind.originals, now)
        say = Say(ToConversation(conversation.id), text, reply_to=args["message_id"])
        outbox.put(tx, conversation.town_id, [(f"{args['key']}:late", say)], now=now)
