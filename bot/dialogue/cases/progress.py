"""How far is it: a villager's own matters, and what waits for a cadre."""

from collections.abc import Sequence

from bot.dialogue.cases import booking, calls, owned, which
from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning.splitting import without_opening
from bot.dialogue.parts import Part, Turn, texts
from township.clock import SHANGHAI
from township.db import Tx
from workflows import asides, casebook, offers, tasks
from workflows.casebook import CaseView
from workflows.clocks.deadlines import say_moment
from workflows.definition import CLOSED
from workflows.house import texts as house_texts
from workflows.tasks import TaskView

WITHDRAWN = "withdrawn"
"""The result of what its speaker took back."""
SHOWN = 3
"""Matters named in one reply: more is not read on a phone."""
LISTED = 20
"""Tasks in one reply: the platform takes 15,000 bytes a message, and nobody reads that many."""


def status(tx: Tx, turn: Turn, text: str = "") -> Part:
    """Tell how far somebody's own matters are, those that `text` names alone; never in a group (law of talk 4)."""
    if turn.situation.person is None:
        return Part(texts().say("outsider", phone=turn.situation.phone), in_private=True)
    mine = owned.open_cases(tx, turn) if text else []
    if named := owned.meant(turn, mine, text) or owned.named(turn, mine, text):
        return told(tx, turn, named[:SHOWN], len(mine) - len(named))
    found = casebook.mine(tx, turn.situation.own_scope, limit=SHOWN)
    if found:
        return told(tx, turn, found)
    none = Part(texts().say("status_none"), in_private=True)
    is_only_asked = words.load().whole["Status"].fullmatch(without_opening(plain(text))) is not None
    return none if is_only_asked or not text else which.with_person(turn, none, text, "status_none_else")


def asked_after(tx: Tx, turn: Turn, question: str) -> Part | None:
    """Tell how far a matter is of which somebody asks when it is mended; None where no open one is named."""
    if turn.situation.person is None or not words.load().find("asks_after", plain(question)):
        return None
    mine = owned.open_cases(tx, turn)
    named = owned.meant(turn, mine, question) or owned.named(turn, mine, question)
    return told(tx, turn, named[:SHOWN], len(mine) - len(named)) if named else None


def told(tx: Tx, turn: Turn, found: Sequence[CaseView], others: int = 0) -> Part:
    """Tell how far matters are, a line each."""
    lines = []
    for case in found:
        is_closed = case.stage == CLOSED
        by = "" if is_closed or not case.due_at else texts().say("status_by", by=say_moment(case.due_at, house_texts()))
        ended = "status_withdrawn" if case.result == WITHDRAWN else "status_closed"
        stage = texts().say(ended) if is_closed else _asked(turn, case.id) or case.stage_title
        lines.append(texts().say("status_line", number=case.number, summary=case.summary, stage=stage, by=by))
        lines += [said] if not is_closed and (said := booking.in_line(tx, case)) else []
    lines += [texts().say("status_more", count=others)] if others > 0 else []
    return Part("\n".join(lines), in_private=True)


def _asked(turn: Turn, case_id: str) -> str:
    """Say what a matter waits to hear from whoever asks after it; empty where it waits for somebody else."""
    for waiting in turn.situation.waiting:
        if waiting.task.case_id == case_id:
            may = texts().say("between").join(f"“{one.title}”" for one in waiting.actions.values() if one.says)
            return texts().say("status_yours", may=may) if may else texts().say("status_yours_words")
    return ""


def my_tasks(tx: Tx, turn: Turn) -> Part:
    """List what waits for somebody, the nearest deadline first."""
    waiting, to_ring = _waiting(tx, turn), calls.lines(tx, turn)
    if not waiting and not to_ring:
        return Part(texts().say("tasks_none"), in_private=True)
    head = [texts().say("tasks_head", count=len(waiting))] if waiting else []
    ring = [texts().say("calls_head"), *to_ring] if to_ring else []
    return Part("\n".join([*head, *_listed(tx, turn, waiting), *ring]), in_private=True)


def task_lines(tx: Tx, turn: Turn) -> list[str]:
    """One line a task, with the code that decides it by text; how many more there are, where they are too many."""
    return _listed(tx, turn, _waiting(tx, turn))


def _waiting(tx: Tx, turn: Turn) -> list[TaskView]:
    if turn.situation.person is None:
        return []
    return tasks.of_person(tx, turn.situation.town_id, turn.situation.person.id)


def _listed(tx: Tx, turn: Turn, waiting: Sequence[TaskView]) -> list[str]:
    more = [texts().say("tasks_more", count=len(waiting) - LISTED)] if len(waiting) > LISTED else []
    return [*(_line(tx, turn, task) for task in waiting[:LISTED]), *more]


def _line(tx: Tx, turn: Turn, task: TaskView) -> str:
    case = casebook.get(tx, turn.situation.own_scope, task.case_id)
    by = texts().say("tasks_by", by=say_moment(task.due_at.astimezone(SHANGHAI), house_texts())) if task.due_at else ""
    stage = offers.stage_of(tx, turn.situation.town_id, task) or (case.stage_title if case else "")
    why = asides.short(tx, turn.situation.town_id, task)
    stage = texts().say("tasks_aside", stage=stage, why=why) if why else stage
    return texts().say("tasks_line", code=task.code, number=task.number, stage=stage, by=by)
