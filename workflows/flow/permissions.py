"""Who may do what on a case now: from tasks, from the part that somebody plays, never from a skill's name. Pure."""

from collections.abc import Mapping
from typing import Any

from township.errors import Refused
from workflows.definition import Action, Definition, Waits
from workflows.flow import signing, trails
from workflows.flow.who import Cast
from workflows.house import house
from workflows.state import CaseState, Command, Task, TaskKind, Via


def find_task(state: CaseState, command: Command, definition: Definition | None = None) -> Task | None:
    """Find the task by which somebody acts: the one that was named, else one that the person holds.

    Who holds several, in branches, acts by the one that knows the action; that needs the definition.
    """
    if command.task_id is not None:
        return next((task for task in state.tasks if task.id == command.task_id), None)
    mine = [task for task in state.tasks if task.person == command.by]
    mine = [task for task in mine if task.kind is TaskKind.STAGE] + mine
    if definition is not None:
        for task in mine:
            if command.action in _of_task(definition, state, task):
                return task
    return mine[0] if mine else None


def place_of(definition: Definition, state: CaseState, command: Command, task: Task | None) -> str:
    """Find the stage in which somebody acts: the task's, else one that waits for what came, else where it stands."""
    if task is not None:
        return task.stage or state.stage
    if command.by is not None and command.via not in (Via.CALL, Via.CODE, Via.LEARNED, Via.IMPORT):
        return state.stage
    named = (name for name in state.where.places if command.action in definition.stage(name).actions)
    return next(named, state.stage)


def offered(definition: Definition, state: CaseState, person: str | None, task: Task | None) -> Mapping[str, Action]:
    """List what a person may do now: by a task, by being the villager of the case, or by what was done before."""
    if not state.is_open:
        reopens = definition.workflow.reopen_to and _is_villager(state, person)
        return house().closed if reopens else {}
    found: dict[str, Action] = {**_of_anyone(definition, state, person), **_of_part(definition, state, person)}
    if task is not None and task.person == person:
        found |= _of_task(definition, state, task)
    if _is_villager(state, person):
        found |= _of_villager(definition, state)
    return found


def _of_anyone(definition: Definition, state: CaseState, person: str | None) -> dict[str, Action]:
    """What whoever lives there may say; the door refuses those of another village."""
    actions = (one for place in state.where.places for one in definition.stage(place).actions.items())
    return {name: action for name, action in actions if action.anyone and person and _fits(action, state)}


def speaks_as_neighbour(definition: Definition, state: CaseState, command: Command) -> bool:
    """Say whether somebody has no other part in what is done than to live there."""
    if command.action not in _of_anyone(definition, state, command.by) or _is_villager(state, command.by):
        return False
    mine = (task for task in state.tasks if task.person == command.by)
    return not any(command.action in _of_task(definition, state, task) for task in mine)


def _of_part(definition: Definition, state: CaseState, person: str | None) -> dict[str, Action]:
    """What somebody may do who has acted before, asked somebody, or got a copy; with or without a task now."""
    part, known = house().part, state.progress
    if person is None:
        return {}
    found = set()
    if known.undo is not None and known.undo.by == person:
        found.add("take_back")
    if any(signing.asked_by(lines, person) for lines in state.where.places.values()):
        found.add("drop")
    if person in known.copied or any(person in people for people in known.decided.values()):
        found |= {"comment"}
        waits = {definition.stage(task.stage or state.stage).waits for task in state.tasks if task.person != person}
        found |= {"hurry"} if Waits.OFFICE in waits else set()
    return {name: action for name, action in part.items() if name in found}


def _of_villager(definition: Definition, state: CaseState) -> Mapping[str, Action]:
    """What the villager may do: as the house allows, unless the service says otherwise."""
    every = {**house().villager, **definition.workflow.villager}
    return {name: action for name, action in every.items() if _fits(action, state)}


def _of_task(definition: Definition, state: CaseState, task: Task) -> Mapping[str, Action]:
    if task.kind is TaskKind.LEADER:
        return house().leader
    if task.kind is TaskKind.DUTY:
        return house().duty
    name = task.stage or state.stage
    stage = definition.stage(name)
    if is_asked(state, name, task.person):
        return house().signer
    always = house().office if stage.waits is not Waits.VILLAGER else {}
    back = _back(definition, state, name) if stage.back else {}
    every = {**always, **back, **stage.actions}
    return {name: action for name, action in every.items() if not action.names and _fits(action, state)}


