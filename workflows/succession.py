"""Who takes over when somebody leaves: the tasks and cases of one person go to whoever the service names next. Pure.

The directory has ended the roles before this is asked, so that a deputy, or the next choice of `who:`, is found.
"""

from dataclasses import replace

from workflows import engine
from workflows.definition import ApprovalMode, Definition, LateDo
from workflows.house import house
from workflows.state import CaseState, Decision, NewTask, TaskKind, World
from workflows.who import resolve

ACTION = "succeed"
_STEPS = {TaskKind.LEADER: LateDo.ASK_LEADER, TaskKind.DUTY: LateDo.DUTY_PHONES}


def succeed(definition: Definition, state: CaseState, person: str, world: World) -> Decision | None:
    """Give what `person` held to others; None when there is nothing, or nobody at all to take it."""
    held = tuple(task for task in state.tasks if task.person == person)
    queue = tuple(one for one in state.progress.queue if one != person)
    is_assigned = state.cast.assignee == person
    if not state.is_open or not (held or is_assigned or queue != state.progress.queue):
        return None
    after = replace(
        state,
        tasks=tuple(task for task in state.tasks if task not in held),
        cast=replace(state.cast, assignee=None if is_assigned else state.cast.assignee),
        progress=replace(state.progress, queue=queue),
    )
    new: tuple[NewTask, ...] = ()
    if any(task.kind is TaskKind.STAGE for task in held):
        after, new = _stage(definition, after, person, world)
        if not new and not any(task.kind is TaskKind.STAGE for task in after.tasks):
            return None
    for kind in dict.fromkeys(task.kind for task in held if task.kind is not TaskKind.STAGE):
        new += tuple(NewTask(kind, other) for other in _side(after, kind, person, world)[:1])
    data = {"to": state.stage, "left": person}
    return Decision(after, "left", ACTION, state.stage, data, new, {task.id: "withdrawn" for task in held})


def _stage(
    definition: Definition, state: CaseState, person: str, world: World
) -> tuple[CaseState, tuple[NewTask, ...]]:
    """Find who is asked in the stage instead; nobody who is asked or has decided there already."""
    in_order = definition.stage(state.stage).mode is ApprovalMode.IN_ORDER
    queue = state.progress.queue
    busy = {task.person for task in state.tasks if task.kind is TaskKind.STAGE}
    busy |= {person, *queue, *state.progress.decided.get(state.stage, ())}
    found = [other for other in engine.staff(definition, state, world) if other not in busy]
    if in_order and not found and queue:
        found, queue = [queue[0]], queue[1:]
    if not found and not any(task.kind is TaskKind.STAGE for task in state.tasks):
        without = engine.left_out(definition, state, state.stage, world)
        leaders = [one for one in _side(state, TaskKind.LEADER, person, world) if one not in without]
        found = [] if definition.workflow.restricted else leaders[:1]
    after = replace(state, progress=replace(state.progress, queue=queue))
    return after, tuple(NewTask(TaskKind.STAGE, other) for other in (found[:1] if in_order else found))


def _side(state: CaseState, kind: TaskKind, person: str, world: World) -> list[str]:
    """Whom the late steps of the case, or of the house, would ask."""
    steps = (*(step for clock in state.clocks.values() for step in clock.late), *house().late)
    for step in steps:
        if step.do is _STEPS[kind] and step.who is not None:
            found = resolve(step.who, state.cast, world.facts, state.fields, {person})
            if found:
                return list(found)
    return []
