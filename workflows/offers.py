"""What a person may do on a case at this moment, for whoever draws buttons or reads words."""

from collections.abc import Mapping

from township.db import Tx
from workflows import permissions, records
from workflows.definition import CLOSED, Action, Definition, Waits
from workflows.tasks import TaskView


def of_task(tx: Tx, town_id: str, task: TaskView) -> Mapping[str, Action]:
    """List the actions of a task, those of its stage first; none once it is over."""
    record = records.load(tx, town_id, task.case_id)
    held = next((one for one in record.state.tasks if one.id == task.id), None)
    if held is None:
        return {}
    known = permissions.offered(record.definition, record.state, task.person_id, held)
    own = record.definition.stage(task.stage).actions if task.stage in record.definition.workflow.stages else {}
    return {name: known[name] for name in (*(n for n in own if n in known), *(n for n in known if n not in own))}


def answers(tx: Tx, town_id: str, task: TaskView) -> Mapping[str, Action]:
    """List the actions with which a villager answers a case in words; none for a task of an office."""
    record = records.load(tx, town_id, task.case_id)
    if task.stage == CLOSED or not _waits_for_villager(record.definition, task.stage):
        return {}
    actions = of_task(tx, town_id, task)
    own = record.definition.stage(task.stage).actions
    return {name: action for name, action in actions.items() if name in own}


def _waits_for_villager(definition: Definition, stage: str) -> bool:
    return definition.stage(stage).waits is Waits.VILLAGER
