"""How a file travels to a person: uploaded, then sent as a file message; who cannot get it is on the call list.

A file that answers its person's own request leaves at once; any other waits for the day as a notice does. Papers are
about persons: a file that answers somebody in a group goes to that person alone (law of talk 4).
"""

import asyncio
import hashlib
import re
from collections import OrderedDict
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.dialogue import conversations as talk
from bot.dingtalk import bodies
from bot.outgoing.carried import Carried, Failed, InDoubt, Outcome
from bot.outgoing.means import Carrier, Means, Staff
from bot.purse import Call, Purpose
from bot.wording import texts
from township import directory
from township.db import Tx
from township.effects import SendFile, ToConversation, ToGroup, ToPerson
from township.filestore import FileStore
from township.outbox import Parcel
from workflows import calllist
from workflows.models import cases

KEPT = timedelta(hours=1)
"""How long an uploaded file is sent again under the same media id; the platform keeps it far longer."""
MOST_KEPT = 500
LONGEST_NAME = 80
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069/\\:*?\"<>|]+")


class Enclosures(Carrier):
    """Carries `SendFile`."""

    def __init__(self, means: Means, store: FileStore) -> None:
        self._means = means
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
        person, ways, is_own = await self._means.db.read(
            lambda tx: (
                directory.person(tx, person_id),
                directory.reaches_of(tx, person_id),
                _asked_for(tx, effect.case_id, person_id),
            )
        )
        staff = self._means.staff(ways)
        if person is None or staff is None:
            return Failed("no_account")
        if not is_own:
            if person.quiet:
                return Failed("not_to_be_told")
            if night := self._means.night():
                return night
        return await self._send(staff, effect, Purpose.important if is_own else Purpose.notice)

    async def _answer(self, conversation_id: str, effect: SendFile) -> Outcome:
        conversation = await self._means.db.read(lambda tx: talk.get(tx, conversation_id))
        if conversation is None:
            return Failed("no_conversation")
        if not conversation.staff_id:
            return Failed("outsider")
        return await self._send(Staff(conversation.account_id, conversation.staff_id), effect, Purpose.important)

    async def _to_group(self, group_id: str, effect: SendFile) -> Outcome:
        if night := self._means.night():
            return night
        group = await self._means.db.read(lambda tx: directory.group(tx, group_id))
        if group is None:
            return Failed("no_group")
        if not self._means.ledger.may_send(group.account_id, Purpose.notice):
            return self._means.next_month()
        message = await self._message(group.account_id, effect)
        if isinstance(message, Failed):
            return message
        return await self._means.to_group(group.account_id, group.open_id, message)

    async def _send(self, staff: Staff, effect: SendFile, purpose: Purpose) -> Outcome:
        if not self._means.ledger.may_send(staff.account_id, purpose):
            return self._means.next_month()
        message = await self._message(staff.account_id, effect)
        if isinstance(message, Failed):
            return message
        return await self._means.to_staff(staff, message)

    async def _message(self, account_id: str, effect: SendFile) -> bodies.Message | Failed:
        """Upload a file unless that was done lately, and write the message that shows it."""
        name = _safe(effect.name)
        known = self._uploaded.get(key := (account_id, effect.sha256, name))
        if known and known[1] > self._means.clock.machine():
            return bodies.file(known[0], name)
        content = await asyncio.to_thread(self._read, effect.sha256)
        if content is None:
            return Failed("file_missing")
        self._means.ledger.charge(account_id, Call.upload)
        media_id = await self._means.clients[account_id].upload(name, content)
        self._uploaded[key] = (media_id, self._means.clock.machine() + KEPT)
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
