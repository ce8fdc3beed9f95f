"""How words travel: back to where the question came from, to a person by whatever way reaches that person, to a group.

A reply goes through the webhook of its conversation or the API pool, whichever has more room; a notice waits for the
day. Who has no account was put on the clerk's call list when the notice was made (`workflows/calllist.py`).
"""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from msgspec import structs

from bot.dialogue import conversations as talk
from bot.dialogue.conversations import Conversation
from bot.dingtalk import bodies
from bot.dingtalk.faults import QuotaExhausted, Unsafe, WebhookExpired
from bot.outgoing import lengths, manners
from bot.outgoing.carried import Carried, Failed, InDoubt, Later, Outcome, Postponed
from bot.outgoing.means import Carrier, Means, Staff
from bot.outgoing.sent import carrying
from bot.purse import Call, Purpose, Route, Step
from bot.quiet import next_morning
from bot.wording import texts
from township import directory, outbox
from township.clock import SHANGHAI
from township.db import Tx
from township.effects import Say, ToConversation, ToGroup, ToPerson
from township.outbox import Parcel

log = logging.getLogger(__name__)

REMEMBERED = 5000
"""Conversations whose way back is kept in memory."""
WEBHOOK_MARGIN = timedelta(seconds=60)
PAUSE = "\n\n"
"""Between notices that leave as one."""
STRUCK = timedelta(seconds=20)
"""Until is tried again what was held back although it says nothing."""


