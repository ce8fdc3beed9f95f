"""An alarm: the answer to somebody in need, and the words to those on duty, written in one transaction.

Nobody is promised help before somebody has answered (law of talk 3). What a child says of harm at home goes another
way (`child_alarms.py`).
"""

from datetime import datetime

from bot.dialogue import conversations as talk
from bot.dialogue.cases import alarmed
from bot.dialogue.conversations import Conversation
from bot.dialogue.hearing import emergency
from bot.dialogue.hearing.emergency import Emergency
from bot.incoming import child_alarms
from bot.incoming.inbox import row_id
from bot.incoming.scenes import Scene, look
from bot.messages import Incoming
from bot.wording import texts
from township import outbox
from township.db import Tx
from township.effects import Effect, Say, ToConversation, ToPerson
from township.errors import TownshipError
from township.outbox import Parcel
from township.statements import savepoint
from workflows import cases
from workflows.cases import Act, Opening

EMERGENCY = "emergency"
"""The service that keeps who has seen an alarm and who goes."""


def raise_alarm(
    tx: Tx,
    conversation: Conversation,
    incoming: Incoming,
    found: Emergency,
    *,
    now: datetime,
    machine: datetime,
) -> list[Parcel]:
    """Write the answer and the words to those who must hear; both are leased to the caller, who sends them at once."""
    scene = look(tx, conversation, incoming.text, now)
    is_childs = found.is_secret or alarmed.is_childs(conversation.state, now)
    hear = child_alarms.heard if is_childs else _heard
    effects = hear(tx, conversation, incoming, found, scene, now)
    return outbox.put(tx, conversation.town_id, effects, now=now, lease_from=machine)


def _heard(
    tx: Tx, conversation: Conversation, incoming: Incoming, found: Emergency, scene: Scene, now: datetime
) -> list[tuple[str, Effect]]:
    """Open a case for those on duty, or keep the words with the one under way; give the answer and their words."""
    went_on = _went_on(tx, conversation, incoming, scene, now)
    if not went_on:
        raised = alarmed.raised(_open_case(tx, conversation, incoming, scene, now), incoming.text, scene.place, now)
        talk.keep_state(tx, conversation.id, {**conversation.state, **raised})
    words, call = _words(scene, conversation, incoming, found, went_on=went_on)
    key = row_id(incoming)
    answer = Say(ToConversation(conversation.id), words, urgent=True, reply_to=incoming.message_id)
    told = [(f"{key}:{who.person.id}", Say(ToPerson(who.person.id), call, urgent=True)) for who in scene.duty]
    beside = _officers(tx, conversation, incoming, scene, now) if found.may_be_child else []
    return [(f"{key}:answer", answer), *told, *beside]


def _officers(
    tx: Tx, conversation: Conversation, incoming: Incoming, scene: Scene, now: datetime
) -> list[tuple[str, Effect]]:
    """Let those who protect children know beside the duty where a parent beats somebody whose age nobody has said."""
    account = scene.person.id if scene.person else None
    on_duty = {who.person.id for who in scene.duty}
    place = scene.place or texts().say("alarm_unknown_place")
    said = texts().say("alarm_perhaps_child", place=place, words=incoming.text)
    found = [one for one in alarmed.officers(tx, conversation.town_id, now, account) if one.id not in on_duty]
    return [(f"{row_id(incoming)}:{one.id}", Say(ToPerson(one.id), said, urgent=True)) for one in found]


def _words(
    scene: Scene, conversation: Conversation, incoming: Incoming, found: Emergency, *, went_on: bool
) -> tuple[str, str]:
    """Say what is answered, and what those on duty hear; only a danger of its own is answered at length again."""
    place = alarmed.place_of(conversation.state, scene.place) if went_on else scene.place
    if went_on and found.kind is emergency.Kind.UNKNOWN:
        return alarmed.said_of_more(place, incoming.text)
    shown = [(duty.person.name, duty.phone) for duty in scene.duty]
    words = emergency.reply(found, place=place, duty=shown, in_group=conversation.is_group)
    call = texts().say("alarm", place=place or texts().say("alarm_unknown_place"), words=incoming.text)
    if scene.phone:
        call += "\n" + texts().say("alarm_phone", phone=scene.phone)
    return words, call


def _went_on(tx: Tx, conversation: Conversation, incoming: Incoming, scene: Scene, now: datetime) -> bool:
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


def _open_case(tx: Tx, conversation: Conversation, incoming: Incoming, scene: Scene, now: datetime) -> str:
    """Give those on duty a card on which somebody says that he or she goes; the caller is told who."""
    opening = Opening(
        conversation.town_id,
        EMERGENCY,
        f"{row_id(incoming)}:case",
        {"what": incoming.text, **scene.said},
        now,
        affected=scene.concerned.id if scene.concerned else None,
        spoke=scene.person.id if scene.person else None,
        village_id=scene.village_id,
        conversation_id=conversation.id,
    )
    return cases.open(tx, opening, now=now).case_id
