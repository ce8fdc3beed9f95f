"""A day that somebody who answers for a case names in an answer: it becomes the clock of the case. Pure.

"Repaired before next Wednesday" is a promise; the villager hears it, and the late steps go by it.
"""

import re
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from ruamel.yaml import YAML

from township.clock import SHANGHAI
from township.workdays import Calendar
from workflows.clocks import promises
from workflows.clocks.durations import Duration
from workflows.definition import CLOSED, Definition, Waits
from workflows.moments.reading import Kind, Lean, Moment
from workflows.moments.reading import read as read_moment
from workflows.numerals import read_number
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


def read(text: str, now: datetime, calendar: Calendar) -> date | None:
    """Find the day by which somebody says that it will be done; None where nothing is promised.

    Of a stretch ("within three days", "before the end of the month") it is the last day. A question, a condition, a
    negation or something in the past is no promise.
    """
    local = now.astimezone(SHANGHAI)
    for clause in re.split(words()["between"], text):
        if re.search(words()["done"], clause) and not any(word in clause for word in words()["unless"]):
            found = _working_days(clause, local, calendar) or _last_day(read_moment(clause, local, Lean.NEXT), local)
            if found is not None and found >= local.date():
                return found
    return None


def _working_days(clause: str, now: datetime, calendar: Calendar) -> date | None:
    """So many working days, counted as in our own promises."""
    said = re.search(words()["working_days"], clause)
    many = read_number(said["n"]) if said else None
    return Duration(int(many), "working day").after(now, calendar).date() if many else None


def _last_day(found: Moment | None, now: datetime) -> date | None:
    if found is None or found.kind in (Kind.EVERY, Kind.BACKWARDS):
        return None
    if found.kind is Kind.LENGTH:
        return (now + found.length.step).date() if found.length else None
    if found.start is None or found.end is None:
        return None
    is_one = found.day is not None and found.end - found.start <= timedelta(days=1)
    return found.day if is_one else (found.end - timedelta(microseconds=1)).date()


def ends(day: date, calendar: Calendar) -> datetime:
    """The end of work on a day, or of the day itself when nobody works then."""
    spans = calendar.day(day).spans
    return datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=spans[-1].end if spans else 24 * 60 - 1)


def of(definition: Definition, state: CaseState, command: Command, world: World) -> date | None:
    """Find the day that who holds the case names in what is said with an action; others promise nothing for it."""
    holds = any(task.person == command.by and task.kind is not TaskKind.DUTY for task in state.tasks)
    stage = definition.workflow.stages.get(state.stage)
    if not holds or stage is None or stage.waits not in (Waits.OFFICE, Waits.OUTSIDE):
        return None
    named = (read(value, world.now, world.calendar) for value in command.values.values() if isinstance(value, str))
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
