"""The rules of a case: (definition, state, command, world) gives a Decision, or Refused. Pure.

It knows no skill, card, channel or database. `cases.py` loads the state, stores the decision, and is the only caller
besides tests.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from township.errors import Mistake, Refused
from workflows import promises
from workflows.definition import (
    CLOSED,
    SAME,
    Action,
    ApprovalMode,
    Definition,
    LateDo,
    LateStep,
    TellWhat,
    Vote,
    Waits,
    choose,
)
from workflows.house import house
from workflows.permissions import allowed, find_task, values
from workflows.state import CaseState, Command, Decision, NewTask, Task, TaskKind, Told, Via, World
from workflows.who import Cast, Part, Who, resolve


def open_case(definition: Definition, cast: Cast, fields: Mapping[str, Any], world: World) -> Decision:
    """Open a case: its pace, its clocks, its first stage and who is told."""
    workflow = definition.workflow
    pace = choose(workflow.pace, dict(fields))
    clocks = promises.promised(definition, pace, world.now)
    first = choose(workflow.start, dict(fields))
    state = CaseState(first, cast, fields, pace, clocks=clocks)
    if workflow.stages[first].if_nobody == "refuse" and not _staff(definition, state, first, world):
        raise Refused("nobody_may_see", skill=definition.skill)
    state, new_tasks = _enter(definition, state, first, world)
    told = _tell(workflow.tell, state, world) + _tell(workflow.stages[first].tell, state, world)
    return Decision(state, "opened", "open", "", {"fields": dict(fields)}, new_tasks, told=_once(told))


def act(definition: Definition, state: CaseState, command: Command, world: World) -> Decision:
    """Do an action that the actor may do now; otherwise Refused says why."""
    task = find_task(state, command)
    action = allowed(definition, state, command, task)
    _check(action, state, command, task, world)
    _check_part(definition, state, command, task, world)
    after = _recorded(state, command, action, task, world)
    if action.vote is Vote.YES and (waiting := _still_deciding(definition, after, task)):
        return _one_vote(after, state, command, task, waiting)
    target = _target(definition, after, command, action, world)
    if target == SAME:
        return _stay(definition, state, after, command, action, task, world)
    return _move(definition, state, after, command, action, target, task, world)


def join(state: CaseState, person: str) -> Decision | None:
    """Let one more person hear what comes of an open case; None if that person hears it already."""
    if not state.is_open:
        raise Refused("case_closed", result=state.result)
    if person in (*state.cast.told, *state.cast.villagers()):
        return None
    after = replace(state, cast=replace(state.cast, told=(*state.cast.told, person)))
    return Decision(after, "acted", "join", state.stage, {"values": {}})


def late(definition: Definition, state: CaseState, clock_name: str, step_index: int, world: World) -> Decision | None:
    """Take a late step of a clock; None when the clock rests, was kept, or took that step already."""
    clock = state.clocks.get(clock_name)
    if not state.is_open or clock is None or not clock.is_running or clock.fired != step_index:
        return None
    step = clock.late[step_index]
    after = replace(state, clocks={**state.clocks, clock_name: replace(clock, fired=step_index + 1)})
    data = {"clock": clock_name, "step": step_index, "do": step.do.value}
    decision = Decision(after, "late", step.do.value, state.stage, data)
    match step.do:
        case LateDo.DIGEST:
            tasks = tuple(task.id for task in state.tasks if task.kind is TaskKind.STAGE)
            return replace(decision, in_digest=tasks)
        case LateDo.ASK_LEADER | LateDo.DUTY_PHONES:
            return _side_task(decision, step, world)
        case LateDo.TELL:
            what = (TellWhat(who=step.who, text=step.text),) if step.who and step.text else ()
            return replace(decision, told=_tell(what, after, world))
        case LateDo.CLOSE:
            return _close_late(decision, step, definition, world)
        case LateDo.ACT:
            return _act_late(decision, step, definition, world)


def _check(action: Action, state: CaseState, command: Command, task: Task | None, world: World) -> None:
    if action.limit is not None and state.progress.counts.get(command.action, 0) >= action.limit:
        raise Refused("too_often", action=command.action, limit=action.limit)
    if action.before_due and promises.any_late(state.clocks, world.now, world.calendar):
        raise Refused("too_late_to_extend", action=command.action)
    if action.typed_only:
        _check_shown(state, command, task)
    missing = [name for name, field in action.needs.items() if not field.optional and name not in command.values]
    if missing:
        raise Mistake("value_missing", field=missing[0], name=action.needs[missing[0]].name)


def _check_shown(state: CaseState, command: Command, task: Task | None) -> None:
    """A decision is for the paper that was shown: by the card that was tapped, else by the task's own code."""
    if command.via is Via.VOICE:
        raise Refused("not_by_voice", action=command.action)
    if state.about and command.via is not Via.DELIVERY:
        seen = command.shown if command.via is Via.CARD else task.about if task else ""
        if seen != state.about:
            raise Refused("paper_changed", action=command.action)


