"""What offices do with those who sign: ask somebody before or after, hand on, take out, send back, take back. Pure.

Each is an action of the house (`presets.yaml`) with `sign:`; a service has them without writing them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from township.errors import Mistake, Refused
from workflows.clocks import promises
from workflows.definition import CLOSED, Action, Waits
from workflows.flow import moves, signing, staffing, steps, telling, trails
from workflows.flow.approval import ApprovalMode, Sign, Vote
from workflows.flow.moves import Arrival, Passed
from workflows.flow.steps import Step
from workflows.state import CaseState, Decision, Told


def do(step: Step, after: CaseState) -> Decision:
    """Do an action of the house that changes who signs."""
    sign = step.action.sign
    if sign is None:
        raise LookupError(f"{step.command.action} changes nothing of who signs")
    return _ACTS[sign](step, after)


def agree(step: Step, after: CaseState) -> Decision:
    """Somebody who was asked besides has no objection; the last of a line carries out what was chosen before."""
    return signs(step, after, step.command.action)


def signs(step: Step, after: CaseState, name: str) -> Decision:
    """Whoever acts signs in its line; once all that are needed have, what was chosen there is carried out."""
    number = step.my_line()
    is_named = not step.lines[number].signers[step.lines[number].at].is_asked
    lines = signing.signed(step.lines, number, name)
    says_yes = is_named and step.action.vote is Vote.YES and step.command.by
    after = moves.with_lines(after, step.at, lines, (step.command.by,) if says_yes and step.command.by else ())
    passed: tuple[Passed, ...] = ()
    if not signing.is_looking_first(step.lines[number]):
        after, passed = step.flow.past_in_line(after, step.at, number)
    if not _is_settled(step, after, number):
        return _waits(step, after, passed)
    return _settles(step, Arrival(after, passed=passed), number)


def counts(step: Step) -> bool:
    """Say whether an action is a signature: a vote, or what one does alone in a stage that any of several may do."""
    return step.action.vote is Vote.YES or _mode(step) is ApprovalMode.ANY


def _waits(step: Step, after: CaseState, passed: tuple[Passed, ...]) -> Decision:
    """One of several has signed: nothing is told or done yet, the next in the line gets a task."""
    silent = step.action.model_copy(update={"tell": (), "do": ()})
    left = sum(len(line.waiting) for line in after.where.places[step.at])
    about = {"waiting": left, **steps.passed_data(Arrival(after, passed=passed))}
    decision = steps.stays(replace(step, action=silent), after, about, done=True)
    return steps.remembered(step, decision, silent)


def _is_settled(step: Step, after: CaseState, number: int) -> bool:
    """Say whether nobody is left in a line, nor in those beside it that are needed too."""
    lines = after.where.places[step.at]
    return lines[number].head is None and signing.is_through(lines, _mode(step))


def _settles(step: Step, arrival: Arrival, number: int) -> Decision:
    """Carry out what was chosen in a line that is through."""
    line = arrival.state.where.places[step.at][number]
    action = step.definition.stage(step.at).actions[line.settled]
    decider = line.by if line.by != step.command.by else None
    target = step.flow.target(action, arrival.state)
    return carries_out(step, arrival.state, line.settled, action, target, decider, arrival.passed)


def carries_out(
    step: Step, after: CaseState, name: str, action: Action, target: str, decider: str | None = None,
    passed: tuple[Passed, ...] = (),
) -> Decision:  # fmt: skip
    """Carry out an action by which the case goes on; from where it was sent back, straight to who sent it."""
    where, arrival = after.where, Arrival(after, passed=passed)
    is_on = steps.is_positive(action, target) and target not in (CLOSED, *where.trail)
    if step.at in where.returns and is_on and name in step.definition.stage(step.at).actions:
        arrival = step.flow.straight_on(arrival, step.at)
        target = arrival.state.stage
    else:
        arrival = step.flow.go(arrival, step.at, target)
    return steps.moves(step, arrival, name, action, target, decider)


def _disagree(step: Step, after: CaseState) -> Decision:
    lines = signing.objected(step.lines, step.my_line())
    return steps.stays(step, moves.with_lines(after, step.at, lines), done=True)


def _before(step: Step, after: CaseState) -> Decision:
    return _put(step, after, before=True)


def _after(step: Step, after: CaseState) -> Decision:
    return _put(step, after, before=False)


def _put(step: Step, after: CaseState, *, before: bool) -> Decision:
    person = _named(step, "to")
    may = staffing.may_look if before else _may_sign_after
    if not may(step.definition, after, step.at, person, step.world):
        raise Refused("not_allowed_here", action=step.command.action)
    lines = signing.put(step.lines, step.my_line(), person, before=before)
    return steps.stays(step, moves.with_lines(after, step.at, lines), {"asked": person})


def _may_sign_after(*asked: Any) -> bool:
    definition, state, name, person, world = asked
    is_apart = person not in staffing.left_out(definition, state, name, world)
    return is_apart and staffing.may_look(definition, state, name, person, world)


def _drop(step: Step, after: CaseState) -> Decision:
    """Take out whom one asked; that needs no task, for one waits for that person.

    Where nobody else was waited for, what was chosen before is carried out.
    """
    person, by = _named(step, "whom"), step.command.by or ""
    for name, lines in after.where.places.items():
        if person in signing.asked_by(lines, by):
            there, after = (
                replace(step, at=name, task=None),
                moves.with_lines(after, name, signing.dropped(lines, by, person)),
            )
            number = signing.changed(lines, after.where.places[name])
            if _is_settled(there, after, number):
                return _settles(there, Arrival(after), number)
            return steps.stays(there, after, {"dropped": person})
    raise Refused("not_asked_by_you", person=person)


def _hand_on(step: Step, after: CaseState) -> Decision:
    """Give one's place to somebody else; a stage that any of several may do goes to that person as a whole."""
    to, number = _named(step, "to"), step.my_line()
    line = step.lines[number]
    is_asked = line.signers[line.at].is_asked
    may = staffing.may_take if not is_asked else _may_sign_after if line.settled else staffing.may_look
    if not may(step.definition, after, step.at, to, step.world):
        raise Refused("not_allowed_here", action=step.command.action)
    whole = _mode(step) is ApprovalMode.ANY and not is_asked
    lines = (line,) if whole else step.lines
    lines = signing.handed_on(lines, 0 if whole else number, to)
    if whole:
        after = replace(after, cast=replace(after.cast, assignee=to))
    return steps.stays(step, moves.with_lines(after, step.at, lines), {"assignee" if whole else "handed_to": to})


