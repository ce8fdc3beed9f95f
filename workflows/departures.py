"""Somebody has left: every open case that waits for this person goes through the one door to whoever is next."""

from datetime import datetime

import sqlalchemy as sa

from township.db import Tx
from workflows import cases as door
from workflows.flow import succession
from workflows.models import cases, tasks
from workflows.state import Via


def hand_over(tx: Tx, town_id: str, person_id: str, *, why: str, now: datetime) -> list[str]:
    """Give what a person held to deputies and leaders; `why` is the event, done once. Returns cases that nobody took.

    The roles of the person must have ended in the directory before.
    """
    left = []
    for case_id in _held(tx, town_id, person_id):
        key = f"left:{why}:{case_id}:{person_id}"
        act = door.Act(town_id, case_id, succession.ACTION, key, None, {"person": person_id}, via=Via.DIRECTORY)
        if door.act(tx, act, now=now).repeated:
            left.append(case_id)
    return left


def _held(tx: Tx, town_id: str, person_id: str) -> list[str]:
    """List open cases in which the person has a task, or which he or she took; the cases in the order of the lock."""
    has_task = sa.exists().where(tasks.c.case_id == cases.c.id, tasks.c.person_id == person_id, tasks.c.state == "open")
    mine = sa.or_(has_task, cases.c.assignee_id == person_id)
    chosen = sa.select(cases.c.id).where(cases.c.town_id == town_id, cases.c.result == "", mine).order_by(cases.c.id)
    return list(tx.execute(chosen).scalars())
