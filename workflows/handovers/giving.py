"""Work passed on to somebody without an account: by whoever has the task, where the service leaves it to an address.

A newer address for the same work takes the place of the older one.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from township import audit, ids
from township.audit import AuditEntry
from township.db import Tx
from township.errors import Refused
from township.models import villages
from workflows import definitions, tasks, values
from workflows.clocks import calendars
from workflows.definition import Definition
from workflows.handovers.addresses import HALF
from workflows.handovers.models import handovers
from workflows.models import cases
from workflows.rosters.models import roster_rows
from workflows.state import TaskKind
from workflows.tasks import TaskView

GIVEN, USED, TAKEN_BACK = "given", "used", "taken_back"


class Portable(Struct, frozen=True):
    """A task that may be passed on."""

    task: TaskView
    definition: Definition
    village: str
    row: int | None
    """Its number on a list; None: it stands on none."""

    @property
    def stage(self) -> str:
        """What is to be done."""
        return self.definition.stage(self.task.stage).title


class Given(Struct, frozen=True):
    """Work that was passed on."""

    id: str
    work: Portable
    until: datetime


def portable(tx: Tx, town_id: str, person_id: str) -> list[Portable]:
    """List what somebody may pass on."""
    held = [one for one in tasks.of_person(tx, town_id, person_id) if one.kind is TaskKind.STAGE]
    known = [(task, definitions.pinned(tx, town_id, task.definition)) for task in held]
    fits = [(task, one) for task, one in known if task.stage in one.workflow.stages and one.stage(task.stage).by_link]
    where = _places(tx, [task.case_id for task, _ in fits])
    return [Portable(task, one, *where.get(task.case_id, ("", None))) for task, one in fits]


def of_case(tx: Tx, town_id: str, person_id: str, case_id: str) -> Portable | None:
    """Find the task of a case that somebody may pass on."""
    for task in tasks.of_case(tx, case_id):
        if task.person_id != person_id or task.state != "open" or task.kind is not TaskKind.STAGE:
            continue
        definition = definitions.pinned(tx, town_id, task.definition)
        if task.stage in definition.workflow.stages and definition.stage(task.stage).by_link:
            return Portable(task, definition, *_places(tx, [case_id]).get(case_id, ("", None)))
    return None


class Out(Struct, frozen=True):
    """An address that was given and opens something."""

    id: str
    doer: str
    until: datetime


def out(tx: Tx, task_id: str, *, now: datetime) -> Out | None:
    """Find the address by which a task is passed on now."""
    mine = (handovers.c.task_id == task_id, handovers.c.state == GIVEN, handovers.c.until > now)
    row = tx.execute(sa.select(handovers).where(*mine)).mappings().first()
    if row is None:
        return None
    return Out(row["id"], values.texts_of(tx, [row["doer_ref"]]).get(row["doer_ref"], ""), row["until"])


def _places(tx: Tx, case_ids: Sequence[str]) -> dict[str, tuple[str, int | None]]:
    """The village of each case, and its number on a list."""
    joined = cases.outerjoin(villages, villages.c.id == cases.c.village_id)
    joined = joined.outerjoin(roster_rows, roster_rows.c.case_id == cases.c.id)
    chosen = sa.select(cases.c.id, villages.c.name, roster_rows.c.number).select_from(joined)
    rows = tx.execute(chosen.where(cases.c.id.in_(case_ids))) if case_ids else ()
    return {row.id: (row.name or "", row.number) for row in rows}


def give(tx: Tx, town_id: str, person_id: str, work: Portable, doer: str, *, now: datetime) -> Given:
    """Pass a task on to somebody, called as in `doer`; who passes it on must hold it."""
    by_link = work.definition.stage(work.task.stage).by_link
    if by_link is None or work.task.person_id != person_id or work.task.state != "open":
        raise Refused("not_yours", action="by_link")
    take_back(tx, work.task.id)
    until = by_link.within.after(now, calendars.calendar_of(tx, town_id))
    given = Given(ids.code(HALF), work, until)
    ref = values.put_text(tx, town_id, None, doer, now)
    tx.execute(
        sa.insert(handovers).values(
            id=given.id, town_id=town_id, case_id=work.task.case_id, task_id=work.task.id, given_by=person_id,
            doer_ref=ref, state=GIVEN, given_at=now, until=until,
        )
    )  # fmt: skip
    audit.record(tx, town_id, AuditEntry(person_id, None, "changed", "handover", f"case {work.task.case_id}", now))
    return given


def take_back(tx: Tx, task_id: str) -> int:
    """Let the addresses of a task open nothing any more; returns how many there were."""
    mine = (handovers.c.task_id == task_id, handovers.c.state == GIVEN)
    return tx.execute(sa.update(handovers).where(*mine).values(state=TAKEN_BACK)).rowcount
