"""How a file travels to a person: uploaded, then sent as a file message; who cannot get it is on the call list.

A file that answers its person's own request leaves at once; any other waits for the day as a notice does. Papers are
about persons: a file that answers somebody in a group goes to that person alone (law of talk 4).
"""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.carried import Carried, Failed, InDoubt, Later, Outcome, Postponed
from bot.dialogue import conversations as talk
from bot.dingtalk import bodies
from bot.dingtalk.client import Client
from bot.purse import Call, Purpose
from bot.quiet import next_month, quiet_until
from bot.spending import Ledger
from bot.wording import texts
from township import directory
from township.clock import Clock
from township.db import Database, Tx
from township.effects import SendFile, ToConversation, ToGroup, ToPerson
from township.filestore import FileStore
from township.outbox import Parcel
from township.workdays import Calendar
from workflows import calllist
from workflows.models import cases

KEPT = timedelta(hours=1)
"""How long an uploaded file is sent again under the same media id; the platform keeps it far longer."""
MOST_KEPT = 500
LONGEST_NAME = 80
SLOWED = timedelta(seconds=5)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069/\\:*?\"<>|]+")


class Enclosures:
    """Carries `SendFile`."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        calendar: Calendar,
        clients: Mapping[str, Client],
        ledger: Ledger,
        store: FileStore,
    ) -> None:
        self._db = db
        self._clock = clock
        self._calendar = calendar
        self._clients = clients
        self._ledger = ledger
        self._store = store
        self._uploaded: OrderedDict[tuple[str, str, str], tuple[str, datetime]] = OrderedDict()

    async def carry(self, parcel: Parcel) -> Outcome:
        """Carry one file."""
        effect = parcel.effect
        if not isinstance(effect, SendFile):
            raise TypeError(f"enclosures cannot carry {type(effect).__name__}")
        match effect.to:
            case ToPerson(person_id):
                return await self._to_person(person_id, effect)
            case ToConversation(conversation_id):
                return await self._answer(conversation_id, effect)
            case ToGroup(group_id):
                return await self._to_group(group_id, effect)

    def report(self, tx: Tx, parcel: Parcel, outcome: Carried | Failed | InDoubt, now: datetime) -> None:
        """Put who cannot get a file on the call list: it is printed, or fetched at the office."""
        effect = parcel.effect
        if isinstance(outcome, Failed) and isinstance(effect, SendFile) and isinstance(effect.to, ToPerson):
            line = texts().say("file_at_office", file=_safe(effect.name).rpartition(".")[0])
            if effect.case_id:
                calllist.add(tx, effect.case_id, effect.to.person_id, line, now)

    async def _to_person(self, person_id: str, effect: SendFile) -> Outcome:
        person, ways, is_own = await self._db.read(
            lambda tx: (
                directory.person(tx, person_id),
                directory.reaches_of(tx, person_id),
                _asked_for(tx, effect.case_id, person_id),
            )
        )
        way = next((one for one in ways if one.kind == "staff" and one.account_id in self._clients), None)
        if person is None or way is None or way.account_id is None:
            return Failed("no_account")
        if not is_own:
            if person.quiet:
                return Failed("not_to_be_told")
            if until := quiet_until(self._calendar, self._clock.now()):
                return Postponed(until)
        return await self._send(way.account_id, way.value, effect, Purpose.important if is_own else Purpose.notice)

    async def _answer(self, conversation_id: str, effect: SendFile) -> Outcome:
        conversation = await self._db.read(lambda tx: talk.get(tx, conversation_id))
        if conversation is None:
            return Failed("no_conversation")
        if not conversation.staff_id:
            return Failed("outsider")
        return await self._send(conversation.account_id, conversation.staff_id, effect, Purpose.important)

    async def _to_group(self, group_id: str, effect: SendFile) -> Outcome:
        if until := quiet_until(self._calendar, self._clock.now()):
            return Postponed(until)
        group = await self._db.read(lambda tx: directory.group(tx, group_id))
        if group is None:
            return Failed("no_group")
        if not self._ledger.may_send(group.account_id, Purpose.notice):
            return Postponed(next_month(self._calendar, self._clock.now()))
        message = await self._message(group.account_id, effect)
        if isinstance(message, Failed):
            return message
        self._ledger.charge(group.account_id, Call.group_send)
        query = await self._clients[group.account_id].send_to_group(group.open_id, message)
        return Carried({"road": "api", "query": query})

    async def _send(self, account_id: str, staff_id: str, effect: SendFile, purpose: Purpose) -> Outcome:
        if not self._ledger.may_send(account_id, purpose):
            return Postponed(next_month(self._calendar, self._clock.now()))
        message = await self._message(account_id, effect)
        if isinstance(message, Failed):
            return message
        self._ledger.charge(account_id, Call.people_send)
        sent = await self._clients[account_id].send_to_people([staff_id], message)
        if staff_id in sent.slowed:
            return Later(SLOWED, "flow_control")
        if staff_id in sent.missed:
            return Failed("not_reached")
        return Carried({"road": "api", "query": sent.query_key})

    async def _message(self, account_id: str, effect: SendFile) -> bodies.Message | Failed:
        """Upload a file unless that was done lately, and write the message that shows it."""
        name = _safe(effect.name)
        known = self._uploaded.get(key := (account_id, effect.sha256, name))
        if known and known[1] > self._clock.machine():
            return bodies.file(known[0], name)
        content = await asyncio.to_thread(self._read, effect.sha256)
        if content is None:
            return Failed("file_missing")
        self._ledger.charge(account_id, Call.upload)
        media_id = await self._clients[account_id].upload(name, content)
        self._uploaded[key] = (media_id, self._clock.machine() + KEPT)
        if len(self._uploaded) > MOST_KEPT:
            self._uploaded.popitem(last=False)
        return bodies.file(media_id, name)

    def _read(self, sha256: str) -> bytes | None:
        """Read a file; one that is not what its name says is as good as lost."""
        try:
            content = self._store.path(sha256).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == sha256 else None


def _asked_for(tx: Tx, case_id: str | None, person_id: str) -> bool:
    """Say whether a case is this person's own: who spoke, or for whom."""
    if case_id is None:
        return False
    row = tx.execute(sa.select(cases.c.spoke_id, cases.c.affected_id).where(cases.c.id == case_id)).first()
    return row is not None and person_id in (row.spoke_id, row.affected_id)


def _safe(name: str) -> str:
    """Return a name that is one name on every telephone."""
    stem, dot, ending = _UNSAFE.sub("", name).strip(" .").rpartition(".")
    return (stem or ending)[:LONGEST_NAME] + (dot + ending[:8] if stem else "")
