"""A wish for a paper, answered: refused with two papers in hand, asked about once, begun, or given to the village.

The policy decides (`workflows/seals/policy.yaml`); a paper that it refuses never becomes a case here. "3" does: the
town writes to the body that asked.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cache
from pathlib import Path
from typing import Any

from bot.dialogue.cases import behalf, handoff, matters
from bot.dialogue.cases.openings import opening
from bot.dialogue.meaning import wishing
from bot.dialogue.meaning.commands import StartSkill
from bot.dialogue.meaning.wishing import WHY, Insist, WantPaper
from bot.dialogue.parts import Counts, Enclosed, Part, Turn
from bot.dialogue.parts import texts as of_talk
from bot.dialogue.situation import Situation, Waiting
from township.db import Tx
from township.effects import Effect, SendFile, ToConversation
from township.texts import Texts
from workflows.seals import demands, phrases, policy, wishes
from workflows.seals.handouts import Applicant, handouts
from workflows.seals.policy import Kind, Then
from workflows.seals.ports import Sheet
from workflows.seals.wishes import Wish

LETTER = "letter_to_body"
"""The service by which the town writes to a body."""
BY_HAND = "village_paper"
"""The service that gives a paper which no other service issues to the village clerk."""
WAITS = timedelta(days=1)
"""How long 3 is the answer to a refusal, and how long our question waits."""


class Course(Enum):
    """What a wish comes to."""

    NEVER = auto()
    WHICH = auto()
    WHO = auto()
    HANDED = auto()
    """Not issued: the own declaration and the letter instead."""
    ELSEWHERE = auto()
    VILLAGE = auto()
    START = auto()


Draw = Callable[[Sheet], Awaitable[Enclosed | None]]
"""Set a paper and keep it; None where it cannot be printed."""


def course(command: WantPaper, services: Mapping[str, Any]) -> Course:
    """Decide by the policy what a wish comes to. Pure."""
    wish = command.wish
    match wish.kind:
        case Kind.UNCLEAR:
            return Course.WHICH
        case Kind.NEVER:
            return Course.NEVER
        case Kind.REFUSED:
            return Course.HANDED
        case Kind.ALLOWED:
            return _begun(wish, services)
    row = policy.load().row(wish.paper)
    if row.then is Then.ELSEWHERE:
        return Course.ELSEWHERE
    if wish.basis:
        return _begun(wish, services)
    if not (command.asked or (wish.receiver and not wish.loan)):
        return Course.WHO
    return Course.HANDED if row.declares else Course.VILLAGE


def _begun(wish: Wish, services: Mapping[str, Any]) -> Course:
    return Course.START if policy.load().row(wish.paper).skill in services else Course.VILLAGE


async def draw_for(
    commands: Sequence[Any], situation: Situation, services: Mapping[str, Any], draw: Draw
) -> dict[str, tuple[Enclosed, ...]]:
    """Set the papers that the wishes of a message will need, by the paper that was wished for."""
    drawn: dict[str, tuple[Enclosed, ...]] = {}
    for command in commands:
        if not isinstance(command, WantPaper) or situation.person is None:
            continue
        if course(command, services) is Course.HANDED:
            sheets = handouts(command.wish, _applicant(command.wish, situation), situation.at.date())
            made = [await draw(sheet) for sheet in sheets]
            drawn[command.wish.paper] = tuple(one for one in made if one is not None)
    return drawn


def _applicant(wish: Wish, situation: Situation) -> Applicant:
    """Who speaks declares; for another, name and address are filled in by hand unless the name was said."""
    town = (situation.town, situation.county, situation.phone)
    if not wish.for_whom or situation.person is None:
        return Applicant(situation.person.name if situation.person else "", situation.home, *town)
    named = "" if phrases.load().find("relation", wish.for_whom) else wish.for_whom
    return Applicant(named, "", *town)


def want(tx: Tx, turn: Turn, command: WantPaper, position: int) -> Part:
    """Answer a wish for a paper; a matter of one person, never said in a group (law of talk 4)."""
    wish, found = command.wish, course(command, turn.services.manifests)
    row = policy.load().row(wish.paper) if wish.paper else None
    match found:
        case Course.NEVER:
            return Part(texts().say("never", name=row.name if row else ""), in_private=True)
        case Course.ELSEWHERE:
            said = texts().say("elsewhere", called=wish.called, go_to=row.go_to if row else "")
            return _settled(turn, said)
        case Course.HANDED:
            return _handed(tx, turn, wish, position)
    if turn.situation.person is None:
        return Part(of_talk().say("outsider", phone=turn.situation.phone), in_private=True)
    match found:
        case Course.WHICH:
            return _which(tx, turn, command, position)
        case Course.WHO:
            said = "who_loan" if wish.loan else "who"
            return _asked(turn, wish, texts().say(said, called=_called(wish)))
        case Course.START:
            return _start(tx, turn, command, position)
        case _:
            return _to_village(tx, turn, wish, position)


def _which(tx: Tx, turn: Turn, command: WantPaper, position: int) -> Part:
    """Ask which paper; not said a second time, a person asks."""
    if command.asked:
        outcome = handoff.hand_over(tx, turn, command.wish.text, position, cause="unheard")
        return Part(outcome.reply, state=_closed(turn), counts=Counts.filed, in_private=True)
    stamp = phrases.load().find("written", command.wish.text) is None
    return _asked(turn, command.wish, texts().say("which_stamp" if stamp else "which"))


def _asked(turn: Turn, wish: Wish, question: str) -> Part:
    kept = {"text": wish.text, "at": turn.heard.received_at.isoformat()}
    return Part(question, state={"wish": kept, "expects": None, "form": None}, in_private=True)


def _settled(turn: Turn, said: str) -> Part:
    return Part(said, state=_closed(turn), in_private=True, counts=Counts.answered)


def _closed(turn: Turn) -> dict[str, Any]:
    """Forget the question that waited; one that was asked in a group is outdone by an empty one."""
    empty = {"text": "", "at": turn.heard.received_at.isoformat()}
    return {"wish": empty if turn.situation.in_groups else None, "expects": None}


def _handed(tx: Tx, turn: Turn, wish: Wish, position: int) -> Part:
    """Say why not and where to go, give the two papers, and write down who asked."""
    drawn = turn.drawn.get(wish.paper, ()) if turn.situation.person else ()
    town_id, day = turn.situation.town_id, turn.situation.at.date()
    before = waiting_letter(memory(turn.state, turn.situation), turn.heard.received_at)
    if (before.get("paper"), before.get("receiver")) != (wish.paper, wish.receiver):
        demands.note(tx, town_id, wish.paper, wish.receiver, day)
    lines = [_why_not(wish), *_in_hand(turn, wish, drawn)]
    letter: dict[str, Any] = {"paper": wish.paper, "called": wish.called, "receiver": wish.receiver}
    letter |= {"at": turn.heard.received_at.isoformat(), "files": [one.sha256 for one in drawn]}
    effects = tuple(_enclosed(turn, one, position, n) for n, one in enumerate(drawn, 1))
    state = {**_closed(turn), "letter": letter if drawn else None}
    return Part("\n".join(lines), effects, state=state, in_private=True, counts=Counts.answered)


def _why_not(wish: Wish) -> str:
    rules = policy.load()
    row = rules.row(wish.paper)
    sorry = texts().say("sorry") if wish.angry else ""
    values = {"sorry": sorry, "called": _called(wish), "go_to": row.go_to, "item": row.item}
    name = "refused" if wish.kind is Kind.REFUSED else "loan" if wish.loan else "replaced"
    return texts().say(name, **values, document=rules.national.document)


def _called(wish: Wish) -> str:
    """Call a paper in a sentence; a stamp for a loan has no name but what it is for."""
    return texts().say("stamp") if wish.paper == policy.LOAN else wish.called


def _in_hand(turn: Turn, wish: Wish, drawn: Sequence[Enclosed]) -> Sequence[str]:
    """Say what was given and what it is good for; without an account, where it lies."""
    values = {"receiver": wish.receiver or texts().say("anybody"), "phone": turn.situation.phone}
    if not drawn:
        return [texts().say("lie_here", **values)]
    asks_for_rule = [texts().say("basis")] if wish.kind is Kind.ASK_FIRST else []
    return [texts().say(name, **values) for name in ("declaration", "letter", "insist")] + asks_for_rule


def _enclosed(turn: Turn, drawn: Enclosed, position: int, number: int) -> tuple[str, Effect]:
    sent = SendFile(ToConversation(turn.heard.conversation.id), drawn.sha256, drawn.name)
    return f"{turn.key(position)}:file:{number}", sent


def _start(tx: Tx, turn: Turn, command: WantPaper, position: int) -> Part:
    """Begin the service that issues the paper, with all that was said; never on the wrong person's name."""
    wish = command.wish
    if wish.for_whom and not behalf.knows(tx, turn, wish.for_whom):
        if command.asked or not wishing.is_unnamed(wish):
            return _to_village(tx, turn, wish, position)
        return _asked(turn, wish, texts().say("whose", who=wish.for_whom))
    skill = policy.load().row(wish.paper).skill
    said = {"what": wish.text, "purpose": wish.purpose, "receiver": wish.receiver or phrases.handed_to(wish.text)}
    form = turn.services.manifests[skill].form
    fields = {name: value for name, value in said.items() if value and name in form}
    started = matters.start(tx, turn, StartSkill(skill, wish.text, fields, affected=wish.for_whom), position)
    if turn.heard.conversation.is_group and started.state.get("form"):
        return _asked(turn, wish, started.text)  # it is answered one to one, where this form is not
    return _private(turn, started)


