"""How far is it: a villager's own matters, and what waits for a cadre."""

from collections.abc import Sequence

from bot.dialogue import booking, calls
from bot.dialogue.parts import Part, Turn, texts
from township.clock import SHANGHAI
from township.db import Tx
from workflows import casebook, offers, tasks
from workflows.clocks.deadlines import say_moment
from workflows.definition import CLOSED
from workflows.house import texts as house_texts
from workflows.tasks import TaskView

SHOWN = 3
"""Matters named in one reply: more is not read on a phone."""
LISTED = 20
"""Tasks in one reply: the platform takes 15,000 bytes a message, and nobody reads that many."""


def status(tx: Tx, turn: Turn) -> Part:
    """Tell how far somebody's own matters are; never in a group (law of talk 4)."""
    if turn.situation.person is None:
        return Part(texts().say("outsider", phone=turn.situation.phone), in_private=True)
    found = casebook.mine(tx, turn.situation.own_scope, limit=SHOWN)
    if not found:
        return Part(texts().say("status_none"), in_private=True)
    lines = []
    for case in found:
        is_closed = case.stage == CLOSED
        by = "" if is_closed or not case.due_at else texts().say("status_by", by=say_moment(case.due_at, house_texts()))
        stage = texts().say("status_closed") if is_closed else case.stage_title
        lines.append(texts().say("status_line", number=case.number, summary=case.summary, stage=stage, by=by))
        lines += [said] if not is_closed and (said := booking.in_line(tx, case)) else []
    return Part("\n".join(lines), in_private=True)


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
    return texts().say("tasks_line", code=task.code, number=task.number, stage=stage, by=by)