class Speech(Carrier):
    """Carries `Say`."""

    def __init__(self, means: Means) -> None:
        self._means = means
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

    def report(self, tx: Tx, parcel: Parcel, outcome: Carried | Failed | InDoubt, now: datetime) -> None:
        """Remember when somebody was told something that could have waited."""
        match parcel.effect, outcome:
            case Say(to=ToPerson(person_id), urgent=False, reply_to=None), Carried():
                manners.told(tx, parcel.town_id, person_id, now)

    async def _reply(self, conversation_id: str, say: Say) -> Outcome:
        conversation = self._known.get(conversation_id)
        if conversation is None or not self._is_open(conversation):
            conversation = await self._means.db.read(lambda tx: talk.get(tx, conversation_id))
        if conversation is None:
            return Failed("no_conversation")
        self._remember(conversation)
        if conversation.is_group and not say.urgent and self._means.ledger.step(conversation.account_id) is Step.phone:
            if not await self._is_first(conversation):
                return Carried({"road": "asked to ring before"})
            say = structs.replace(say, title="", text=await self._ring(conversation.town_id))
        is_open = self._is_open(conversation)
        try:
            return await self._by_either(conversation, say, is_open)
        except Unsafe:
            plainer = await self._plainer(conversation.town_id, say)
            return await _plainly(self._by_either(conversation, plainer, is_open))

    async def _by_either(self, conversation: Conversation, say: Say, is_open: bool) -> Outcome:
        """Reply by the pool with more room, and by the other road where that one is closed; to who has no account there
        is only the one, whatever room it has."""
        purse = self._means.ledger.purse(conversation.account_id)
        has_one_road = is_open and not (conversation.is_group or conversation.staff_id)
        if has_one_road or purse.route_reply(webhook_is_open=is_open) is Route.webhook:
            try:
                return await self._by_webhook(conversation, say)
            except (WebhookExpired, QuotaExhausted) as closed:
                if has_one_road and isinstance(closed, QuotaExhausted):
                    raise
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
        phone = await self._means.db.read(lambda tx: directory.town_phone(tx, town_id))
        return structs.replace(say, title="", text=texts().say("held_back", phone=phone))

    def _is_open(self, conversation: Conversation) -> bool:
        until = conversation.webhook_until
        return bool(conversation.webhook and until and until - WEBHOOK_MARGIN > self._means.clock.machine())

    def _remember(self, conversation: Conversation) -> None:
        """Keep how to reply while the webhook lives: nothing else of a conversation changes the way back."""
        self._known[conversation.id] = conversation
        self._known.move_to_end(conversation.id)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    async def _by_webhook(self, conversation: Conversation, say: Say) -> Outcome:
        at = [conversation.staff_id] if conversation.is_group and conversation.staff_id else []
        self._means.ledger.charge(conversation.account_id, Call.webhook_reply)
        await self._means.clients[conversation.account_id].send_webhook(conversation.webhook, _webhook_body(say, at))
        return Carried({"road": "webhook"})

    async def _by_api(self, conversation: Conversation, say: Say) -> Outcome:
        if conversation.is_group:
            return await self._means.to_group(conversation.account_id, conversation.open_id, _message(say))
        if not conversation.staff_id:
            return Failed("outsider_without_webhook")
        return await self._means.to_staff(Staff(conversation.account_id, conversation.staff_id), _message(say))

    async def _to_member(self, town_id: str, staff: Staff, say: Say) -> Outcome:
        try:
            return await self._means.to_staff(staff, _message(say))
        except Unsafe:
            plainer = await self._plainer(town_id, say)
            return await _plainly(self._means.to_staff(staff, _message(plainer)))

    async def _is_first(self, conversation: Conversation) -> bool:
        """Say whether a group has not been asked to ring this month; one sentence is enough (purse, last step)."""
        town_id, open_id, now = conversation.town_id, conversation.open_id, self._means.clock.now()
        return await self._means.db.write(lambda tx: manners.asks_to_ring(tx, town_id, open_id, now))

    async def _ring(self, town_id: str) -> str:
        phone = await self._means.db.read(lambda tx: directory.town_phone(tx, town_id))
        return texts().say("group_ring", phone=phone)

    async def _notify(self, person_id: str, parcel: Parcel, say: Say) -> Outcome:
        now = self._means.clock.now()
        person, ways, peace = await self._means.db.read(
            lambda tx: (
                directory.person(tx, person_id),
                directory.reaches_of(tx, person_id),
                manners.told_lately(tx, person_id, now),
            )
        )
        if person is None or person.quiet:
            return Failed("not_to_be_told")
        staff = self._means.staff(ways)
        if staff is None:
            return Failed("no_account")  # who has none stands on the call list of the case
        if say.urgent or say.reply_to:
            return await self._to_member(parcel.town_id, staff, say)
        if waits := self._means.night() or self._spared(staff.account_id, parcel.created_at):
            return waits
        return Postponed(peace) if peace else await self._tell(staff, parcel, say)

    def _spared(self, account_id: str, since: datetime) -> Postponed | None:
        """Say until when the purse holds a notice back: for the digest of the morning, or for the next month."""
        now = self._means.clock.now()
        is_digest = since.astimezone(SHANGHAI).date() < now.astimezone(SHANGHAI).date()
        if self._means.ledger.may_send(account_id, Purpose.digest if is_digest else Purpose.notice):
            return None
        if not is_digest and self._means.ledger.may_send(account_id, Purpose.digest):
            return Postponed(next_morning(self._means.calendar, now))
        return self._means.next_month()

    async def _tell(self, staff: Staff, parcel: Parcel, say: Say) -> Outcome:
        """Tell a person, and with it whatever else waits to be told to the same person."""
        machine = self._means.clock.machine()
        along = await self._means.db.write(lambda tx: outbox.take_along(tx, parcel, machine=machine))
        carrying(parcel.id, *(one.id for one in along))
        outcome = await self._to_member(parcel.town_id, staff, _one([parcel, *along], say))
        return replace(outcome, also=tuple(one.id for one in along)) if isinstance(outcome, Carried) else outcome

    async def _announce(self, group_id: str, say: Say) -> Outcome:
        if not say.urgent and (night := self._means.night()):
            return night
        group = await self._means.db.read(lambda tx: directory.group(tx, group_id))
        if group is None:
            return Failed("no_group")
        if not say.urgent and not self._means.ledger.may_send(group.account_id, Purpose.notice):
            return self._means.next_month()
        return await self._means.to_group(group.account_id, group.open_id, _message(say))


async def _plainly(sending: Awaitable[Outcome]) -> Outcome:
    """Send words that say nothing: when they are held back as well it was not for what was said, and is tried again."""
    try:
        return await sending
    except Unsafe as refused:
        return Later(STRUCK, refused.code)


def _one(parcels: Sequence[Parcel], say: Say) -> Say:
    """Put several notices into one, in the order in which they were made."""
    says = [one.effect for one in sorted(parcels, key=lambda one: one.id) if isinstance(one.effect, Say)]
    if len(says) < 2:
        return say
    return structs.replace(
        say, title=next((one.title for one in says if one.title), ""), text=PAUSE.join(s.text for s in says)
    )


def _message(say: Say) -> bodies.Message:
    say = _short_enough(say)
    return bodies.markdown(say.title, say.text) if say.title else bodies.text(say.text)


def _short_enough(say: Say) -> Say:
    """Cut what the platform would refuse: then nobody would hear a word."""
    return structs.replace(say, text=lengths.cut(say.text, texts().say("too_long")))


def _webhook_body(say: Say, at: list[str]) -> bodies.Body:
    say = _short_enough(say)
    return bodies.webhook_markdown(say.title, say.text, at=at) if say.title else bodies.webhook_text(say.text, at=at)
