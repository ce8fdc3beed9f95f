"""Where frames come in: read, charged, stored, and only then acknowledged.

An emergency is recognised here, before queue, form and quota (law of talk 3): its answer leaves from the transaction
that stores the message.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.dialogue import conversations as talk
from bot.dialogue.answers import topic
from bot.dialogue.cases import complaints
from bot.dialogue.hearing import emergency, signs
from bot.dialogue.meaning import circle, remarks
from bot.dialogue.offices import broadcasting, decisions, plain_words
from bot.dialogue.parts import has_just_asked
from bot.dingtalk import wire
from bot.dingtalk.wire import Frame
from bot.incoming import alarms, events, inbox
from bot.incoming.inbox import Accepted
from bot.incoming.taps import Taps
from bot.incoming.workers import Workers
from bot.messages import Incoming, MessageKind, Tap
from bot.outgoing.delivery import Delivery
from bot.purse import Call
from bot.spending import Ledger
from township import killpoints
from township.clock import Clock
from township.db import Database, Tx
from township.killpoints import Point
from township.outbox import Parcel

log = logging.getLogger(__name__)


class Door:
    """The door of one account."""

    def __init__(
        self,
        account_id: str,
        *,
        db: Database,
        clock: Clock,
        ledger: Ledger,
        workers: Workers,
        delivery: Delivery,
        taps: Taps,
    ) -> None:
        self._account_id = account_id
        self._db = db
        self._clock = clock
        self._ledger = ledger
        self._workers = workers
        self._delivery = delivery
        self._taps = taps

    async def on_message(self, frame: Frame) -> None:
        """Store a message; returns when it is committed."""
        now, machine = self._clock.now(), self._clock.machine()
        incoming = wire.to_incoming(frame.data, self._account_id, received_at=now)
        self._ledger.charge(self._account_id, Call.message_in)
        found = self._emergency(incoming)
        if found and not await self._is_work(incoming, found) and not await self._goes_on(incoming, found, now):
            await self._raise(incoming, found, now, machine)
            return
        accepted = await self._db.write(lambda tx: self._accept(tx, incoming, now, machine))
        killpoints.reach(Point.ACK)
        if accepted.fresh and accepted.mine:
            first = (accepted.conversation, accepted.first) if accepted.first else None
            self._workers.hand(accepted.conversation.id, first)

    def _accept(self, tx: Tx, incoming: Incoming, now: datetime, machine: datetime) -> Accepted:
        accepted = inbox.accept(tx, incoming, now=now, machine=machine, owner=self._workers.owner)
        killpoints.reach(Point.INBOX)
        return accepted

    def _emergency(self, incoming: Incoming) -> emergency.Emergency | None:
        if incoming.kind is MessageKind.silent or not incoming.text:
            return None
        return _cry(incoming.text)

    async def _is_work(self, incoming: Incoming, found: emergency.Emergency) -> bool:
        """Say whether a cadre orders a broadcast, or says of an own task by its code that nobody can be reached."""
        is_weak = found.kind in (emergency.Kind.UNKNOWN, emergency.Kind.MISSING)
        if is_weak and not incoming.is_group and plain_words.codes(incoming.text):
            account, staff = self._account_id, incoming.sender_staff_id
            if await self._db.read(lambda tx: decisions.is_of_task(tx, account, staff, incoming.text)):
                return True
        return await self._orders(incoming)

    async def _orders(self, incoming: Incoming) -> bool:
        """Say whether a cadre orders a broadcast with words of danger in it: it is read back, not answered as a cry."""
        if incoming.is_group or not broadcasting.may_be_order(incoming.text):
            return False
        now = self._clock.now()
        return await self._db.read(
            lambda tx: broadcasting.is_order(tx, self._account_id, incoming.sender_staff_id, incoming.text, now)
        )

    async def _goes_on(self, incoming: Incoming, found: emergency.Emergency, now: datetime) -> bool:
        """Say whether what sounds like an emergency goes on with what was said before.

        With a complaint, of which the village may not hear; with a question just answered, how its person is; or with a
        question of ours, which the second ear alone takes for a cry, and not surely.
        """
        plain = signs.plain(incoming.text)
        may_answer = found.sign == signs.BY_LIKENESS and signs.is_faint(plain)
        may_complain = found.kind is emergency.Kind.UNKNOWN
        may_ask = remarks.goes_on(plain)
        if not (may_complain or may_ask or may_answer):
            return False
        state = await self._db.read(lambda tx: talk.state_of(tx, incoming))
        goes_on = (may_complain and complaints.is_fresh(state, now)) or (may_ask and topic.was_just_told(state, now))
        return goes_on or (may_answer and has_just_asked(state, now))

    async def _raise(self, incoming: Incoming, found: emergency.Emergency, now: datetime, machine: datetime) -> None:
        """Store an emergency as answered, with its answer: it never waits for a turn, nor disturbs an open form."""

        def call(tx: Tx) -> list[Parcel]:
            accepted = inbox.accept(tx, incoming, now=now, machine=machine, owner=self._workers.owner, state="done")
            if not accepted.fresh:
                return []
            if accepted.mine:
                inbox.release_if_idle(tx, accepted.conversation.id)
            return alarms.raise_alarm(tx, accepted.conversation, incoming, found, now=now, machine=machine)

        parcels = await self._db.write(call, urgent=True)
        self._delivery.hand(parcels)
        self._delivery.wake()
        log.warning("emergency", extra={"action": "emergency", "kind": found.kind.value, "duty_told": len(parcels)})

    async def on_tap(self, frame: Frame) -> Mapping[str, Any]:
        """Answer a tap with the card as it now stands."""
        self._ledger.charge(self._account_id, Call.tap_in)
        return await self._taps.answer(self._tap(frame))

    async def on_late_tap(self, frame: Frame) -> None:
        """Put right the card of a tap that was answered before its outcome."""
        await self._taps.repaint(self._tap(frame))

    def _tap(self, frame: Frame) -> Tap:
        return wire.to_tap(frame.data, self._account_id, frame_id=frame.id, at=self._clock.now())

    async def on_event(self, frame: Frame) -> bool:
        """Store an event of the directory; the ticker applies it. True: it may be acknowledged."""
        event = wire.to_event(frame.headers, frame.data, self._account_id)
        now = self._clock.now()
        await self._db.write(lambda tx: events.keep(tx, event, now))
        return True


def _cry(text: str) -> emergency.Emergency | None:
    """Find an emergency; of a post to the circle only what it plainly says counts, for it is told calmly."""
    wish = circle.recognise(text)
    if wish is None:
        return emergency.recognise(text)
    found = emergency.recognise(wish.text) if wish.ask is circle.Ask.POST else None
    return found if found and found.kind is not emergency.Kind.UNKNOWN else None
