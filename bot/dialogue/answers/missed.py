"""A question that nobody could answer is kept as it is asked, and the talk remembers an answer that may not be liked.

What a keeper does with it is in `unanswered.py`.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue.hearing import emergency, words
from bot.dialogue.parts import Turn, texts
from knowledge.answers import Answer, AnswerKind
from knowledge.language import lexicon
from knowledge.questions import kept
from knowledge.questions.kept import Asked
from knowledge.questions.models import Cause
from knowledge.search.confidence import SURE
from township.clock import SHANGHAI
from township.db import Tx
from township.scope import Audience

HARDLY = SURE + 0.12
"""Confidence of a quoted clause below which the reply says how to tell that it is not it."""


def keep(tx: Tx, turn: Turn, found: Answer, question: str, position: int, case_id: str | None = None) -> None:
    """Keep a question that nobody could answer; what was sure enough, off topic, or no question is not kept."""
    if found.kind is AnswerKind.unknown and (asked := asked_of(turn, _words_of(found, question), position)):
        promised = asked.person_id is not None
        kept.keep(tx, replace(asked, promised=promised, case_id=case_id), at=turn.situation.at)


def asked_of(turn: Turn, text: str, position: int, cause: Cause = Cause.unanswered) -> Asked | None:
    if emergency.recognise(text) or (words.load().find("chitchat", text) and not words.load().find("question", text)):
        return None
    situation, message = turn.situation, turn.heard.incoming.message_id[:80]
    heard = situation.scope.audiences
    audience = next((one for one in (Audience.CADRE, Audience.RESIDENT) if one in heard), Audience.PUBLIC)
    return Asked(
        town_id=situation.town_id,
        key=f"{message}:{position}",
        text=text,
        on_day=situation.at.astimezone(SHANGHAI).date(),
        audience=audience,
        village_id=situation.village_id,
        person_id=situation.person.id if situation.person else None,
        cause=cause,
    )


def told(turn: Turn, found: Answer, question: str) -> Mapping[str, str] | None:
    """Say what the talk remembers of an answer, so that the next words may say that it is not it."""
    if turn.several or found.kind not in (AnswerKind.fact, AnswerKind.clause):
        return None
    cited = found.citations[0] if found.citations else None
    about = f"{cited.title}{cited.clause}" if cited else found.text.split("\n")[0]
    return {"question": _words_of(found, question), "about": about[:80]}


def _words_of(found: Answer, question: str) -> str:
    """Give a question as it was said; one that names no topic of its own as it was understood after the one before."""
    words = lexicon.load()
    goes_on = not words.meaning(question).topics and words.meaning(found.understood).topics
    return found.understood if goes_on else question


def how_to_object(turn: Turn, found: Answer) -> str:
    """Say, with an answer that is hardly sure, how to tell that it is not it; never in a group."""
    is_hardly = found.kind is AnswerKind.clause and found.confidence < HARDLY
    is_alone = not turn.heard.conversation.is_group and turn.situation.person is not None
    return "\n" + texts().say("not_it") if is_hardly and is_alone and not turn.several else ""
