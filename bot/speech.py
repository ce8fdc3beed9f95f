"""How words travel: back to where the question came from, to a person by whatever way reaches that person, to a group.

A reply goes through the webhook of its conversation or the API pool, whichever has more room; a notice waits for the
day. Who has no account was put on the clerk's call list when the notice was made (`workflows/calllist.py`).
"""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import timedelta

from bot.carried import Carried, Failed, Later, Outcome, Postponed
from bot.dialogue import conversations as talk
from bot.dialogue.conversations import Conversation
from bot.dingtalk import bodies
from bot.dingtalk.client import Client
from bot.dingtalk.faults import QuotaExhausted, Unsafe, WebhookExpired
from bot.purse import Call, Route
from bot.quiet import quiet_until
from bot.spending import Ledger
from township import directory
from township.clock import Clock
from township.db import Database
from township.effects import Say, ToConversation, ToGroup, ToPerson
from township.outbox import Parcel
from township.workdays import Calendar

REMEMBERED = 5000
"""Conversations whose way back is kept in memory."""
WEBHOOK_MARGIN = timedelta(seconds=60)
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
                return await self._notify(person_id, effect)
            case ToGroup(group_id):
                return await self._announce(group_id, effect)

    async def _reply(self, conversation_id: str, say: Say) -> Outcome:
        conversation = self._known.get(conversation_id)
        if conversation is None or not self._is_open(conversation):
            conversation = await self._db.read(lambda tx: talk.get(tx, conversation_id))
        if conversation is None:
            return Failed("no_conversation")
        self._remember(conversation)
        is_open = self._is_open(conversation)
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
        try:
            sent = await client.send_to_people([staff_id], _message(say))
        except Unsafe:
            sent = await client.send_to_people([staff_id], bodies.text(bodies.says(say.text)))
        if staff_id in sent.slowed:
            return Later(SLOWED, "flow_control")
        if staff_id in sent.missed:
            return Failed("not_reached")
        return Carried({"road": "api", "query": sent.query_key})

    async def _notify(self, person_id: str, say: Say) -> Outcome:
        until = None if say.urgent or say.reply_to else quiet_until(self._calendar, self._clock.now())
        if until:
            return Postponed(until)
        person, ways = await self._db.read(
            lambda tx: (directory.person(tx, person_id), directory.reaches_of(tx, person_id))
        )
        if person is None or person.quiet:
            return Failed("not_to_be_told")
        account = next((way for way in ways if way.kind == "staff" and way.account_id in self._clients), None)
        if account is None or account.account_id is None:
            return Failed("no_account")  # who has none stands on the call list of the case
        return await self._to_staff(account.account_id, account.value, say)

    async def _announce(self, group_id: str, say: Say) -> Outcome:
        until = None if say.urgent else quiet_until(self._calendar, self._clock.now())
        if until:
            return Postponed(until)
        group = await self._db.read(lambda tx: directory.group(tx, group_id))
        if group is None:
            return Failed("no_group")
        return await self._to_group(group.account_id, group.open_id, say)


def _message(say: Say) -> bodies.Message:
    return bodies.markdown(say.title, say.text) if say.title else bodies.text(say.text)


def _webhook_body(say: Say, at: list[str]) -> bodies.Body:
    return bodies.webhook_markdown(say.title, say.text, at=at) if say.title else bodies.webhook_text(say.text, at=at)