def _check_part(definition: Definition, state: CaseState, command: Command, task: Task | None, world: World) -> None:
    """Who has another part in the case does not act here, however the task came to that person."""
    if task is None or task.kind is not TaskKind.STAGE or command.by is None:
        return
    if command.by in left_out(definition, state, state.stage, world):
        raise Refused("another_part", action=command.action)


def _recorded(state: CaseState, command: Command, action: Action, task: Task | None, world: World) -> CaseState:
    """The state with what the action says of itself: values, counts, who decided, assignee, longer clocks."""
    counts = {**state.progress.counts, command.action: state.progress.counts.get(command.action, 0) + 1}
    decided = dict(state.progress.decided)
    if command.by and task and task.kind is TaskKind.STAGE:
        decided[state.stage] = tuple(dict.fromkeys((*decided.get(state.stage, ()), command.by)))
    assignee = command.by if action.assign == "me" else command.values.get(action.assign or "", state.cast.assignee)
    cast = replace(state.cast, assignee=assignee)
    if action.names and command.by:
        cast = replace(cast, affected=command.by, spoke=command.by, told=(command.by,))
    clocks = state.clocks
    if action.extend_by:
        clocks = promises.extended(clocks, int(command.values[action.extend_by]), world.calendar)
    return replace(
        state,
        cast=cast,
        fields={**state.fields, **command.values},
        progress=replace(state.progress, counts=counts, decided=decided),
        clocks=clocks,
    )


def _still_deciding(definition: Definition, state: CaseState, task: Task | None) -> tuple[str, ...]:
    """Who of several has still to say yes: the next in order, or the others at once."""
    mode = definition.stage(state.stage).mode
    if mode is ApprovalMode.IN_ORDER:
        return state.progress.queue[:1]
    if mode is ApprovalMode.ALL:
        return tuple(other.person for other in state.tasks if other.kind is TaskKind.STAGE and other != task)
    return ()


def _one_vote(
    after: CaseState, state: CaseState, command: Command, task: Task | None, waiting: tuple[str, ...]
) -> Decision:
    """One yes of several: the stage stays, the voter's task is done, in order the next one gets a task."""
    new_tasks = tuple(NewTask(TaskKind.STAGE, person) for person in after.progress.queue[:1])
    queue = after.progress.queue[1:]
    tasks = tuple(other for other in after.tasks if other != task)
    data = {"values": dict(command.values), "waiting": len(waiting) + len(queue)}
    after = replace(after, tasks=tasks, progress=replace(after.progress, queue=queue))
    ended = {task.id: "done"} if task else {}
    return Decision(after, "acted", command.action, state.stage, data, new_tasks, ended)


def _target(definition: Definition, state: CaseState, command: Command, action: Action, world: World) -> str:
    if not state.is_open and definition.workflow.reopen_to and command.action in house().closed:
        return definition.workflow.reopen_to
    return choose(action.to, values(state, {"office_hours": world.calendar.is_working(world.now)}))


def _stay(
    definition: Definition, state: CaseState, after: CaseState, command: Command, action: Action, task: Task | None,
    world: World,
) -> Decision:  # fmt: skip
    """The stage stays. A side task is done with; a new assignee takes the stage over."""
    ended = {task.id: "done"} if task and task.kind is not TaskKind.STAGE else {}
    new_tasks: tuple[NewTask, ...] = ()
    if action.assign and after.cast.assignee:
        _check_may_take(definition, after, after.cast.assignee, world)
        ended |= {other.id: "withdrawn" for other in state.tasks if other.kind is TaskKind.STAGE}
        new_tasks = (NewTask(TaskKind.STAGE, after.cast.assignee),)
    tasks = tuple(other for other in after.tasks if other.id not in ended)
    data = {"values": dict(command.values)} | ({"assignee": after.cast.assignee} if action.assign else {})
    after = replace(after, tasks=tasks)
    told = _tell(action.tell, after, world)
    return Decision(after, "acted", command.action, state.stage, data, new_tasks, ended, told=told, do=action.do)


def _check_may_take(definition: Definition, state: CaseState, person: str, world: World) -> None:
    """A restricted case, or a stage that keeps people apart, is given only to those who were named for it."""
    stage = definition.stage(state.stage)
    without = left_out(definition, state, state.stage, world)
    if definition.workflow.restricted is not None:
        named = resolve(stage.who, state.cast, world.facts, state.fields, without)
    elif stage.without:
        each = (Who("", (choice,)) for choice in stage.who.choices)
        named = tuple(one for who in each for one in resolve(who, state.cast, world.facts, state.fields, without))
    else:
        return
    if person not in named:
        raise Refused("not_allowed_here", action="reassign")


