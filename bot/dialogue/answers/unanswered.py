"""What could not be answered, in the chat: said to be wrong by who asked, listed for a keeper, answered by one.

A keeper's words become an answer only after a second person's yes (`skills/lessons.py`); others hear nothing here.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.dialogue.answers import missed
from bot.dialogue.cases import handoff
from bot.dialogue.hearing import words
from bot.dialogue.meaning.commands import Dislike
from bot.dialogue.meaning.services import ANSWER_REVIEW
from bot.dialogue.parts import Counts, Part, Turn, texts
from bot.wording import sentence
from knowledge.questions import drafts, kept, overview
from knowledge.questions.drafts import Draft, Written
from knowledge.questions.models import Cause
from knowledge.questions.overview import Listed, View
from skills import lessons
from township.db import Tx
from township.errors import Mistake, Refused, TownshipError
from township.statements import savepoint

SHOWN = 5
"""Clusters in one reply: more is not read on a phone."""
OFFERED_FOR = timedelta(days=1)
"""How long "always like this" means the answer that one has just given."""
KINDS = {"source", "owner", "valid_until", "questions"}


def dislike(tx: Tx, turn: Turn, command: Dislike, position: int) -> Part:
    """Keep an answer that was not liked, with what the villager says is right, and hand the question over."""
    said = turn.state.get("told") or {}
    asked = missed.asked_of(turn, str(said.get("question", "")), position, Cause.disliked)
    if not said or asked is None:
        return Part(texts().say("correct_what"))
    asked = replace(asked, correction=command.correction, about=str(said["about"]))
    person = turn.situation.person
    if turn.several or person is None or turn.heard.conversation.is_group:
        kept.keep(tx, asked, at=turn.situation.at)
        return Part("" if turn.several else texts().say("dislike_noted"))
    what = str(said["question"])
    if command.correction:
        what = texts().say("dislike_corrected", question=what, correction=command.correction)
    outcome = handoff.hand_over(tx, turn, what, position, cause="disliked")
    kept.keep(tx, replace(asked, promised=True, case_id=outcome.case_id), at=turn.situation.at)
    return Part(outcome.reply, counts=Counts.filed)


def heard(tx: Tx, turn: Turn, text: str) -> Part | None:
    """Take what a keeper says of unanswered questions: the list, an answer, or that one is for everybody."""
    if turn.heard.conversation.is_group or turn.heard.incoming.by_voice or not turn.situation.is_cadre:
        return None
    patterns, said = words.load().patterns, text.strip()
    answer = patterns["unanswered.answer"].fullmatch(said)
    always = patterns["unanswered.always"].fullmatch(said)
    if not answer and not always and not patterns["unanswered.list"].fullmatch(said):
        return None
    try:
        view = overview.view_of(turn.situation.own_scope)
    except Refused as refused:
        return Part(sentence(refused)) if answer else None
    try:
        with savepoint(tx):
            if answer:
                return _answered(tx, turn, view, answer["code"], answer["rest"])
            return _always(tx, turn, view, always["code"]) if always else _list(tx, turn, view)
    except TownshipError as refused:
        return Part(sentence(refused))


def _list(tx: Tx, turn: Turn, view: View) -> Part:
    found = overview.listed(tx, view, limit=SHOWN)
    if not found:
        return Part(texts().say("unanswered_none"))
    lines = "\n".join(_line(turn, one) for one in found)
    return Part(texts().say("unanswered_head", count=overview.total(tx, view), lines=lines, code=found[0].code))


def _line(turn: Turn, one: Listed) -> str:
    names = [turn.situation.villages[each] for each in one.villages if each in turn.situation.villages]
    where = texts().say("unanswered_where", villages="、".join(names)) if names else ""
    is_told = one.standing == "new" or one.disliked
    standing = "" if is_told else texts().say(f"unanswered_{one.standing}")
    if one.disliked:
        standing = texts().say("unanswered_disliked", count=one.disliked)
    last = texts().say("unanswered_day", month=one.last_asked.month, day=one.last_asked.day)
    return texts().say(
        "unanswered_line", code=one.code, text=one.samples[0], count=one.count, where=where, last=last, more=standing
    )


def _answered(tx: Tx, turn: Turn, view: View, code: str, rest: str) -> Part:
    """Take "答 K7 …": the answer, and after it what it rests on, who keeps it and until when."""
    cluster = overview.by_code(tx, view, code)
    written = read(rest, cluster.samples, owner=_me(turn))
    draft = drafts.write(
        tx, view, cluster.id, written, by=turn.situation.own_scope.person_id or "", at=turn.situation.at
    )
    return _sent(tx, turn, draft, cluster)


def _always(tx: Tx, turn: Turn, view: View, code: str | None) -> Part:
    """Take "always like this": what was answered to one person goes to a second person, for everybody."""
    me, at = turn.situation.own_scope.person_id or "", turn.situation.at
    if code:
        cluster = overview.by_code(tx, view, code)
        offered = next((one for one in drafts.of_cluster(tx, cluster.id) if one.state == "offered"), None)
    else:
        offered = drafts.offered_to(tx, me, at - OFFERED_FOR)
    if offered is None:
        return Part(texts().say("unanswered_not_offered"))
    draft = drafts.adopt(tx, view, offered, owner=_me(turn), by=me, at=at)
    return _sent(tx, turn, draft, overview.one(tx, view, draft.cluster_id))


def _sent(tx: Tx, turn: Turn, draft: Draft, cluster: Listed) -> Part:
    outcome = lessons.review(
        tx,
        draft,
        cluster,
        turn.situation.villages,
        service=ANSWER_REVIEW,
        at=turn.situation.at,
        conversation_id=turn.heard.conversation.id,
    )
    return Part(outcome.reply)


def _me(turn: Turn) -> str:
    return turn.situation.person.name if turn.situation.person else ""


def read(rest: str, samples: tuple[str, ...], *, owner: str) -> Written:
    """Read a typed answer; a line "依据：…" and the like is what it says, the rest is the answer. Pure."""
    pattern = words.load().patterns["unanswered.part"]
    names = {text: kind for kind in KINDS for text in (texts().say(f"unanswered_{kind}"),)}
    given = {names[part["name"]]: part["value"].strip() for part in pattern.finditer(rest)}
    asked = tuple(re.split(r"[|｜]", given["questions"])) if given.get("questions") else samples
    return Written(
        asked,
        pattern.sub("", rest).strip(),
        given.get("source", ""),
        given.get("owner", "") or owner,
        _day(given.get("valid_until", "")),
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date(*(int(part) for part in re.findall(r"\d+", text)))
    except (ValueError, TypeError) as wrong:
        raise Mistake("answer_day_unreadable", value=text[:20]) from wrong
