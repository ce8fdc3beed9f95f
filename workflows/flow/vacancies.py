"""A stage in which nobody can act: it counts as yes where the service says so, else somebody is asked to name another.

Pure. However the stage lost its last signer, or never had one: the case does not wait for nobody.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from workflows.clocks import promises
from workflows.definition import CLOSED, Definition, Waits
from workflows.flow import signing, steps, telling
from workflows.flow.moves import Arrival, Flow, with_lines
from workflows.flow.who import resolve
from workflows.house import house
from workflows.state import CaseState, Decision, NewTask, Task, TaskKind, World

ACTION = "seat"


def staffed(definition: Definition, decision: Decision, world: World) -> Decision:
    """Go past what needs nobody, and ask for what needs somebody; a restricted matter is shown to nobody else."""
    for name in list(_vacant(definition, decision.state)):
        decision = _gone_past(definition, decision, name, world)
    if definition.workflow.restricted is not None or definition.workflow.roster or definition.workflow.rounds:
        return decision
    state = decision.state
    people = (*state.cast.villagers(), state.cast.wrote)
    without = [person for person in people if person]
    found = resolve(house().staffs, state.cast, world.facts, state.fields, without)
    held: tuple[Task | NewTask, ...] = (*state.tasks, *decision.new_tasks)
    asked = {task.stage for task in held if task.kind is TaskKind.LEADER}
    new = (
        NewTask(TaskKind.LEADER, found[0], name) for name in _vacant(definition, state) if found and name not in asked
    )
    return replace(decision, new_tasks=(*decision.new_tasks, *new))


def seated(definition: Definition, state: CaseState, world: World) -> Decision | None:
    """Ask whoever holds the office by now in each stage that nobody could act in; None where still nobody does."""
    flow, after, filled = Flow(definition, world), state, frozenset[str]()
    for name in _vacant(definition, state) if state.is_open else ():
        if lines := flow.seated(state, name, state.progress.decided.get(name, ())):
            after, filled = with_lines(after, name, lines), filled | {name}
    if not filled:
        return None
    ended, new, kept = steps.given(state, after, (), None)
    needless = {task.id for task in kept if task.kind is TaskKind.LEADER and task.stage in filled}
    ended |= dict.fromkeys(needless, "withdrawn")
    after = replace(after, tasks=tuple(task for task in kept if task.id not in needless))
    return Decision(after, "seated", ACTION, state.stage, {"to": state.stage, "at": sorted(filled)}, new, ended)


def is_vacant(definition: Definition, state: CaseState, name: str) -> bool:
    """Say whether a stage waits for somebody of an office, and nobody is asked there."""
    return name in _vacant(definition, state)


def _vacant(definition: Definition, state: CaseState) -> Iterator[str]:
    for name, lines in state.where.places.items():
        if definition.stage(name).waits in (Waits.OFFICE, Waits.OUTSIDE) and not signing.heads(lines):
            yield name


def _gone_past(definition: Definition, decision: Decision, name: str, world: World) -> Decision:
    """The decision with what follows where nobody counts as yes; as it is where a stage needs somebody."""
    before = decision.state
    arrival = Flow(definition, world).past(Arrival(before), name)
    if not arrival.passed:
        return decision
    after = arrival.state
    where = promises.Where(after.stage, tuple(after.where.places), arrival.fresh)
    clocks = promises.entered(definition, after.clocks, where, after.fields, world.now, world.calendar)
    result = steps.result_of(definition, arrival) if after.stage == CLOSED else ""
    ended, new, kept = steps.given(before, after, arrival.fresh, None)
    aside = tuple(task for task in decision.new_tasks if task.kind is not TaskKind.STAGE and after.is_open)
    arrival = replace(arrival, state=replace(after, clocks=clocks, result=result, tasks=kept))
    passed = [*decision.data.get("passed", []), *steps.passed_data(arrival)["passed"]]
    return replace(
        decision,
        state=arrival.state,
        data={**decision.data, "passed": passed, **({"result": result} if result else {})},
        new_tasks=(*new, *aside),
        ended={**decision.ended, **ended},
        told=telling.once((*decision.told, *telling.of_arrival(definition, arrival, world))),
        copied=(*decision.copied, *telling.copies(definition, arrival, world)),
    )
