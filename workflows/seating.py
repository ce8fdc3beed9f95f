"""An office is given to somebody: what waited for nobody goes through the one door to whoever holds it now."""

from datetime import datetime

import sqlalchemy as sa

from township.db import Tx
from workflows import cases as door
from workflows import records
from workflows.flow import vacancies
from workflows.models import cases, tasks
from workflows.state import TaskKind, Via


def waiting(tx: Tx) -> list[tuple[str, str]]:
    """List the cases in which somebody was asked to name another, because nobody could act: town and case."""
    asked = (tasks.c.state == "open", tasks.c.kind == TaskKind.LEADER.value, cases.c.result == "")
    chosen = sa.select(cases.c.town_id, cases.c.id, tasks.c.stage).join(tasks, tasks.c.case_id == cases.c.id)
    found = tx.execute(chosen.where(*asked).order_by(cases.c.id)).all()
    return list(dict.fromkeys((row.town_id, row.id) for row in found if _is_vacant(tx, *row)))


def seat(tx: Tx, town_id: str, case_id: str, *, why: str, now: datetime) -> bool:
    """Ask whoever holds the office now; `why` is the occasion, looked at once. False where still nobody does."""
    act = door.Act(town_id, case_id, vacancies.ACTION, f"seat:{why}:{case_id}", None, {}, via=Via.DIRECTORY)
    return not door.act(tx, act, now=now).repeated


def _is_vacant(tx: Tx, town_id: str, case_id: str, stage: str) -> bool:
    record = records.load(tx, town_id, case_id, lock=False)
    return vacancies.is_vacant(record.definition, record.state, stage)
