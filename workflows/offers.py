"""What a person may do on a case at this moment, for whoever draws buttons or reads words."""

from collections.abc import Mapping

from township.db import Tx
from workflows import permissions, records
from workflows.definition import CLOSED, Action, Definition, Waits
from workflows.tasks import TaskView


def of_task(tx: Tx, town_id: str, task: TaskView) -> Mapping[str, Action]:
    """List the actions of a task, in the order of the definition; none once it is over."""
    record = records.load(tx, town_id, task.case_id)
    held = next((one for one in record.state.tasks if one.id == task.id), None)
    if held is None:
        return {}
    return permissions.offered(record.definition, record.state, task.person_id, held)


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
