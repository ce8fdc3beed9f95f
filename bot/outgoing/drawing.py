"""A task as its card shows it: the rows as they stand, in words, with a button for each act. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.dingtalk.cards import Look, TaskButton, TaskCard
from bot.wording import texts
from township import directory
from township.db import Tx
from township.scope import Scope
from workflows import asides, casebook, definitions, offers, tasks
from workflows.casebook import CaseView
from workflows.clocks.deadlines import say_moment
from workflows.fields import labelled
from workflows.house import texts as house_texts
from workflows.seals import preview
from workflows.state import TaskKind
from workflows.tasks import TaskView

GRAVE = frozenset({"refuse", "reject", "return"})
MOST_BUTTONS = 4
SEEN = "seen"
"""Parameter of a button: hash of the paper that its card shows."""
SHOWN = ("kind", "what", "preview", "purpose", "receiver", "place")
"""Fields that a card shows, in this order."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A task as its card shows it."""

    card: TaskCard
    case: CaseView
    task: TaskView


def live(tx: Tx, task: TaskView) -> TaskView:
    """Find the task that a card stands for now: its own while it is open, else the next of its person on the case."""
    if task.state == "open":
        return task
    following = (one for one in tasks.of_case(tx, task.case_id) if one.person_id == task.person_id)
    return next((one for one in following if one.state == "open"), task)


def draw(tx: Tx, task: TaskView, at: datetime, *, status: str = "") -> Drawn | None:
    """Draw the card of a task for its holder; None when the holder may not see the case."""
    task = live(tx, task)
    person = directory.person(tx, task.person_id)
    scope = directory.scope_of(tx, person, at) if person else None
    case = casebook.get(tx, scope, task.case_id) if scope else None
    if scope is None or case is None:
        return None
    actions = offers.of_task(tx, case.town_id, task)
    buttons = tuple(
        TaskButton(name, action.title, _colour(name, n), {SEEN: case.about} if case.about else {})
        for n, (name, action) in enumerate(actions.items())
    )
    title = texts().say("card_title", number=case.number, skill=case.skill_name)
    paper = preview.of_case(tx, case.id) if case.about else ""
    body = "  \n".join([paper, *_added(case)] if paper else _before_paper(tx, case))
    if asker := directory.person(tx, offers.asked_by(tx, case.town_id, task)) if "disagree" in actions else None:
        body = "  \n".join((texts().say("card_asked", name=asker.name, why=case.said.get("reason", "")).rstrip(), body))
    if why := _came_with(tx, scope, case, task):
        body = "  \n".join((why, body))
    if why := asides.sentence(tx, case.town_id, task):
        body = "  \n".join((why, body))
    status = status or _status(tx, case, task, at)
    card = TaskCard(title, body, status, buttons[:MOST_BUTTONS], task.code if buttons else "")
    return Drawn(card, case, task)


def _before_paper(tx: Tx, case: CaseView) -> list[str]:
    """Say what is asked, and what was put right or added since; where it is to become a paper, first of whom."""
    told = [case.said[name] for name in SHOWN if case.said.get(name)]
    return [one for one in (preview.to_check(tx, case), *told, preview.to_revoke(tx, case), *_added(case)) if one]


def _came_with(tx: Tx, scope: Scope, case: CaseView, task: TaskView) -> str:
    """Say who brought a case to its stage with a reason, and which: what was wrong is for whoever mends it."""
    if task.kind is not TaskKind.STAGE or not case.said.get("reason"):
        return ""
    line = casebook.timeline(tx, scope, case.id)
    last = next((one for one in reversed(line) if "reason" in one.data.get("values", {})), None)
    person = directory.person(tx, last.by) if last and last.by else None
    if last is None or person is None or last.at != task.opened_at or person.id == task.person_id:
        return ""
    action = offers.named(definitions.pinned(tx, case.town_id, task.definition), last.stage, last.action)
    return texts().say(
        "card_came_with", name=person.name, action=action.title if action else "", why=case.said["reason"]
    )


def _added(case: CaseView) -> list[str]:
    """Say what was put right or added since: no paper shows it before somebody has written it there."""
    return [texts().say("card_more", more=case.said["more"])] if case.said.get("more") else []


def _colour(name: str, position: int) -> Look:
    return Look.grave if name in GRAVE else Look.main if position == 0 else Look.plain


def decided(tx: Tx, town_id: str, task: TaskView) -> str:
    """Say who decided what a task asked, and when; empty if nobody else did."""
    by = tasks.who_decided(tx, task)
    person = directory.person(tx, by.person_id) if by and by.person_id != task.person_id else None
    if by is None or by.ended_at is None or person is None:
        return ""
    at = say_moment(by.ended_at, house_texts())
    return texts().say("card_decided", who=person.name, at=at, action=offers.title_of(tx, town_id, by))


def asks(tx: Tx, town_id: str, task: TaskView, asking: Mapping[str, Any] | None) -> str:
    """Say which word a tapped action still needs; empty when none is waited for, or its moment has passed."""
    if not asking or task.state != "open" or asking["task"] != task.id:
        return ""
    action = offers.of_task(tx, town_id, task).get(asking["action"])
    if action and asking["field"] == labelled.ANY:
        names = labelled.in_one_line(action.needs)
        return texts().say("card_asks_any", names=names, first=labelled.first(action.needs))
    needed = action.needs.get(asking["field"]) if action else None
    return texts().say("card_asks", ask=needed.name) if needed else ""


def _status(tx: Tx, case: CaseView, task: TaskView, at: datetime) -> str:
    if task.state == "withdrawn" and (words := decided(tx, case.town_id, task)):
        return words
    if not case.is_open:
        return texts().say("card_status_closed")
    by = ""
    if case.due_at:
        by = texts().say(
            "card_status_by" if at < case.due_at else "card_status_late", by=say_moment(case.due_at, house_texts())
        )
    is_open = task.state == "open"
    stage = offers.stage_of(tx, case.town_id, task) if is_open else case.stage_title
    return texts().say("card_status_open", stage=stage or case.stage_title, by=by if is_open else "")
