"""Questions answered: said, written down, handed over where nobody knows, or promised where the answer takes longer.

What is found is `knowledge/answers.py`'s matter; that it was found before the transaction, `turn.py`'s.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.addresses import Originals
from bot.dialogue.answers import expired, missed, originals, topic
from bot.dialogue.cases import afterwards, handoff, which
from bot.dialogue.conversations import Conversation, TalkState
from bot.dialogue.hearing import words
from bot.dialogue.meaning.commands import Ask
from bot.dialogue.parts import Counts, Part, Turn, texts
from knowledge import answers
from knowledge.answers import Answer, AnswerKind
from knowledge.language import lexicon
from knowledge.wording.boundaries import boundary
from township import jobs
from township.db import Tx

LATE = "late_answer"
"""The job that brings an answer which took longer than its turn."""
CHOICE_LIVES = timedelta(minutes=30)
"""How long a number means one of the things that were asked back."""


def answer(tx: Tx, turn: Turn, command: Ask, position: int) -> Part:
    """Say what was found, write down who was told what; what nobody knows is handed over."""
    found, person = turn.answers[command.question], turn.situation.person
    title = found.citations[0].title if found.citations else ""
    asked = topic.remember(found.understood or command.question, turn.situation.at, title=title)
    remembered = asked | {"expects": None, "choice": None, "handed_on": None}
    if command.question in turn.late:
        return _promised(tx, turn, command.question, position, remembered)
    _record(tx, found, turn.heard.conversation, turn.heard.incoming.message_id, position, turn.situation.at)
    if found.kind is AnswerKind.choice:
        return Part(found.text, state=remembered | {"choice": _choice(found, turn.heard.received_at)})
    if found.kind is AnswerKind.expired_fact:
        return replace(expired.ask(tx, turn, found, position), state=remembered)
    if as_well := _as_well(tx, turn, found, command.question, position):
        return as_well
    if _is_wish(found, command.question) and person is not None and not turn.heard.conversation.is_group:
        outcome = handoff.hand_over(tx, turn, command.question, position)
        return Part(outcome.reply, state=remembered, counts=Counts.filed)
    if _is_shrug(found):
        return which.with_person(turn, Part(found.text, state=remembered), command.question, "not_known_offer")
    if found.hand_over and (turn.heard.conversation.is_group or person is None):
        missed.keep(tx, turn, found, command.question, position)
        how = "not_known_alone" if person is not None else "not_known_outside"
        said = texts().say(how, answer=found.text, phone=turn.situation.phone)
        return Part(said, state=remembered, counts=Counts.answered)
    if not found.hand_over:
        missed.keep(tx, turn, found, command.question, position)
        where, original = originals.where(tx, turn.originals, found, turn.situation.at)
        known = remembered | {"original": original, "told": missed.told(turn, found, command.question)}
        said = found.text + missed.how_to_object(turn, found) + where
        return Part(said, state=known, counts=Counts.answered)
    outcome = handoff.hand_over(tx, turn, command.question, position)
    missed.keep(tx, turn, found, command.question, position, outcome.case_id)
    remembered["handed_on"] = outcome.case_id
    titles = "".join(texts().say("title", title=title) for title in found.nearest)
    said = texts().say("not_known_near", reply=outcome.reply, titles=titles) if titles else outcome.reply
    return Part(said, state=remembered, counts=Counts.answered)


def chosen(state: TalkState, number: int, now: datetime) -> tuple[str, str]:
    """Give the clause and the question of a number that answers what was asked back; empty if it answers nothing."""
    known = asked_back(state, now)
    clauses = known.get("clauses", ())
    return (str(clauses[number - 1]), str(known["question"])) if 0 < number <= len(clauses) else ("", "")


def asked_back(state: TalkState, now: datetime) -> Mapping[str, Any]:
    """Find the choice that waits for a number; empty if none does."""
    known: Mapping[str, Any] = state.get("choice") or {}
    return known if known and now - datetime.fromisoformat(known["at"]) <= CHOICE_LIVES else {}


def brought(
    tx: Tx, conversation: Conversation, args: Mapping[str, Any], found: Answer, shelf: Originals | None, at: datetime
) -> str:
    """Say a late answer, write down who was told it, and forget what was asked."""
    _record(tx, found, conversation, args["message_id"], args["position"], at)
    jobs.forget(tx, f"{LATE}:{args['key']}")
    where, _ = originals.where(tx, shelf, found, at)
    return texts().say("late_answer", question=args["question"], answer=found.text + where)


def _promised(tx: Tx, turn: Turn, question: str, position: int, remembered: Mapping[str, Any]) -> Part:
    """Say that an answer will follow, and ask for it to be brought, in the turn's transaction."""
    key = turn.key(position)
    args = {
        "key": key,
        "asked": question,
        "question": str(remembered["question"]),
        "heard": turn.heard.id,
        "conversation": turn.heard.conversation.id,
        "message_id": turn.heard.incoming.message_id,
        "position": position,
        "at": turn.situation.at.isoformat(),
    }
    jobs.defer(tx, LATE, args, f"{LATE}:{key}", machine=turn.situation.at, by_lease=True)
    return Part(texts().say("looking"), state=remembered, counts=Counts.answered)


def _record(tx: Tx, found: Answer, conversation: Conversation, message_id: str, position: int, at: datetime) -> None:
    answers.record(
        tx,
        found,
        message_id=message_id[:80],
        position=position,
        town_id=conversation.town_id,
        person_id=conversation.person_id,
        group_id=conversation.group_id,
        at=at,
    )


def _choice(found: Answer, at: datetime) -> Mapping[str, Any]:
    clauses = [option.clause_id for option in found.options]
    return {"question": found.understood, "clauses": clauses, "at": at.isoformat()}


def _as_well(tx: Tx, turn: Turn, found: Answer, question: str, position: int) -> Part | None:
    """Put to the question that was just handed over what only goes on with it; None for what stands by itself."""
    case_id, now = turn.state.get("handed_on"), turn.situation.at
    is_known = found.kind not in (AnswerKind.unknown, AnswerKind.boundary) or boundary(found.understood)
    if is_known or not case_id or not topic.latest(turn.state, now) or not lexicon.load().goes_on(question):
        return None
    outcome = afterwards.add(tx, turn, str(case_id), question, position)
    if outcome is None:
        return None
    said = texts().say("asked_as_well", number=outcome.number)
    return Part(said, state={"question_at": now.isoformat()}, counts=Counts.answered)


def _is_wish(found: Answer, question: str) -> bool:
    """Say whether somebody wants something done that nothing is known of: a person hears of it, not a shrug."""
    return _is_shrug(found) and words.load().find("want", question) is not None


def _is_shrug(found: Answer) -> bool:
    """Say whether a question is only far from everything that is known here."""
    return found.kind is AnswerKind.boundary and not boundary(found.understood)
