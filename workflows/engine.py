"""The rules of a case: (definition, state, command, world) gives a Decision, or Refused. Pure.

It knows no skill, card, channel or database. `cases.py` loads the state, stores the decision, and is the only caller
besides tests. In `flow/`: ways between stages (`moves.py`), and what happens among those who sign (`acts.py`,
`signing.py`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from township.errors import Mistake, Refused
from workflows.clocks import promises
from workflows.definition import CLOSED, SAME, Action, Definition, LateDo, LateStep, TellWhat, Waits, choose
from workflows.fields import labelled
from workflows.flow import acts, leaders, moves, signing, staffing, steps, succession, telling, vacancies
from workflows.flow.approval import IfNobody, Sign
from workflows.flow.moves import Arrival, Flow
from workflows.flow.permissions import allowed, find_task, place_of
from workflows.flow.steps import Step
from workflows.flow.who import Cast
from workflows.gist import of
from workflows.house import house
from workflows.state import (
    CaseState,
    Command,
    Decision,
    NewTask,
    Progress,
    Standing,
    Task,
    TaskKind,
    Told,
    Via,
    World,
)

URGENT = "urgent"
"""The pace whose late words do not wait for the morning, as its cards do not."""


def open_case(definition: Definition, cast: Cast, fields: Mapping[str, Any], world: World) -> Decision:
    """Open a case: its pace, its clocks, its first stage and who is told."""
    workflow = definition.workflow
    pace = choose(workflow.pace, dict(fields))
    clocks = promises.promised(definition, pace, world.now)
    first = choose(workflow.start, dict(fields))
    state = CaseState(Standing(first), cast, fields, pace, clocks=clocks)
    if workflow.stages[first].if_nobody is IfNobody.REFUSE and not staff(definition, state, world):
        raise Refused("nobody_may_see", skill=definition.skill)
    arrival = Flow(definition, world).go(Arrival(state), first, first)
    where = promises.Where(arrival.state.stage, tuple(arrival.state.where.places), arrival.fresh)
    moved = promises.entered(definition, clocks, where, fields, world.now, world.calendar)
    result = "done" if arrival.state.stage == CLOSED else ""
    state = replace(arrival.state, clocks=moved, result=result)
    arrival = replace(arrival, state=state)
    _, new_tasks, _ = steps.given(state, state, (), None)
    told = telling.tell(workflow.tell, state, world) + telling.of_arrival(definition, arrival, world)
    data = {"fields": dict(fields), **steps.passed_data(arrival)}
    copied = telling.copies(definition, arrival, world, opened=True)
    decision = Decision(state, "opened", "open", "", data, new_tasks, told=telling.once(told), copied=copied)
    return _with_copies(vacancies.staffed(definition, decision, world))


def act(
    definition: Definition, state: CaseState, command: Command, world: World, action: Action | None = None
) -> Decision:  # fmt: skip
    """Do an action that the actor may do now; otherwise Refused says why. `action`: what was found to be allowed."""
    task = find_task(state, command, definition)
    action = action or allowed(definition, state, command, task)
    at = place_of(definition, state, command, task)
    step = Step(definition, state, command, action, task, at, world).numbered()
    _check(step)
    _check_part(step)
    after = _recorded(step)
    if after.progress.decided != state.progress.decided:
        after = succession.parted(definition, after, step.at, world)
    decision = vacancies.staffed(definition, _decided(step, after), world)
    return _with_copies(_copied(step, _nudged(step, decision)))


def _decided(step: Step, after: CaseState) -> Decision:
    action, name = step.action, step.command.action
    if action.sign is not None:
        return acts.do(step, after)
    target = _target(step, after)
    if target == SAME:
        return _stay(step, after)
    if step.number is not None and steps.is_positive(action, target) and acts.counts(step):
        return acts.signs(step, after, name)
    return acts.carries_out(step, after, name, action, target)


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
    at = _stage_of(clock_name, state)
    match step.do:
        case LateDo.DIGEST:
            mine = (task for task in state.tasks if task.kind is TaskKind.STAGE)
            return replace(decision, in_digest=tuple(task.id for task in mine if at in (task.stage, "", state.stage)))
        case LateDo.ASK_LEADER | LateDo.DUTY_PHONES:
            return _side_task(decision, definition, step, at, world)
        case LateDo.TELL:
            return replace(decision, told=telling.tell(_late_words(step, after), after, world))
        case LateDo.CLOSE:
            return _close_late(decision, step, definition, world)
        case LateDo.ACT:
            return _act_late(decision, step, definition, at, world)


def _late_words(step: LateStep, state: CaseState) -> tuple[TellWhat, ...]:
    """What a late step says; of an urgent case also at night."""
    is_urgent = state.pace == URGENT
    return (TellWhat(who=step.who, text=step.text, urgent=is_urgent),) if step.who and step.text else ()


def _stage_of(clock: str, state: CaseState) -> str:
    """The stage that a clock is about: its own, or where the case stands."""
    stage = clock.removeprefix(promises.STAGE_CLOCK)
    return stage if stage in state.where.places else state.stage


def _check(step: Step) -> None:
    action, state, command, world = step.action, step.before, step.command, step.world
    if action.limit is not None and state.progress.counts.get(command.action, 0) >= action.limit:
        raise Refused("too_often", action=command.action, limit=action.limit)
    if action.every and (before := state.progress.last.get(command.action)):
        again = action.every.after(datetime.fromisoformat(before), world.calendar)
        if world.now < again:
            raise Refused("too_soon", action=command.action, at=again)
    if action.before_due and promises.any_late(state.clocks, world.now, world.calendar):
        raise Refused("too_late_to_extend", action=command.action)
    if action.typed_only:
        _check_shown(state, command, step.task)
    missing = [name for name, field in action.needs.items() if not field.optional and name not in command.values]
    if missing:
        raise Mistake("value_missing", field=missing[0], name=action.needs[missing[0]].name)
    if command.by and not command.values and _only_changes(step):
        raise Mistake("nothing_given", field=labelled.ANY, names=labelled.in_one_line(action.needs))


def _only_changes(step: Step) -> bool:
    """Say whether values are all that an action brings: it leaves the case where it is, and has no word of its own."""
    action, stays = step.action, {branch.is_ for branch in step.action.to} <= {SAME, step.at}
    return action.is_loose and stays and not (action.do or action.says)


def _check_shown(state: CaseState, command: Command, task: Task | None) -> None:
    """A decision is for the paper that was shown: by the card that was tapped, else by the task's own code."""
    if command.via is Via.VOICE:
        raise Refused("not_by_voice", action=command.action)
    if state.about and command.via is not Via.DELIVERY:
        seen = command.shown if command.via is Via.CARD else task.about if task else ""
        if seen != state.about:
            raise Refused("paper_changed", action=command.action)