def _back(step: Step, after: CaseState) -> Decision:
    """Send the case back; who sends it back decides nothing, and what was agreed since then counts no more."""
    step.my_line()
    stage = step.definition.stage(step.at)
    wanted = str(step.command.values.get(trails.BACK_TO, ""))
    target = moves.back_to(stage, trails.earlier(step.definition, after.where, step.at), wanted)
    if not target:
        raise Mistake("no_such_step", field=trails.BACK_TO, name=wanted)
    straight = bool(step.command.values.get("straight"))
    arrival = step.flow.back(Arrival(after), step.at, target, straight=straight)
    if not straight:
        arrival = _forgotten(arrival, after, target)
    decision = steps.moves(step, arrival, step.command.action, step.action, target, undoes=False)
    return replace(decision, data={**decision.data, "straight": straight})


def _forgotten(arrival: Arrival, before: CaseState, target: str) -> Arrival:
    """What was decided from a stage on counts no more when all is gone through again."""
    progress = arrival.state.progress
    void = {target, *before.where.trail} - set(arrival.state.where.trail) | {target}
    decided = {name: people for name, people in progress.decided.items() if name not in void}
    return replace(arrival, state=replace(arrival.state, progress=replace(progress, decided=decided)))


def _take_back(step: Step, after: CaseState) -> Decision:
    """Put the case back to where it stood before one's own last step, while nobody else has acted."""
    undo = step.before.progress.undo
    if undo is None or undo.by != step.command.by:
        raise Refused("not_now", action=step.command.action)
    progress = replace(after.progress, decided=undo.decided, agreed=undo.agreed, undo=None)
    cast = replace(after.cast, assignee=undo.assignee)
    fields = {**after.fields, **undo.fields}
    fields = {name: value for name, value in fields.items() if value is not None}
    state = replace(after, where=undo.standing, cast=cast, progress=progress, fields=fields, result="")
    old, new = step.before.where, undo.standing
    fresh = tuple(name for name in new.places if name not in old.places)
    where = promises.Where(new.stage, tuple(new.places), fresh)
    world = step.world
    clocks = promises.entered(step.definition, state.clocks, where, state.fields, world.now, world.calendar)
    ended, given, kept = steps.given(step.before, state, (), None)
    told = tuple(
        Told(task.person, telling.RECALLED)
        for task in step.before.tasks
        if task.id in ended and not _is_villagers(step, task.stage or old.stage)
    )
    data = {"to": new.stage, "undone": undo.action, "at": undo.at, "values": dict(step.command.values)}
    after = replace(state, clocks=clocks, tasks=kept)
    name, before = step.command.action, step.before.stage
    return Decision(after, "acted", name, before, data, given, ended, told=telling.once(told), do=undo.do)


def _is_villagers(step: Step, stage: str) -> bool:
    return step.definition.stage(stage).waits is Waits.VILLAGER


def _mode(step: Step) -> ApprovalMode:
    return step.definition.stage(step.at).mode


def _named(step: Step, field: str) -> str:
    values: Mapping[str, Any] = step.command.values
    person = str(values[field])
    if person == step.command.by:
        raise Refused("already_asked", person=person)
    return person


_ACTS: Mapping[Sign, Callable[[Step, CaseState], Decision]] = {
    Sign.AGREE: agree,
    Sign.DISAGREE: _disagree,
    Sign.BEFORE: _before,
    Sign.AFTER: _after,
    Sign.DROP: _drop,
    Sign.HAND_ON: _hand_on,
    Sign.BACK: _back,
    Sign.TAKE_BACK: _take_back,
}
