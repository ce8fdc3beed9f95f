"""How words travel: back to where the question came from, to a person by whatever way reaches that person, to a group.

A reply goes through the webhook of its conversation or the API pool, whichever has more room; a notice waits for the
day. Who has no account was put on the clerk's call list when the notice was made (`workflows/calllist.py`).
"""

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import manners
from bot.carried import Carried, Failed, Later, Outcome, Postponed
from bot.dialogue import conversations as talk
from bot.dialogue.conversations import Conversation
from bot.dingtalk import bodies
from bot.dingtalk.client import Client
from bot.dingtalk.faults import QuotaExhausted, Unsafe, WebhookExpired
from bot.purse import Call, Purpose, Route, Step
from bot.quiet import next_month, next_morning, quiet_until
from bot.spending import Ledger
from bot.wording import texts
from township import directory, outbox
from township.clock import SHANGHAI, Clock
from township.db import Database
from township.effects import Say, ToConversation, ToGroup, ToPerson
from township.outbox import Parcel
from township.workdays import Calendar

log = logging.getLogger(__name__)

REMEMBERED = 5000
"""Conversations whose way back is kept in memory."""
WEBHOOK_MARGIN = timedelta(seconds=60)
PAUSE = "\n\n"
"""Between notices that leave as one."""
SLOWED = timedelta(seconds=5)
"""When the platform says that it holds a person's messages back for now."""