def _check_part(step: Step) -> None:
    """Who has another part in the case does not act here, however the task came to that person."""
    task, command = step.task, step.command
    if task is None or task.kind is not TaskKind.STAGE or command.by is None:
        return
    is_opinion = step.number is not None and _is_opinion(step)
    if not is_opinion and command.by in staffing.left_out(step.definition, step.before, step.at, step.world):
        raise Refused("another_part", action=command.action)


def _is_opinion(step: Step) -> bool:
    """Whoever was asked to look first decides nothing: who asked does."""
    line = step.lines[step.number or 0]
    return bool(line.head and line.head.is_asked and not line.settled)


def _recorded(step: Step) -> CaseState:
    """The state with what the action says of itself: values, counts, who decided, assignee, longer clocks."""
    action, command, state = step.action, step.command, step.before
    cast, assignee = state.cast, _assignee(step)
    if assignee != cast.assignee:
        cast = replace(cast, assignee=assignee)
    if action.names and command.by:
        cast = replace(cast, affected=command.by, spoke=command.by, told=(command.by,))
    clocks = state.clocks
    if action.extend_by:
        clocks = promises.extended(clocks, int(command.values[action.extend_by]), step.world.calendar)
    clocks = promises.set_anew(step.definition, clocks, command.values, step.world.calendar)
    return replace(
        state, cast=cast, fields={**state.fields, **command.values}, progress=_counted(step), clocks=clocks
    )  # fmt: skip


def _counted(step: Step) -> Progress:
    action, command, known = step.action, step.command, step.before.progress
    counts = {**known.counts, command.action: known.counts.get(command.action, 0) + 1}
    decided = dict(known.decided)
    if step.actor and step.task and step.task.kind is TaskKind.STAGE and _decides(step):
        decided[step.at] = tuple(dict.fromkeys((*decided.get(step.at, ()), step.actor)))
    last = {**known.last, command.action: step.world.now.isoformat()} if action.every else known.last
    is_remark = action.sign is None and action.assign is None and all(one.is_ == SAME for one in action.to)
    return replace(known, counts=counts, decided=decided, last=last, undo=known.undo if is_remark else None)


def _decides(step: Step) -> bool:
    """Handing on, asking others and sending back decide nothing; nor does the opinion of one who was asked."""
    if step.action.sign is None:
        return step.number is None or not _is_opinion(step)
    return step.action.sign is Sign.AGREE and not _is_opinion(step)


def _assignee(step: Step) -> str | None:
    action, command = step.action, step.command
    if action.sign is not None or action.assign is None:
        return step.before.cast.assignee
    return command.by if action.assign == "me" else command.values.get(action.assign, step.before.cast.assignee)


def _target(step: Step, state: CaseState) -> str:
    workflow = step.definition.workflow
    if not state.is_open and workflow.reopen_to and step.command.action in house().closed:
        return workflow.reopen_to
    return SAME if _is_held(step) else step.flow.target(step.action, state)


