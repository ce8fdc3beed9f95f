"""A day that somebody who answers for a case names in an answer: it becomes the clock of the case. Pure.

"Repaired before next Wednesday" is a promise; the villager hears it, and the late steps go by it.
"""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from township.clock import SHANGHAI
from township.workdays import Calendar
from workflows.clocks import promises
from workflows.definition import CLOSED, Definition, Waits
from workflows.moments.reading import read_day
from workflows.state import CaseState, Command, Decision, TaskKind, Told, World

PLEDGED = "pledged"
"""The sentence of the house that tells a villager of it."""


@cache
def words() -> dict[str, Any]:
    """The lexicon."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(
        Path(__file__).with_name("pledges.yaml").read_text("utf-8")
    )
    return loaded


def read(text: str, now: datetime) -> date | None:
    """Find the day by which somebody says that it will be done; None where nothing is promised.

    A question, a condition, a negation or something in the past is no promise.
    """
    today = now.astimezone(SHANGHAI).date()
    for clause in re.split(words()["between"], text):
        if any(word in clause for word in words()["done"]) and not any(word in clause for word in words()["unless"]):
            found = read_day(clause, today)
            if found is not None and found >= today:
                return found
    return None


def ends(day: date, calendar: Calendar) -> datetime:
    """The end of work on a day, or of the day itself when nobody works then."""
    spans = calendar.day(day).spans
    return datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=spans[-1].end if spans else 24 * 60 - 1)


def of(definition: Definition, state: CaseState, command: Command, now: datetime) -> date | None:
    """Find the day that who holds the case names in what is said with an action; others promise nothing for it."""
    holds = any(task.person == command.by and task.kind is not TaskKind.DUTY for task in state.tasks)
    stage = definition.workflow.stages.get(state.stage)
    if not holds or stage is None or stage.waits not in (Waits.OFFICE, Waits.OUTSIDE):
        return None
    named = (read(value, now) for value in command.values.values() if isinstance(value, str))
    return next((day for day in named if day), None)


def kept(decision: Decision, day: date | None, world: World) -> Decision:
    """Let the clock of doing end on a day that was named, and let the villager hear it."""
    state = decision.state
    if day is None or state.stage == CLOSED:
        return decision
    clocks = promises.pledged(state.clocks, ends(day, world.calendar), world.calendar)
    if clocks == state.clocks:
        return decision
    told = tuple(Told(person, PLEDGED) for person in state.cast.told or state.cast.villagers())
    data = {**decision.data, PLEDGED: day.isoformat()}
    return replace(decision, state=replace(state, clocks=clocks), data=data, told=(*decision.told, *told))
