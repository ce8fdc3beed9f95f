"""Who takes over when somebody leaves, or must not act any more: those whom the service names next. Pure.

The directory has ended the roles before this is asked, so that a deputy, or the next choice of `who:`, is found.
"""

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from workflows.definition import Definition, LateDo
from workflows.flow import leaders, signing, staffing, steps, vacancies
from workflows.flow.approval import ApprovalMode, IfNobody
from workflows.flow.signing import Line, Lines, Signer
from workflows.gist import of
from workflows.house import house
from workflows.state import CaseState, Command, Decision, NewTask, Standing, TaskKind, World

ACTION = "succeed"
_STEPS = {TaskKind.LEADER: LateDo.ASK_LEADER, TaskKind.DUTY: LateDo.DUTY_PHONES}


def directed(definition: Definition, state: CaseState, command: Command, world: World) -> Decision | None:
    """Follow a change in the directory: somebody has left, or an office is held by now; None where nothing follows."""
    if command.action == vacancies.ACTION:
        return vacancies.seated(definition, state, world)
    return succeed(definition, state, command.values["person"], world)


def succeed(definition: Definition, state: CaseState, person: str, world: World) -> Decision | None:
    """Give what `person` held to others; None when there is nothing, or nobody at all to take it."""
    held = tuple(task for task in state.tasks if task.person == person)
    is_assigned = state.cast.assignee == person
    is_waited_for = _is_in(state.where, person)
    if not state.is_open or not (held or is_assigned or is_waited_for):
        return None
    after = replace(
        state,
        cast=replace(state.cast, assignee=None if is_assigned else state.cast.assignee),
        progress=replace(state.progress, undo=None),
    )
    known = state.where.places.items()
    places = {name: _followed(definition, after, name, lines, person, world) for name, lines in known}
    left = {task.stage or state.stage for task in held if task.kind is TaskKind.STAGE}
    if any(not signing.heads(places[name]) and not _passes(definition, name) for name in left):
        return None
    where = replace(_without(state.where, person), places=places)
    after = replace(after, where=where)
    ended, new, kept = steps.given(state, after, (), None)
    side = tuple(task for task in held if task.kind is not TaskKind.STAGE)
    ended |= {task.id: "withdrawn" for task in side}
    for task in side:
        new += tuple(
            NewTask(task.kind, other, task.stage)
            for other in _side(definition, after, task.stage, task.kind, {person}, world)[:1]
        )
    after = replace(after, tasks=tuple(task for task in kept if task not in side))
    decision = Decision(after, "left", ACTION, state.stage, {"to": state.stage, "left": person}, new, ended)
    return vacancies.staffed(definition, decision, world)


def parted(definition: Definition, state: CaseState, at: str, world: World) -> CaseState:
    """Ask others in the stages, open now or saved for later, that whoever has decided in `at` must not decide in."""
    return replace(state, where=_parted(definition, state, state.where, at, world))


def _parted(definition: Definition, state: CaseState, where: Standing, at: str, world: World) -> Standing:
    places = dict(where.places)
    for name in (one for one in where.places if one != at):
        places[name] = _apart(definition, state, name, where.places[name], world)
    returns = {name: _parted(definition, state, saved, at, world) for name, saved in where.returns.items()}
    return replace(where, places=places, returns=returns)


def _apart(definition: Definition, state: CaseState, name: str, lines: Lines, world: World) -> Lines:
    """The lines of a stage without those who would have to decide in it and must not; opinions may stay."""
    if not of(definition).kept_apart[name]:
        return lines
    deciding = {one.person for line in lines for one in line.waiting if not one.is_asked}
    for person in sorted(deciding & staffing.left_out(definition, state, name, world)):
        lines = _followed(definition, state, name, lines, person, world)
    return lines


def _is_in(where: Standing, person: str) -> bool:
    """Say whether somebody has still to sign, now or where the case goes back to."""
    is_here = any(person in signing.busy(lines) for lines in where.places.values())
    return is_here or any(_is_in(saved, person) for saved in where.returns.values())


def _followed(
    definition: Definition, state: CaseState, name: str, lines: Lines, person: str, world: World
) -> Lines:  # fmt: skip
    """The lines of a stage without somebody: others whom the stage names, else a leader, else only those who remain.

    Nobody signs twice; where nobody counts as yes no leader is asked.
    """
    if person not in signing.busy(lines):
        return lines
    stage = definition.stage(name)
    busy = {person, *signing.busy(lines), *state.progress.decided.get(name, ())}
    found = [other for other in staffing.staff(definition, state, name, world) if other not in busy]
    rest = signing.left(lines, person)
    if not found and not any(line.head for line in rest):
        without = busy | staffing.left_out(definition, state, name, world)
        led = _side(definition, state, name, TaskKind.LEADER, without, world)
        found = [] if definition.workflow.restricted or _passes(definition, name) else led[:1]
    if not found:
        return rest
    more = tuple(Line((Signer(other),)) for other in found[1:]) if stage.mode is not ApprovalMode.IN_ORDER else ()
    return (*signing.replaced(lines, person, found[0]), *more)


def _passes(definition: Definition, name: str) -> bool:
    return definition.stage(name).if_nobody is IfNobody.PASS


def _without(where: Standing, person: str) -> Standing:
    """Where a case goes back to, without somebody who has left meanwhile."""
    returns: Mapping[str, Standing] = {
        name: replace(
            _without(saved, person), places={one: signing.left(lines, person) for one, lines in saved.places.items()}
        )
        for name, saved in where.returns.items()
    }
    return replace(where, returns=returns)


def _side(
    definition: Definition, state: CaseState, at: str, kind: TaskKind, without: Collection[str], world: World
) -> list[str]:  # fmt: skip
    """Whom the late steps of the case, or of the house, would ask."""
    every = (*(step for clock in state.clocks.values() for step in clock.late), *house().late)
    for step in every:
        if step.do is _STEPS[kind] and step.who is not None:
            found = leaders.above(step.who, definition, state, at, world, without)
            if found:
                return list(found)
    return []