def for_loan(form: Mapping[str, Any], text: str) -> WantPaper | None:
    """Read a loan out of the answer to the form of a paper: it is asked about first after all."""
    row = next((row for _, row in policy.load().rows() if row.skill and row.skill == form["skill"]), None)
    if row is None:
        return None
    said = f"{form['fields'].get('what') or row.name}，{text}"
    found = next((wish for wish in wishes.classify(said, wished=True) if wish.paper == row.id), None)
    return WantPaper(found) if found and found.loan and not found.basis else None


def _to_village(tx: Tx, turn: Turn, wish: Wish, position: int) -> Part:
    """Give a paper that no service issues to the village clerk, by its name."""
    said = {"what": wish.text, "paper": wish.called, "receiver": wish.receiver, "purpose": wish.purpose}
    matter = opening(turn, BY_HAND, position, {name: value for name, value in said.items() if value})
    if wish.for_whom:
        matter = behalf.for_another(tx, turn, matter, StartSkill(BY_HAND, "", affected=wish.for_whom))
    return _private(turn, matters.file(tx, turn, matter))


def _private(turn: Turn, part: Part) -> Part:
    state = {**part.state, **_closed(turn)}
    return Part(part.text, part.effects, state, in_private=True, aside=part.aside, counts=part.counts)


