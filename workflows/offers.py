"""What a person may do on a case at this moment, for whoever draws buttons or reads words."""

from collections.abc import Mapping

from township.db import Tx
from township.scope import Scope
from workflows import casebook, definitions, records
from workflows.clocks.durations import words
from workflows.definition import CLOSED, Action, Definition, Waits
from workflows.flow import besides, permissions, signing, trails
from workflows.house import house
from workflows.state import Command
from workflows.tasks import TaskView


def of_task(tx: Tx, town_id: str, task: TaskView) -> Mapping[str, Action]:
    """List the actions of a task, those of its stage first; none once it is over."""
    record = records.load(tx, town_id, task.case_id, lock=False)
    held = next((one for one in record.state.tasks if one.id == task.id), None)
    if held is None:
        return {}
    known = permissions.offered(record.definition, record.state, task.person_id, held)
    own = record.definition.stage(task.stage).actions if task.stage in record.definition.workflow.stages else {}
    return {name: known[name] for name in (*(n for n in own if n in known), *(n for n in known if n not in own))}


def asked_by(tx: Tx, town_id: str, task: TaskView) -> str:
    """Find who asked the holder to look first, or to sign as well; empty where the stage names the holder."""
    record = records.load(tx, town_id, task.case_id, lock=False)
    lines = record.state.where.places.get(task.stage, ())
    number = signing.headed_by(lines, task.person_id)
    return signing.asker_of(lines[number]) if number is not None else ""


def stage_of(tx: Tx, town_id: str, task: TaskView) -> str:
    """Name the stage of a task in words: of a branch where the case is in several."""
    stage = definitions.pinned(tx, town_id, task.definition).workflow.stages.get(task.stage)
    return stage.title if stage else ""


def answers(tx: Tx, town_id: str, task: TaskView) -> Mapping[str, Action]:
    """List the actions with which a villager answers a case in words; none for a task of an office."""
    definition = definitions.pinned(tx, town_id, task.definition)
    if task.stage == CLOSED or not _waits_for_villager(definition, task.stage):
        return {}
    own = definition.stage(task.stage).actions
    return {name: action for name, action in of_task(tx, town_id, task).items() if name in own}


def of_case(tx: Tx, scope: Scope, case_id: str) -> Mapping[str, Action]:
    """List what a person may do on a case, by a task or as its villager; nothing where the scope sees no case."""
    if casebook.get(tx, scope, case_id) is None:
        return {}
    record = records.load(tx, scope.town_id, case_id, lock=False)
    task = permissions.find_task(record.state, Command("", scope.person_id))
    return permissions.offered(record.definition, record.state, scope.person_id, task)


def understood(actions: Mapping[str, Action], text: str) -> tuple[str, str] | None:
    """Find the action that a reply means, and what else the reply says; None if it means none."""
    said = text.strip().strip(words()["endings"])
    found = [
        (len(word), name, said[len(word) :].lstrip(words()["between"]))
        for name, action in actions.items()
        for word in (*action.says, action.title)
        if said.startswith(word) and _ends_there(word, said)
    ]
    return max(found)[1:] if found else None


def _ends_there(word: str, said: str) -> bool:
    """A digit is an answer only when it stands alone: `1`, `1 still dark`, but not `12`."""
    return not word.isdecimal() or said == word or said[len(word)] in words()["between"]


def named(definition: Definition, stage: str, action: str) -> Action | None:
    """Find an action by its name: one of the stage, else one that the house allows everywhere."""
    own = definition.workflow.stages[stage].actions if stage in definition.workflow.stages else {}
    sets = (own, definition.workflow.villager, *house().sets())
    found = next((actions[action] for actions in sets if action in actions), None)
    if found is not None and found is own.get(action):
        return besides.said(definition, stage, found)
    is_back = found is not None and trails.BACK_TO in found.needs
    return trails.choosing(found, definition, definition.workflow.stages) if found and is_back else found


def title_of(tx: Tx, town_id: str, decided: TaskView) -> str:
    """Name in words what was done with a task that is over."""
    definition = definitions.pinned(tx, town_id, decided.definition)
    action = named(definition, decided.stage, decided.decision)
    return action.title if action else decided.decision


def _waits_for_villager(definition: Definition, stage: str) -> bool:
    return definition.stage(stage).waits is Waits.VILLAGER