class Speech:
    """Carries `Say`."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        calendar: Calendar,
        clients: Mapping[str, Client],
        ledger: Ledger,
    ) -> None:
        self._db = db
        self._clock = clock
        self._calendar = calendar
        self._clients = clients
        self._ledger = ledger
        self._known: OrderedDict[str, Conversation] = OrderedDict()

    async def carry(self, parcel: Parcel) -> Outcome:
        """Carry one text."""
        effect = parcel.effect
        if not isinstance(effect, Say):
            raise TypeError(f"speech cannot carry {type(effect).__name__}")
        match effect.to:
            case ToConversation(conversation_id):
                return await self._reply(conversation_id, effect)
            case ToPerson(person_id):
                return await self._notify(person_id, parcel, effect)
            case ToGroup(group_id):
                return await self._announce(group_id, effect)

    async def _reply(self, conversation_id: str, say: Say) -> Outcome:
        conversation = self._known.get(conversation_id)
        if conversation is None or not self._is_open(conversation):
            conversation = await self._db.read(lambda tx: talk.get(tx, conversation_id))
        if conversation is None:
            return Failed("no_conversation")
        self._remember(conversation)
        if conversation.is_group and not say.urgent and self._ledger.step(conversation.account_id) is Step.phone:
            if not await self._is_first(conversation):
                return Carried({"road": "asked to ring before"})
            say = replace(say, title="", text=await self._ring(conversation.town_id))
        is_open = self._is_open(conversation)
        try:
            return await self._by_either(conversation, say, is_open)
        except Unsafe:
            return await self._by_either(conversation, await self._plainer(conversation.town_id, say), is_open)

    async def _by_either(self, conversation: Conversation, say: Say, is_open: bool) -> Outcome:
        """Reply by the pool with more room, and by the other road where that one is closed."""
        purse = self._ledger.purse(conversation.account_id)
        if purse.route_reply(webhook_is_open=is_open) is Route.webhook:
            try:
                return await self._by_webhook(conversation, say)
            except (WebhookExpired, QuotaExhausted):
                return await self._by_api(conversation, say)
        try:
            return await self._by_api(conversation, say)
        except QuotaExhausted:
            if not is_open:
                raise
            return await self._by_webhook(conversation, say)

    async def _plainer(self, town_id: str, say: Say) -> Say:
        """Return what is said where the platform does not let the words pass: that there are some, and whom to ring."""
        log.warning("words were held back", extra={"action": "words_unsafe"})
        phone = await self._db.read(lambda tx: directory.town_phone(tx, town_id))
        return replace(say, title="", text=texts().say("held_back", phone=phone))

    def _is_open(self, conversation: Conversation) -> bool:
        until = conversation.webhook_until
        return bool(conversation.webhook and until and until - WEBHOOK_MARGIN > self._clock.machine())

    def _remember(self, conversation: Conversation) -> None:
        """Keep how to reply while the webhook lives: nothing else of a conversation changes the way back."""
        self._known[conversation.id] = conversation
        self._known.move_to_end(conversation.id)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    async def _by_webhook(self, conversation: Conversation, say: Say) -> Outcome:
        at = [conversation.staff_id] if conversation.is_group and conversation.staff_id else []
        self._ledger.charge(conversation.account_id, Call.webhook_reply)
        await self._clients[conversation.account_id].send_webhook(conversation.webhook, _webhook_body(say, at))
        return Carried({"road": "webhook"})

    async def _by_api(self, conversation: Conversation, say: Say) -> Outcome:
        if conversation.is_group:
            return await self._to_group(conversation.account_id, conversation.open_id, say)
        if not conversation.staff_id:
            return Failed("outsider_without_webhook")
        return await self._to_staff(conversation.account_id, conversation.staff_id, say)

    async def _to_group(self, account_id: str, open_id: str, say: Say) -> Outcome:
        self._ledger.charge(account_id, Call.group_send)
        query = await self._clients[account_id].send_to_group(open_id, _message(say))
        return Carried({"road": "api", "query": query})

    async def _to_staff(self, account_id: str, staff_id: str, say: Say) -> Outcome:
        client = self._clients[account_id]
        self._ledger.charge(account_id, Call.people_send)
        sent = await client.send_to_people([staff_id], _message(say))
        if staff_id in sent.slowed:
            return Later(SLOWED, "flow_control")
        if staff_id in sent.missed:
            return Failed("not_reached")
        return Carried({"road": "api", "query": sent.query_key})

    async def _to_member(self, town_id: str, account_id: str, staff_id: str, say: Say) -> Outcome:
        try:
            return await self._to_staff(account_id, staff_id, say)
        except Unsafe:
            return await self._to_staff(account_id, staff_id, await self._plainer(town_id, say))

    async def _is_first(self, conversation: Conversation) -> bool:
        """Say whether a group has not been asked to ring this month; one sentence is enough (purse, last step)."""
        town_id, open_id, now = conversation.town_id, conversation.open_id, self._clock.now()
        return await self._db.write(lambda tx: manners.asks_to_ring(tx, town_id, open_id, now))

    async def _ring(self, town_id: str) -> str:
        phone = await self._db.read(lambda tx: directory.town_phone(tx, town_id))
        return texts().say("group_ring", phone=phone)

    async def _notify(self, person_id: str, parcel: Parcel, say: Say) -> Outcome:
        now = self._clock.now()
        person, ways, peace = await self._db.read(
            lambda tx: (
                directory.person(tx, person_id),
                directory.reaches_of(tx, person_id),
                manners.told_lately(tx, person_id, now),
            )
        )
        if person is None or person.quiet:
            return Failed("not_to_be_told")
        account = next((way for way in ways if way.kind == "staff" and way.account_id in self._clients), None)
        if account is None or account.account_id is None:
            return Failed("no_account")  # who has none stands on the call list of the case
        if say.urgent or say.reply_to:
            return await self._to_member(parcel.town_id, account.account_id, account.value, say)
        if until := self._waits(account.account_id, parcel) or peace:
            return Postponed(until)
        return await self._tell(account.account_id, account.value, person_id, parcel, say)

    def _waits(self, account_id: str, parcel: Parcel) -> datetime | None:
        """Say until when a notice waits, for the day or for the purse; None: not."""
        return quiet_until(self._calendar, self._clock.now()) or self._spared(account_id, parcel.created_at)

    def _spared(self, account_id: str, since: datetime) -> datetime | None:
        """Say until when the purse holds a notice back: for the digest of the morning, or for the next month."""
        now = self._clock.now()
        is_digest = since.astimezone(SHANGHAI).date() < now.astimezone(SHANGHAI).date()
        if self._ledger.may_send(account_id, Purpose.digest if is_digest else Purpose.notice):
            return None
        may_wait = not is_digest and self._ledger.may_send(account_id, Purpose.digest)
        return (next_morning if may_wait else next_month)(self._calendar, now)

    async def _tell(self, account_id: str, staff_id: str, person_id: str, parcel: Parcel, say: Say) -> Outcome:
        """Tell a person, and with it whatever else waits to be told to the same person."""
        machine = self._clock.machine()
        along = await self._db.write(lambda tx: outbox.take_along(tx, parcel, machine=machine))
        outcome = await self._to_member(parcel.town_id, account_id, staff_id, _one([parcel, *along], say))
        if isinstance(outcome, Carried):
            now = self._clock.now()
            await self._db.write(lambda tx: manners.told(tx, parcel.town_id, person_id, now))
            return replace(outcome, also=tuple(one.id for one in along))
        return outcome

    async def _announce(self, group_id: str, say: Say) -> Outcome:
        until = None if say.urgent else quiet_until(self._calendar, self._clock.now())
        if until:
            return Postponed(until)
        group = await self._db.read(lambda tx: directory.group(tx, group_id))
        if group is None:
            return Failed("no_group")
        if not say.urgent and not self._ledger.may_send(group.account_id, Purpose.notice):
            return Postponed(next_month(self._calendar, self._clock.now()))
        return await self._to_group(group.account_id, group.open_id, say)


def _one(parcels: Sequence[Parcel], say: Say) -> Say:
    """Put several notices into one, in the order in which they were made."""
    says = [one.effect for one in sorted(parcels, key=lambda one: one.id) if isinstance(one.effect, Say)]
    if len(says) < 2:
        return say
    return replace(say, title=next((one.title for one in says if one.title), ""), text=PAUSE.join(s.text for s in says))


def _message(say: Say) -> bodies.Message:
    return bodies.markdown(say.title, say.text) if say.title else bodies.text(say.text)


def _webhook_body(say: Say, at: list[str]) -> bodies.Body:
    return bodies.webhook_markdown(say.title, say.text, at=at) if say.title else bodies.webhook_text(say.text, at=at)