def _is_held(step: Step) -> bool:
    """What is shown to everybody does not go on while an objection to it is open."""
    stage = step.definition.workflow.stages.get(step.at)
    shown = stage.showing if stage else None
    return shown is not None and step.world.facts.objections > 0 and step.command.action == shown.over


def _stay(step: Step, after: CaseState) -> Decision:
    """The stage stays. A new assignee takes it over."""
    assignee = after.cast.assignee
    if not step.action.assign or not assignee:
        stays = steps.stays(step, after)
        is_mark = step.command.action in of(step.definition).marks.get(step.at, {})
        return steps.remembered(step, stays, step.action) if is_mark else stays
    places = [step.at] if step.at in after.where.places else list(after.where.places)
    for name in places:
        if not staffing.may_take(step.definition, after, name, assignee, step.world):
            raise Refused("not_allowed_here", action="reassign")
        lines = signing.given_over(after.where.places[name], step.definition.stage(name).mode, assignee)
        after = moves.with_lines(after, name, lines)
    return steps.stays(step, after, {"assignee": assignee})


def _nudged(step: Step, decision: Decision) -> Decision:
    """Who holds a task hears that somebody waits for it: at once in office hours, else with the next digest."""
    if not step.action.nudge:
        return decision
    stages = {name: step.definition.stage(name) for name in decision.state.where.places}
    held = [task for task in decision.state.tasks if task.kind is TaskKind.STAGE]
    held = [task for task in held if stages[task.stage or decision.state.stage].waits is Waits.OFFICE]
    if not step.world.calendar.is_working(step.world.now):
        return replace(decision, in_digest=tuple(task.id for task in held))
    told = (Told(task.person, telling.NUDGE) for task in held if task.person != step.command.by)
    return replace(decision, told=telling.once((*decision.told, *told)))


def _copied(step: Step, decision: Decision) -> Decision:
    """Somebody chose who gets a copy; nobody from whom the matter is kept."""
    chosen = telling.copy_to(step.before, step.action, step.command.values)
    for person in chosen:
        if not staffing.may_look(step.definition, step.before, step.at, person, step.world):
            raise Refused("not_allowed_here", action=step.command.action)
    return replace(decision, copied=(*decision.copied, *chosen)) if chosen else decision


def _with_copies(decision: Decision) -> Decision:
    """Who gets a copy hears of it, once in a case."""
    if not decision.copied:
        return decision
    known = decision.state.progress
    progress = replace(known, copied=(*known.copied, *decision.copied))
    told = (*decision.told, *(Told(person, telling.COPY) for person in decision.copied))
    data = {**decision.data, "copied": list(decision.copied)}
    return replace(decision, state=replace(decision.state, progress=progress), told=told, data=data)


def staff(definition: Definition, state: CaseState, world: World) -> tuple[str, ...]:
    """Say who may act in the stage where a case stands, as the directory is now."""
    return staffing.staff(definition, state, state.stage, world)


def _side_task(decision: Decision, definition: Definition, step: LateStep, at: str, world: World) -> Decision:
    """Ask a leader, or let the duty phone; whoever was asked already is not asked twice."""
    kind = TaskKind.LEADER if step.do is LateDo.ASK_LEADER else TaskKind.DUTY
    state = decision.state
    busy = any(task.kind is kind for task in state.tasks)
    people = leaders.above(step.who, definition, state, at, world) if step.who and not busy else ()
    return replace(decision, new_tasks=tuple(NewTask(kind, person, at) for person in people[:1]))


def _close_late(decision: Decision, step: LateStep, definition: Definition, world: World) -> Decision:
    tell = [{"who": step.who, "text": step.text}] if step.who and step.text else []
    ending = {"title": step.do.value, "to": CLOSED, "result": step.result or "unanswered", "tell": tell}
    action, at = Action.model_validate(ending), decision.state.stage
    by_clock = _by_the_clock(decision, definition, action, step.do.value, at, world)
    closed = acts.carries_out(by_clock, decision.state, step.do.value, by_clock.action, CLOSED)
    return _as_late(decision, closed, definition, world)


def _act_late(decision: Decision, step: LateStep, definition: Definition, at: str, world: World) -> Decision:
    """The clock does an action of the stage, as a person would."""
    name = step.action or ""
    by_clock = _by_the_clock(decision, definition, definition.stage(at).actions[name], name, at, world)
    after = _recorded(by_clock)
    acted = acts.carries_out(by_clock, after, name, by_clock.action, _target(by_clock, after))
    return _as_late(decision, acted, definition, world)


def _by_the_clock(
    decision: Decision, definition: Definition, action: Action, name: str, at: str, world: World
) -> Step:  # fmt: skip
    return Step(definition, decision.state, Command(name, None, via=Via.CLOCK), action, None, at, world)


def _as_late(decision: Decision, acted: Decision, definition: Definition, world: World) -> Decision:
    late = replace(acted, kind="late", data={**decision.data, **acted.data})
    return _with_copies(vacancies.staffed(definition, late, world))