def insisted(tx: Tx, turn: Turn, command: Insist, position: int) -> Part:
    """Let the town write to the body that does not take the papers; who is not named is asked for."""
    letter = waiting_letter(memory(turn.state, turn.situation), turn.heard.received_at)
    receiver = letter.get("receiver") or texts().say("anybody")
    if command.answer == WHY and letter:
        return _explained(turn, letter)
    if command.answer != 3 or not letter:
        return Part(texts().say("papers_above", receiver=receiver), in_private=True)
    if letter.get("sent"):
        return Part(texts().say("insisted_before", receiver=receiver), in_private=True)
    demands.insist(tx, turn.situation.town_id, letter["paper"], letter["receiver"])
    fields = {"paper": letter["called"], "body": letter["receiver"], "letter": letter["files"][-1:]}
    opened = matters.file(tx, turn, opening(turn, LETTER, position, {k: v for k, v in fields.items() if v}))
    at = turn.heard.received_at.isoformat()
    state = {**opened.state, "letter": {**letter, "sent": True, "at": at}}
    return Part(opened.text, opened.effects, state, in_private=True, counts=opened.counts)


def _explained(turn: Turn, letter: Mapping[str, Any]) -> Part:
    """Say once more by which rule a paper is not issued, and that it is so for everybody; the papers stay as given."""
    kind = next(kind for kind, row in policy.load().rows() if row.id == letter["paper"])
    why = _why_not(Wish(kind, paper=letter["paper"], called=letter["called"]))
    still = {**letter, "at": turn.heard.received_at.isoformat()}
    return Part(texts().say("for_everybody", why=why), state={"letter": still}, in_private=True, counts=Counts.answered)


def memory(state: Mapping[str, Any], situation: Situation) -> Mapping[str, Any]:
    """Add what was said in groups to where the talk stands: the latest refusal and the latest question."""
    if not situation.in_groups:
        return state
    found = dict(state)
    for name in ("letter", "wish"):
        known = [one[name] for one in (state, *situation.in_groups) if one.get(name)]
        if known:
            found[name] = max(known, key=lambda one: datetime.fromisoformat(one["at"]))
    return found


def waiting_letter(state: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
    """Find the refusal that 3 answers; empty if there is none of today."""
    return _fresh(state.get("letter"), at)


def is_refusal_latest(state: Mapping[str, Any], at: datetime, waiting: Sequence[Waiting]) -> bool:
    """Tell whether a number answers a refusal: nothing was asked of this person since."""
    letter = waiting_letter(state, at)
    if not letter or state.get("post"):
        return False
    form = state.get("form") or {}
    asked = [one.task.opened_at for one in waiting if one.said_by("1")]
    asked += [datetime.fromisoformat(form["at"])] if form.get("at") else []
    return all(moment < datetime.fromisoformat(letter["at"]) for moment in asked)


def waiting_wish(state: Mapping[str, Any], at: datetime) -> str:
    """Find the wish that our question was about; empty if none waits."""
    return str(_fresh(state.get("wish"), at).get("text", ""))


def _fresh(kept: Mapping[str, Any] | None, at: datetime) -> Mapping[str, Any]:
    is_fresh = bool(kept) and at - datetime.fromisoformat(kept["at"]) <= WAITS if kept else False
    return kept if kept and is_fresh else {}


@cache
def texts() -> Texts:
    """The sentences about papers."""
    return Texts.load(Path(__file__).with_name("certificates.yaml"))
