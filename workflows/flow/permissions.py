"""Who may do what on a case now: from tasks, from the part that somebody plays, never from a skill's name. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from township.errors import Refused
from workflows.definition import Action, Definition, Waits
from workflows.flow import besides, signing, trails
from workflows.flow.who import Cast
from workflows.gist import of
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
            if _found([_of_task(definition, state, task)], command.action, state):
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
    weakest_first = reversed(list(_ways(definition, state, person, task)))
    return {name: one for actions in weakest_first for name, one in actions.items() if _fits(one, state)}


def _ways(
    definition: Definition, state: CaseState, person: str | None, task: Task | None
) -> Iterator[Mapping[str, Action]]:  # fmt: skip
    """What a person may do, by one way after the other; what is found first holds."""
    if not state.is_open:
        if definition.workflow.reopen_to and _is_villager(state, person):
            yield house().closed
        if person is not None:
            yield _of_row(definition, state, person)
        return
    if _is_villager(state, person):
        yield house().villager | definition.workflow.villager
    if task is not None and task.person == person:
        yield _of_task(definition, state, task)
    if person is not None:
        yield _of_part(definition, state, person)
        yield _of_anyone(definition, state)


def _found(ways: Iterable[Mapping[str, Action]], name: str, state: CaseState) -> Action | None:
    """Find an action by its name."""
    named = (actions[name] for actions in ways if name in actions)
    return next((action for action in named if _fits(action, state)), None)


def _of_anyone(definition: Definition, state: CaseState) -> dict[str, Action]:
    """What whoever lives there may say; the door refuses those of another village."""
    by_stage = of(definition).by_anyone
    actions = (one for place in state.where.places for one in by_stage[place].items())
    return {name: action for name, action in actions if _fits(action, state)}


def speaks_as_neighbour(definition: Definition, state: CaseState, command: Command) -> bool:
    """Say whether somebody has no other part in what is done than to live there."""
    if command.by is None or _is_villager(state, command.by) or command.action not in _of_anyone(definition, state):
        return False
    mine = (task for task in state.tasks if task.person == command.by)
    return not any(_found([_of_task(definition, state, task)], command.action, state) for task in mine)


def _of_row(definition: Definition, state: CaseState, person: str) -> dict[str, Action]:
    """What somebody may do with a row that is over: take the own mark back that ended it."""
    undo = state.progress.undo
    if undo is None or undo.by != person or not besides.is_row(definition, undo.at):
        return {}
    return {"take_back": house().part["take_back"]}


def _of_part(definition: Definition, state: CaseState, person: str) -> dict[str, Action]:
    """What somebody may do who has acted before, asked somebody, or got a copy; with or without a task now."""
    part, known = house().part, state.progress
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


def _of_task(definition: Definition, state: CaseState, task: Task) -> Mapping[str, Action]:
    """What a task lets its holder do: what the house does, unless the stage says otherwise."""
    name = task.stage or state.stage
    if task.kind is TaskKind.LEADER:
        return _of_leader(definition, state, name)
    if task.kind is TaskKind.DUTY:
        return house().duty
    if is_asked(state, name, task.person):
        return house().signer
    known = of(definition).by_task[name]
    return _with_back(definition, state, name, known) if definition.stage(name).back else known


def _of_leader(definition: Definition, state: CaseState, name: str) -> Mapping[str, Action]:
    """What who is asked because of a stage may do; one that `needs_office` cannot be given to anybody."""
    known = house().leader
    if not needs_office(definition, state, name):
        return known
    return {word: action for word, action in known.items() if not action.assign}


def needs_office(definition: Definition, state: CaseState, name: str) -> bool:
    """Say whether nobody can act in a stage that keeps people apart: only whom its office names may, so that the office
    has to be given to somebody first."""
    return bool(definition.stage(name).without) and not signing.heads(state.where.places.get(name, ()))


def _with_back(
    definition: Definition, state: CaseState, at: str, known: Mapping[str, Action]
) -> Mapping[str, Action]:  # fmt: skip
    """The actions of a stage with sending back led to the stages by which the case came; without it where none are."""
    names, back = trails.earlier(definition, state.where, at), house().back
    led = {name: trails.choosing(one, definition, names) for name, one in back.items() if names}
    found = {name: led.get(name) if one is back.get(name) else one for name, one in known.items()}
    return {name: one for name, one in found.items() if one is not None}


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
    if command.via is Via.LINK and state.is_open:
        return _from_outside(definition, state, command, task)
    action = _found(_ways(definition, state, command.by, task), command.action, state)
    if action is not None:
        return action
    if not state.is_open:
        raise Refused("case_closed", result=state.result)
    if command.task_id is not None and task is None:
        raise Refused("task_over", action=command.action)
    of_others = (_found([_of_task(definition, state, other)], command.action, state) for other in state.tasks)
    raise Refused("not_yours" if any(of_others) else "not_now", action=command.action)


def _with_the_code(definition: Definition, state: CaseState, command: Command) -> Action:
    """What somebody may do who holds the code of an unnamed case: add to it, take it back, or put a name to it."""
    actions = definition.stage(place_of(definition, state, command, None)).actions
    found = {name: action for name, action in actions.items() if action.names and command.by is not None}
    found |= {name: house().villager[name] for name in ("add", "withdraw")}
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
    """What the sheet of a roster says of one of its rows: that nothing is left to be done, or what stands in it now."""
    if definition.workflow.roster and (renewed := house().sheet.get(command.action)):
        form = definition.form
        needs = {name: form[name].model_copy(update={"optional": True}) for name in command.values if name in form}
        return renewed.model_copy(update={"needs": needs})
    roster, actions = definition.workflow.roster, definition.stage(place_of(definition, state, command, None)).actions
    if roster is None or roster.over is None or roster.over.action != command.action or command.action not in actions:
        raise Refused("not_now", action=command.action)
    return actions[command.action]


def _from_outside(definition: Definition, state: CaseState, command: Command, task: Task | None) -> Action:
    """What somebody outside may do to whom a task was passed on: no more than its stage leaves to an address."""
    if task is None or task.kind is not TaskKind.STAGE:
        raise Refused("task_over", action=command.action)
    found = linked(definition, state, task)
    if command.action not in found:
        raise Refused("not_now", action=command.action)
    return found[command.action]


def linked(definition: Definition, state: CaseState, task: Task) -> Mapping[str, Action]:
    """List what somebody outside may do with a task that was passed on."""
    name = task.stage or state.stage
    known = besides.linked(definition, name)
    return {key: action for key, action in known.items() if _fits(action, state)}


def _said_on_the_phone(definition: Definition, state: CaseState, command: Command) -> Action:
    """What a clerk writes down of a call: an answer of the villager, or only that the villager was told."""
    stage = definition.stage(place_of(definition, state, command, None))
    if stage.waits is not Waits.VILLAGER or command.action not in stage.actions:
        raise Refused("not_now", action=command.action)
    return stage.actions[command.action]
