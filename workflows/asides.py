"""Why somebody besides those of a stage is asked: it is late, long late, or nobody can act there; and about whom."""

import sqlalchemy as sa

from township import directory
from township.db import Tx
from township.models import reaches
from workflows import records
from workflows.definition import Waits
from workflows.flow import vacancies
from workflows.flow.permissions import needs_office
from workflows.house import texts
from workflows.records import Record
from workflows.state import TaskKind
from workflows.tasks import TaskView


def short(tx: Tx, town_id: str, task: TaskView) -> str:
    """Say why in a few words, for a list; empty where a task is its stage's own, or over."""
    if task.kind is TaskKind.STAGE or task.state != "open":
        return ""
    return texts().say(f"aside_short_{_why(records.load(tx, town_id, task.case_id, lock=False), task)}")


def sentence(tx: Tx, town_id: str, task: TaskView) -> str:
    """Say why, for the card: what is late, who has it, and to the duty by which phone."""
    if task.kind is TaskKind.STAGE or task.state != "open":
        return ""
    record = records.load(tx, town_id, task.case_id, lock=False)
    stage, why = record.definition.workflow.stages.get(task.stage), _why(record, task)
    who = "" if why in (_VACANT, _NEEDS_OFFICE) else _who(tx, record, task, with_phone=task.kind is TaskKind.DUTY)
    return texts().say(f"aside_{why}", stage=stage.title if stage else "", who=who)


_VACANT, _NEEDS_OFFICE = "vacant", "office"


def _why(record: Record, task: TaskView) -> str:
    definition, state = record.definition, record.state
    if task.kind is not TaskKind.LEADER or not vacancies.is_vacant(definition, state, task.stage):
        return task.kind.value
    return _NEEDS_OFFICE if needs_office(definition, state, task.stage) else _VACANT


def _who(tx: Tx, record: Record, task: TaskView, *, with_phone: bool) -> str:
    """Who has it: those of the office who are asked in the stage, else whoever took it over."""
    stage, state = record.definition.workflow.stages.get(task.stage), record.state
    held = [one.person for one in state.tasks if one.kind is TaskKind.STAGE and one.stage == task.stage]
    is_offices = stage is not None and stage.waits is not Waits.VILLAGER
    chosen = (held if is_offices else []) or ([state.cast.assignee] if state.cast.assignee else [])
    names = {key: one.name for key, one in directory.persons(tx, chosen).items()}
    phones = _phones(tx, list(names)) if with_phone else {}
    said = (f"{names[one]} {phones.get(one, '')}".rstrip() for one in chosen if one in names)
    return texts().say("between_names").join(dict.fromkeys(said)) or texts().say("nobody")


def _phones(tx: Tx, people: list[str]) -> dict[str, str]:
    its = (reaches.c.person_id.in_(people), reaches.c.kind == "phone")
    return {row.person_id: row.value for row in tx.execute(sa.select(reaches.c.person_id, reaches.c.value).where(*its))}
