"""Which matter the answer to "is it mended?" means, where several were asked about or others are open.

By what was quoted, by the thing that is named, by what was asked last; else it is asked once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.cases import afterwards, matters, owned, progress
from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning import closings, details
from bot.dialogue.meaning.commands import Close, NotMended, StartSkill
from bot.dialogue.parts import Part, Turn, texts
from bot.dialogue.situation import Waiting
from township import outbox
from township.db import Tx
from township.effects import ToPerson
from workflows import casebook
from workflows.casebook import CaseView

LIVES = timedelta(minutes=30)
"""How long a number answers which matter is meant."""
JUST_ASKED = timedelta(hours=12)
"""How long a question is the one that is answered, where others were asked before."""
SEVERAL, MOST = 2, 4
NOT_MENDED = 2


def waits(turn: Turn, answer: int) -> list[Waiting]:
    """List the closing questions that this answer fits."""
    return [one for one in turn.situation.waiting if one.said_by(str(answer))]


def meant(tx: Tx, turn: Turn, asked: Sequence[Waiting], said: str) -> list[Waiting]:
    """Keep the questions that an answer means; none where it speaks of a thing that nobody asked about."""
    cases = _cases(tx, turn, asked)
    named = {case.id for case in owned.meant(turn, list(cases.values()), said)}
    if closings.means_all(plain(said)):
        return list(asked)
    if named:
        return [one for one in asked if one.task.case_id in named]
    if owned.names_something(said):
        return []
    read = _read(tx, turn, asked) or list(asked)
    fresh = [one for one in read if turn.heard.received_at - one.task.opened_at <= JUST_ASKED]
    return fresh if len(fresh) == 1 else read


def _read(tx: Tx, turn: Turn, asked: Sequence[Waiting]) -> list[Waiting]:
    """Keep the questions that whoever answers can have read: a second notice waits for some minutes."""
    person = turn.situation.person
    if person is None or len(asked) < SEVERAL:
        return list(asked)
    first, seen = min(one.task.id for one in asked), turn.heard.received_at
    unread = outbox.cases_unread(tx, ToPerson(person.id), made_after=first, left_after=seen)
    return [one for one in asked if one.task.case_id not in unread]


def which(tx: Tx, turn: Turn, asked: Sequence[Waiting], command: Close) -> Part:
    """Ask which of several is meant, and keep the answer for it."""
    cases = _cases(tx, turn, asked[:MOST])
    named = (owned.choice(n, one) for n, one in enumerate(cases.values(), 1))
    kept = {"cases": list(cases), "answer": command.answer, "more": command.more}
    state = {"closing": {**kept, "at": turn.heard.received_at.isoformat()}}
    return Part(texts().say("closing_which", choices=" ".join(named)), state=state, in_private=True)


def chosen(tx: Tx, turn: Turn, said: str) -> tuple[Close, list[Waiting]]:
    """Find the answer that was kept and what it is for: by number, by name, or all; nothing where none waits."""
    kept: Mapping[str, Any] = turn.state.get("closing") or {}
    if not kept or turn.heard.received_at - datetime.fromisoformat(kept["at"]) > LIVES:
        return Close(0), []
    offered, number = list(kept["cases"]), words.number(said)
    cases = _cases(tx, turn, turn.situation.waiting)
    if 0 < number <= len(offered):
        offered = [offered[number - 1]]
    elif not closings.takes_all(plain(said)):
        named = owned.meant(turn, [cases[one] for one in offered if one in cases], said)
        offered = [case.id for case in named] if len(named) == 1 and not closings.is_answer(plain(said)) else []
    answer = Close(kept["answer"], kept["more"], said)
    return answer, [one for one in waits(turn, answer.answer) if one.task.case_id in offered]


def of_another(tx: Tx, turn: Turn, command: Close, asked: Sequence[Waiting], position: int) -> Part:
    """Take an answer about another thing: what is not mended goes on or is filed; else the question is said again."""
    if command.answer != NOT_MENDED:
        return progress.told(tx, turn, list(_cases(tx, turn, asked).values()))
    return not_mended(tx, turn, NotMended(command.said), position) or progress.told(
        tx, turn, list(_cases(tx, turn, asked).values())
    )


def not_mended(tx: Tx, turn: Turn, command: NotMended, position: int) -> Part | None:
    """Let go on what is not mended; a thing of which nothing is on record is reported. None where none is named."""
    if part := afterwards.not_mended(tx, turn, command, position):
        return part
    report = next((one.name for one in turn.services.words if one.catches_all), "")
    if not report or not turn.services.kind_of(report, command.text):
        return None
    fields = details.place(command.text, turn.situation.home)
    return matters.start(tx, turn, StartSkill(report, command.text, fields), position)


def after_all(tx: Tx, turn: Turn, said: str, position: int, *, by_name: bool = False) -> Part | None:
    """Take words that nobody else knew for what they say of a matter on record: it is not mended after all."""
    heard = plain(said)
    if closings.says_no_word_more(heard) or not closings.is_no(heard) or (by_name and not owned.names_something(heard)):
        return None
    if not owned.names_something(heard) and len(owned.open_cases(tx, turn)) > 1:
        return None  # of which of them it is said nobody knows
    return afterwards.not_mended(tx, turn, NotMended(heard), position)


def thanked(turn: Turn) -> Part | None:
    """Leave praise unanswered, as thanks are; None where something else is said."""
    return Part() if closings.is_praise(plain(turn.heard.incoming.text)) else None


def told_more(tx: Tx, turn: Turn, command: StartSkill, position: int) -> Part | None:
    """Take a report of the same thing for the answer of somebody whom a clerk has just asked about it."""
    kind = command.fields.get("kind") or turn.services.kind_of(command.skill, command.text)
    for waiting in turn.situation.waiting:
        name, field = waiting.wants_words
        case = casebook.get(tx, turn.situation.own_scope, waiting.task.case_id) if name else None
        if case is None or (case.skill, case.kind) != (command.skill, kind) or not owned.is_there(case, command.text):
            continue
        outcome = afterwards.act(tx, turn, case.id, name, {field: command.text}, position)
        return Part(outcome.reply or texts().say("noted", number=outcome.number)) if outcome else None
    return None


def still_so(tx: Tx, turn: Turn, case: CaseView, said: str, position: int) -> Part | None:
    """Take the same report once more for the answer of somebody who was asked whether it is mended."""
    waiting = next((one for one in waits(turn, NOT_MENDED) if one.task.case_id == case.id), None)
    if waiting is None:
        return None
    name = waiting.said_by(str(NOT_MENDED))
    field = next(iter(waiting.actions[name].needs), "")
    outcome = afterwards.act(tx, turn, case.id, name, {field: said} if field else {}, position)
    return Part(outcome.reply or texts().say("not_mended_reopen", number=outcome.number)) if outcome else None


def _cases(tx: Tx, turn: Turn, asked: Sequence[Waiting]) -> dict[str, CaseView]:
    found = (casebook.get(tx, turn.situation.own_scope, one.task.case_id) for one in asked)
    return {case.id: case for case in found if case is not None}