def _move(
    definition: Definition, state: CaseState, after: CaseState, command: Command, action: Action, target: str,
    task: Task | None, world: World,
) -> Decision:  # fmt: skip
    ended = {other.id: "done" if other == task else "withdrawn" for other in state.tasks}
    after = replace(after, tasks=(), result=(action.result or "done") if target == CLOSED else "")
    after, new_tasks = _enter(definition, after, target, world)
    told = _tell(action.tell, after, world)
    if target != CLOSED:
        told += _tell(definition.stage(target).tell, after, world)
    data: dict[str, Any] = {"to": target, "values": dict(command.values)}
    if target == CLOSED:
        data["result"] = after.result
    return Decision(
        after, "acted", command.action, state.stage, data, new_tasks, ended, told=_once(told), do=action.do
    )  # fmt: skip


def _enter(definition: Definition, state: CaseState, name: str, world: World) -> tuple[CaseState, tuple[NewTask, ...]]:
    """Come to a stage: clocks follow, and those who may act get a task each."""
    clocks = promises.entered(definition, state.clocks, name, state.fields, world.now, world.calendar)
    state = replace(state, stage=name, clocks=clocks, progress=replace(state.progress, queue=()))
    if name == CLOSED or definition.stage(name).waits is Waits.MACHINE:
        return state, ()
    people = _staff(definition, state, name, world)
    if definition.stage(name).mode is ApprovalMode.IN_ORDER:
        state = replace(state, progress=replace(state.progress, queue=people[1:]))
        people = people[:1]
    return state, tuple(NewTask(TaskKind.STAGE, person) for person in people)


def _staff(definition: Definition, state: CaseState, name: str, world: World) -> tuple[str, ...]:
    """Who may act in a stage; nobody decides on what is his or her own matter where the stage says so."""
    stage = definition.stage(name)
    without = left_out(definition, state, name, world)
    return resolve(stage.who, state.cast, world.facts, state.fields, without)


def staff(definition: Definition, state: CaseState, world: World) -> tuple[str, ...]:
    """Say who may act in the stage where a case stands, as the directory is now."""
    return _staff(definition, state, state.stage, world)


def left_out(definition: Definition, state: CaseState, name: str, world: World) -> frozenset[str]:
    """Who may never act in a stage, for a part played elsewhere; deputies of such people neither."""
    found: set[str | None] = set()
    for word in definition.stage(name).without:
        if word == Part.VILLAGER:
            found.update(state.cast.villagers())
        elif word == Part.WRITER:
            found.add(state.cast.wrote)
        elif word == "deciders":
            others = (people for stage, people in state.progress.decided.items() if stage != name)
            found.update(person for people in others for person in people)
        elif isinstance(person := state.fields.get(word), str):
            found.add(person)
    deputies = (one for one, absent in world.facts.stands_in.items() if absent & found)
    return frozenset(person for person in (*found, *deputies) if person)


def _tell(what: tuple[TellWhat, ...], state: CaseState, world: World) -> tuple[Told, ...]:
    told: list[Told] = []
    for one in what:
        if not applies(one, state):
            continue
        if any(choice.word == Part.VILLAGER for choice in one.who.choices):
            people = state.cast.told or state.cast.villagers()
        else:
            people = resolve(one.who, state.cast, world.facts, state.fields)
        told += (Told(person, one.text, one.urgent) for person in people)
    return tuple(told)


def applies(one: TellWhat, state: CaseState) -> bool:
    """Say whether a sentence is for this case."""
    return one.when is None or one.when.holds(values(state))


def _once(told: tuple[Told, ...]) -> tuple[Told, ...]:
    return tuple(dict.fromkeys(told))


def _side_task(decision: Decision, step: LateStep, world: World) -> Decision:
    """Ask a leader, or let the duty phone; whoever was asked already is not asked twice."""
    kind = TaskKind.LEADER if step.do is LateDo.ASK_LEADER else TaskKind.DUTY
    state = decision.state
    busy = any(task.kind is kind for task in state.tasks)
    people = resolve(step.who, state.cast, world.facts, state.fields) if step.who and not busy else ()
    return replace(decision, new_tasks=tuple(NewTask(kind, person) for person in people[:1]))


def _close_late(decision: Decision, step: LateStep, definition: Definition, world: World) -> Decision:
    ended = {task.id: "withdrawn" for task in decision.state.tasks}
    result = step.result or "unanswered"
    after, _ = _enter(definition, replace(decision.state, tasks=(), result=result), CLOSED, world)
    told = _tell((TellWhat(who=step.who, text=step.text),), after, world) if step.who and step.text else ()
    data = {**decision.data, "to": CLOSED, "result": result}
    return replace(decision, state=after, ended=ended, data=data, told=told)


def _act_late(decision: Decision, step: LateStep, definition: Definition, world: World) -> Decision:
    """The clock does an action of the stage, as a person would."""
    name = step.action or ""
    action = definition.stage(decision.state.stage).actions[name]
    command = Command(name, None, via=Via.CLOCK)
    after = _recorded(decision.state, command, action, None, world)
    target = _target(definition, after, command, action, world)
    acted = _move(definition, decision.state, after, command, action, target, None, world)
    return replace(acted, kind="late", data={**decision.data, **acted.data})
