"""A town with the house's skills, on either engine."""

from collections.abc import Callable
from datetime import datetime

import pytest

from skills import registry
from skills.rehearsal.founding import TOWN, prepare
from township.clock import TurnedClock
from township.db import Database
from workflows import cases
from workflows.state import Via

SKILLS = [one.skill for one in registry.house() if one.skill]
Report = Callable[..., cases.Outcome]
Do = Callable[..., cases.Outcome]


@pytest.fixture
def town(db: Database, clock: TurnedClock) -> Database:
    """The rehearsal town on this engine, with all skills published."""
    prepare(db, *SKILLS, at=clock.now())
    return db


@pytest.fixture
def report(town: Database, clock: TurnedClock) -> Report:
    """Report a lamp, or something else, as a villager."""

    def opened(
        key: str = "m1", spoke: str | None = "v1", skill: str = "village_report", **more: object
    ) -> cases.Outcome:
        fields = more.pop("fields", None) or {"what": "灯不亮", "kind": "lamp"}
        now: datetime = clock.now()
        opening = cases.Opening(TOWN, skill, key, fields, now, spoke=spoke, **more)  # type: ignore[arg-type]
        return town.write_now(lambda tx: cases.open(tx, opening, now=now))

    return opened


@pytest.fixture
def do(town: Database, clock: TurnedClock) -> Do:
    """Do an action on a case."""

    def acted(case_id: str, by: str, action: str, key: str, **more: object) -> cases.Outcome:
        given = {name: value for name, value in more.items() if name not in ("task_id", "via")}
        task_id, via = more.get("task_id"), more.get("via", Via.CARD)
        act = cases.Act(TOWN, case_id, action, key, by, given, task_id, via)  # type: ignore[arg-type]
        return town.write_now(lambda tx: cases.act(tx, act, now=clock.now()))

    return acted
