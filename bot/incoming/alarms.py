"""An alarm: the answer to somebody in need, and the words to those on duty, written in one transaction.

Nobody is promised help before somebody has answered (law of talk 3). A child who speaks of harm at home is heard by
the child protection officer alone, and nothing is sent to the account of the family again (product.md D4).
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.dialogue import conversations as talk
from bot.dialogue.cases import alarmed
from bot.dialogue.conversations import Conversation
from bot.dialogue.hearing import emergency
from bot.dialogue.hearing.emergency import Emergency
from bot.incoming.inbox import row_id
from bot.messages import Incoming
from bot.wording import texts
from township import directory, outbox
from township.db import Tx
from township.directory import DutyPerson, Person, Role
from township.effects import Effect, Say, ToConversation, ToPerson
from township.errors import TownshipError
from township.models import people
from township.outbox import Parcel
from township.statements import savepoint
from workflows import cases
from workflows.cases import Act, Opening

log = logging.getLogger(__name__)

EMERGENCY = "emergency"
"""The service that keeps who has seen an alarm and who goes."""
CHILD = "child_harm"
"""The same for a child harmed at home: seen by the child protection officer alone, and asked after until settled."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """Who called, from where, and who must hear it."""

    person: Person | None
    village_id: str | None
    place: str
    phone: str
    duty: Sequence[DutyPerson]
    told: Sequence[Person]


def raise_alarm(
    tx: Tx,
    conversation: Conversation,
    incoming: Incoming,
    found: Emergency,
    *,
    now: datetime,
    machine: datetime,
) -> list[Parcel]:
    """Write the answer and the words to those on duty; both are leased to the caller, who sends them at once."""
    scene = _look(tx, conversation, found, now)
    went_on = not found.is_secret and _went_on(tx, conversation, incoming, scene, now)
    words, call = _words(scene, conversation, incoming, found, went_on=went_on)
    key = row_id(incoming)
    answer = Say(ToConversation(conversation.id), words, urgent=True, reply_to=incoming.message_id)
    effects: list[tuple[str, Effect]] = [(f"{key}:answer", answer)]
    effects += [(f"{key}:{who.id}", Say(ToPerson(who.id), call, urgent=True)) for who in scene.told]
    if found.is_secret:
        _open_secret(tx, conversation, incoming, scene, now)
        if scene.person is not None:
            quiet = {**_flags(tx, scene.person.id), "quiet": True}
            tx.execute(sa.update(people).where(people.c.id == scene.person.id).values(flags=quiet))
    elif not went_on:
        raised = alarmed.raised(_open_case(tx, conversation, incoming, scene, now), incoming.text, now)
        talk.keep_state(tx, conversation.id, {**conversation.state, **raised})
    return outbox.put(tx, conversation.town_id, effects, now=now, lease_from=machine)


def _words(
    scene: _Scene, conversation: Conversation, incoming: Incoming, found: Emergency, *, went_on: bool
) -> tuple[str, str]:
    """Say what is answered, and what those on duty hear; only a danger of its own is answered at length again."""
    if went_on and found.kind is emergency.Kind.UNKNOWN:
        return alarmed.said_of_more(scene.place, incoming.text)
    shown = [(duty.person.name, duty.phone) for duty in scene.duty]
    words = emergency.reply(found, place=scene.place, duty=shown, in_group=conversation.is_group)
    name = "alarm_child" if found.is_secret else "alarm"
    call = texts().say(name, place=scene.place or texts().say("alarm_unknown_place"), words=incoming.text)
    if scene.phone and not found.is_secret:
        call += "\n" + texts().say("alarm_phone", phone=scene.phone)
    return words, call


def _went_on(tx: Tx, conversation: Conversation, incoming: Incoming, scene: _Scene, now: datetime) -> bool:
    """Keep words of the same danger with the case that is open since a moment: those who go there have one card."""
    case_id = alarmed.under_way(conversation.state, now)
    if not case_id or scene.person is None:
        return False
    key, more = f"{row_id(incoming)}:case", {"more": incoming.text}
    acting = Act(conversation.town_id, case_id, "add", key, scene.person.id, more)
    try:
        with savepoint(tx):
            cases.act(tx, acting, now=now)
    except TownshipError:  # over, or another one's: a case of its own
        return False
    return True


def _open_case(tx: Tx, conversation: Conversation, incoming: Incoming, scene: _Scene, now: datetime) -> str:
    """Give those on duty a card on which somebody says that he or she goes; the caller is told who."""
    fields = {"what": incoming.text, "place": scene.place, "phone": scene.phone}
    opening = Opening(
        conversation.town_id,
        EMERGENCY,
        f"{row_id(incoming)}:case",
        {name: value for name, value in fields.items() if value},
        now,
        spoke=scene.person.id if scene.person else None,
        village_id=scene.village_id,
        conversation_id=conversation.id,
    )
    return cases.open(tx, opening, now=now).case_id


def _open_secret(tx: Tx, conversation: Conversation, incoming: Incoming, scene: _Scene, now: datetime) -> None:
    """Keep a child's words for the officer and nobody else: on the case stands no person, no village, no talk."""
    fields = {"what": incoming.text, "place": scene.place, "phone": scene.phone}
    known = {name: value for name, value in fields.items() if value}
    opening = Opening(conversation.town_id, CHILD, f"{row_id(incoming)}:case", known, now, anonymous=True)
    try:
        with savepoint(tx):
            cases.open(tx, opening, now=now)
    except TownshipError as error:  # nobody holds the office, or the service is off: the answer leaves all the same
        log.error("no case for a child in need: %s", error.code, extra={"action": "child_without_case"})


def _look(tx: Tx, conversation: Conversation, found: Emergency, now: datetime) -> _Scene:
    person = directory.person(tx, conversation.person_id) if conversation.person_id else None
    group = directory.group(tx, conversation.group_id) if conversation.group_id else None
    village_id = person.village_id if person else (group.village_id if group else None)
    duty = directory.on_duty(tx, conversation.town_id, now, village_id)
    told = [who.person for who in duty]
    if found.is_secret:
        told = directory.people_with_role(tx, conversation.town_id, Role.CHILD_PROTECTION, now)
        duty = []
    ways = directory.reaches_of(tx, person.id) if person else []
    phone = next((way.value for way in ways if way.kind == "phone"), "")
    return _Scene(person, village_id, _place(tx, conversation, person, village_id), phone, duty, told)


def _place(tx: Tx, conversation: Conversation, person: Person | None, village_id: str | None) -> str:
    """Say where, as one says it on the phone: the village, the group of the village, the family."""
    villages = {village.id: village.name for village in directory.villages_of(tx, conversation.town_id)}
    parts = [villages.get(village_id or "", "")]
    if person is not None:
        parts += [directory.door_of(tx, person), texts().say("family", name=person.name[:1]) if person.name else ""]
    return "".join(part for part in parts if part)


def _flags(tx: Tx, person_id: str) -> dict[str, object]:
    return dict(tx.execute(sa.select(people.c.flags).where(people.c.id == person_id)).scalar() or {})