def _back(definition: Definition, state: CaseState, at: str) -> Mapping[str, Action]:
    """Sending back, to the stages by which the case came; nothing where there are none."""
    names = trails.earlier(definition, state.where, at)
    return {name: trails.choosing(one, definition, names) for name, one in house().back.items() if names}


def _fits(action: Action, state: CaseState) -> bool:
    return action.when is None or action.when.holds(values(state))


def is_asked(state: CaseState, stage: str, person: str | None) -> bool:
    """Say whether somebody acts in a stage because a colleague asked, and not because the stage names that person."""
    lines = state.where.places.get(stage, ())
    number = signing.headed_by(lines, person)
    return number is not None and lines[number].signers[lines[number].at].is_asked


def values(state: CaseState, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a condition may speak of."""
    facts = {
        "pace": state.pace,
        "stage": state.stage,
        "anonymous": state.cast.affected is None,
        "on_behalf": state.cast.wrote is not None,
        "by_another": _is_by_another(state.cast),
    }
    return {**state.fields, **facts, **(more or {})}


def _is_by_another(cast: Cast) -> bool:
    """Somebody else spoke, or wrote it down, for whom the matter concerns."""
    return cast.affected is not None and any(one not in (None, cast.affected) for one in (cast.spoke, cast.wrote))


FACTS = frozenset({"pace", "stage", "anonymous", "on_behalf", "by_another", "office_hours"})
"""Names that a condition may speak of besides fields; `office_hours` only where it is said where an action leads."""


def _is_villager(state: CaseState, person: str | None) -> bool:
    return person is not None and person in (*state.cast.villagers(), state.cast.wrote)


def allowed(definition: Definition, state: CaseState, command: Command, task: Task | None) -> Action:
    """Find the action, or refuse: the case is closed, the task is over, or it is not this person's to do."""
    if command.via is Via.CALL and state.is_open:
        return _said_on_the_phone(definition, state, command)
    if command.via is Via.CODE and state.is_open:
        return _with_the_code(definition, state, command)
    if command.via is Via.DELIVERY and state.is_open:
        return _as_it_came_out(definition, state, command)
    if command.via is Via.LEARNED and state.is_open:
        return _as_was_learned(definition, state, command)
    if command.via is Via.IMPORT and state.is_open:
        return _as_the_sheet_says(definition, state, command)
    actions = dict(offered(definition, state, command.by, task))
    if command.action in actions:
        return actions[command.action]
    others = {name for other in state.tasks for name in _of_task(definition, state, other)}
    if not state.is_open:
        raise Refused("case_closed", result=state.result)
    if command.task_id is not None and task is None:
        raise Refused("task_over", action=command.action)
    raise Refused("not_yours" if command.action in others else "not_now", action=command.action)


def _with_the_code(definition: Definition, state: CaseState, command: Command) -> Action:
    """What somebody may do who holds the code of an unnamed case: add to it, or put a name to it."""
    actions = definition.stage(place_of(definition, state, command, None)).actions
    found = {name: action for name, action in actions.items() if action.names and command.by is not None}
    found |= {"add": house().villager["add"]}
    if state.cast.affected is not None or command.action not in found:
        raise Refused("not_now", action=command.action)
    return found[command.action]


def _as_it_came_out(definition: Definition, state: CaseState, command: Command) -> Action:
    """What the outcome of an effect may do: an action of the stage that waits for it."""
    stage = definition.stage(place_of(definition, state, command, None))
    if stage.waits is not Waits.MACHINE or command.action not in stage.actions:
        raise Refused("not_now", action=command.action)
    return stage.actions[command.action]


def _as_was_learned(definition: Definition, state: CaseState, command: Command) -> Action:
    """What an answer that two people have looked at may do to a case that waits for the same answer."""
    action = definition.stage(place_of(definition, state, command, None)).actions.get(command.action)
    if action is None or not action.learned:
        raise Refused("not_now", action=command.action)
    return action


def _as_the_sheet_says(definition: Definition, state: CaseState, command: Command) -> Action:
    """What the sheet of a roster says of one of its rows: that nothing is left to be done."""
    roster, actions = definition.workflow.roster, definition.stage(place_of(definition, state, command, None)).actions
    if roster is None or roster.over is None or roster.over.action != command.action or command.action not in actions:
        raise Refused("not_now", action=command.action)
    return actions[command.action]


def _said_on_the_phone(definition: Definition, state: CaseState, command: Command) -> Action:
    """What a clerk writes down of a call: an answer of the villager, or only that the villager was told."""
    stage = definition.stage(place_of(definition, state, command, None))
    if stage.waits is not Waits.VILLAGER or command.action not in stage.actions:
        raise Refused("not_now", action=command.action)
    return stage.actions[command.action]
