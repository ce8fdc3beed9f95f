"""One step of a case: what somebody does, and the Decision that follows from where the case stands afterwards. Pure.

Tasks are never given or ended by hand: whoever heads a line of signers in a stage where the case stands holds one.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from township.errors import Refused
from workflows.clocks import promises
from workflows.definition import CLOSED, Action, Definition, Waits
from workflows.flow import besides, signing, telling
from workflows.flow.approval import Vote
from workflows.flow.moves import Arrival, Flow
from workflows.flow.signing import Lines
from workflows.state import CaseState, Command, Decision, NewTask, Task, TaskKind, Told, Undo, Via, World


class Step(Struct, frozen=True):
    """Somebody acts on a case: what it was, in which stage, by which task."""

    definition: Definition
    before: CaseState
    command: Command
    action: Action
    task: Task | None
    at: str
    world: World
    number: int | None = None
    """The line that whoever acts heads."""

    def numbered(self) -> "Step":
        """Find the line that whoever acts heads."""
        if self.task is None or self.task.kind is not TaskKind.STAGE:
            return self
        return replace(self, number=signing.headed_by(self.lines, self.actor))

    @property
    def flow(self) -> Flow:
        return Flow(self.definition, self.world)

    @property
    def lines(self) -> Lines:
        return self.before.where.places.get(self.at, ())

    @property
    def actor(self) -> str | None:
        """Who answers for it: whoever acts, or who passed the work on to somebody outside."""
        if self.command.via is Via.LINK and self.task is not None:
            return self.task.person
        return self.command.by

    def my_line(self) -> int:
        """The line that whoever acts heads; who heads none has nothing to sign."""
        if self.number is None:
            raise Refused("task_over", action=self.command.action)
        return self.number


def stays(step: Step, after: CaseState, data: Mapping[str, Any] | None = None, *, done: bool = False) -> Decision:
    """The case stays where it is; perhaps others sign now. A side task is done with, the own only if `done`."""
    is_side = step.task is not None and step.task.kind is not TaskKind.STAGE
    ended, new, kept = given(step.before, after, (), step.task if done or is_side else None)
    told = telling.tell(step.action.tell, after, step.world)
    about = {"values": dict(step.command.values), **({"at": step.at} if step.at != step.before.stage else {})}
    after = replace(after, tasks=kept)
    return Decision(
        after, "acted", step.command.action, step.before.stage, {**about, **(data or {})}, new, ended, told=told,
        do=step.action.do,
    )  # fmt: skip


def moves(
    step: Step, arrival: Arrival, name: str, action: Action, target: str, decider: str | None = None, *,
    undoes: bool = True,
) -> Decision:  # fmt: skip
    """The case has come to another stage because of an action, of whoever acts or of who was waited for.

    With `undoes` who acts may take it back as long as nobody else has acted.
    """
    definition, world, after = step.definition, step.world, arrival.state
    where = promises.Where(after.stage, tuple(after.where.places), arrival.fresh)
    clocks = promises.entered(definition, after.clocks, where, after.fields, world.now, world.calendar)
    result = _result(step, arrival, action, target) if after.stage == CLOSED else ""
    arrival = Arrival(replace(after, clocks=clocks, result=result), arrival.fresh, arrival.passed)
    ended, new, kept = given(step.before, arrival.state, arrival.fresh, step.task)
    told = telling.tell(action.tell, arrival.state, world) + telling.of_arrival(definition, arrival, world)
    data: dict[str, Any] = {"to": target, "values": dict(step.command.values), **passed_data(arrival)}
    data |= {"at": step.at} if step.at != step.before.stage else {}
    data |= {"settles": name, "decider": decider} if decider else {}
    data |= {"result": result} if result else {}
    undo = _undo(step, arrival.state, told, action) if undoes else after.progress.undo
    state = replace(arrival.state, tasks=kept, progress=replace(after.progress, undo=undo))
    return Decision(
        state, "acted", step.command.action, step.before.stage, data, new, ended, told=telling.once(told),
        do=action.do, decider=decider, copied=telling.copies(definition, arrival, world),
    )  # fmt: skip


def _result(step: Step, arrival: Arrival, action: Action, target: str) -> str:
    """How a case ended: as the action says that led to the end, which may be one that counted as done."""
    if target != CLOSED and arrival.passed:
        return result_of(step.definition, arrival)
    return action.result or "done"


def result_of(definition: Definition, arrival: Arrival) -> str:
    """How a case ended that went past its last stage."""
    last = arrival.passed[-1]
    return definition.stage(last.stage).actions[last.action].result or "done"


def passed_data(arrival: Arrival) -> dict[str, Any]:
    """What an event says of stages that nobody was asked in."""
    found = [[one.stage, one.action, one.why, list(one.people)] for one in arrival.passed]
    return {"passed": found} if found else {}


def given(
    before: CaseState, after: CaseState, fresh: tuple[str, ...], done: Task | None
) -> tuple[dict[str, str], tuple[NewTask, ...], tuple[Task, ...]]:
    """Compare tasks with who is to sign: those that end, those that are given, those that stay."""
    heads = [(name, one.person) for name, lines in after.where.places.items() for one in signing.heads(lines)]
    kept = tuple(one for one in before.tasks if one != done and _lasts(one, before, after, heads, fresh))
    if done is not None and done.kind is TaskKind.STAGE and _lasts(done, before, after, heads, fresh):
        kept = (*kept, done)
    ended = {one.id: "done" if one == done else "withdrawn" for one in before.tasks if one not in kept}
    held = {(one.stage or before.stage, one.person) for one in kept if one.kind is TaskKind.STAGE}
    new = tuple(NewTask(TaskKind.STAGE, person, name) for name, person in heads if (name, person) not in held)
    return ended, new, kept


def _lasts(
    task: Task, before: CaseState, after: CaseState, heads: list[tuple[str, str]], fresh: tuple[str, ...]
) -> bool:
    stage = task.stage or before.stage
    if stage in fresh:
        return False
    if task.kind is TaskKind.STAGE:
        return (stage, task.person) in heads
    return after.is_open and (stage == after.stage or stage in after.where.places)


def is_positive(action: Action, target: str) -> bool:
    """Say whether an action goes on in the usual way: others who were asked to sign after it are waited for."""
    return action.vote is not Vote.NO and not (target == CLOSED and action.result not in (None, "done"))


def remembered(step: Step, decision: Decision, action: Action) -> Decision:
    """Keep how the case stood before, for who acted to take it back."""
    after = decision.state
    progress = replace(after.progress, undo=_undo(step, after, decision.told, action))
    return replace(decision, state=replace(after, progress=progress))


def _undo(step: Step, after: CaseState, told: tuple[Told, ...], action: Action) -> Undo | None:
    """How the case stood before; nothing where others have heard of it already, or it has left the office."""
    before, by = step.before, step.actor
    if by is None or step.number is None or (action.do and not action.undo):
        return None
    if after.is_open:
        names = (after.stage, *after.where.places)
        is_inside = all(step.definition.stage(one).waits is Waits.OFFICE for one in names)
    else:
        is_inside = besides.is_row(step.definition, step.at)
    if not is_inside or any(one.person in (*before.cast.villagers(), *before.cast.told) for one in told):
        return None
    known = before.progress
    return Undo(
        by, step.at, step.command.action, action.undo, before.where, before.cast.assignee, known.decided,
        known.agreed, {name: before.fields.get(name) for name in step.command.values},
    )  # fmt: skip
