"""How a case goes from stage to stage: into branches and out of them, back, straight on again, past what needs nobody.

Pure. What the people of one stage do among themselves is in `signing.py`; who is told of it in `telling.py`.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from workflows.definition import CLOSED, JOINED, SAME, Action, BranchOf, Definition, Stage, Waits, choose
from workflows.flow import signing, staffing, trails
from workflows.flow.approval import Back, IfNobody, IfOwn, SamePerson
from workflows.flow.permissions import values
from workflows.flow.signing import Lines
from workflows.state import CaseState, Standing, World

T = TypeVar("T")


class Passed(Struct, frozen=True):
    """People who were not asked again; `action` is what counts as done for them."""

    stage: str
    action: str
    why: str
    people: tuple[str, ...]


class Arrival(Struct, frozen=True):
    """A case on its way: the stages that it has come to now, and what it went past."""

    state: CaseState
    fresh: tuple[str, ...] = ()
    passed: tuple[Passed, ...] = ()


class Flow:
    """The ways of one definition, in the world as it is now."""

    def __init__(self, definition: Definition, world: World) -> None:
        self._definition = definition
        self._workflow = definition.workflow
        self._world = world

    def target(self, action: Action, state: CaseState) -> str:
        """Say where an action leads."""
        first = action.to[0]
        return first.is_ if first.when is None else choose(action.to, self._facts(state))

    def go(self, arrival: Arrival, at: str, target: str) -> Arrival:
        """Go on from a stage to another, to the end of its branch, or out of all branches."""
        if target == JOINED:
            return self._joined(arrival, at)
        found = self._workflow.branch_of(target)
        if found is None:
            return self._main(arrival, target)
        where = arrival.state.where
        if where.stage != found[0]:
            return self._into_branch(arrival, *found, target)
        trail = self._cut(where.trail, target)
        return self._enter(arrival, replace(where, places=_but(where.places, at, target), trail=trail), target)

    def back(self, arrival: Arrival, at: str, target: str, *, straight: bool) -> Arrival:
        """Send a case back; with `straight` it comes directly to where it stands now once that stage is through."""
        before = arrival.state
        is_beside = before.stage == (self._workflow.branch_of(target) or ("",))[0]
        after = self.go(arrival, at, target)
        if not straight:
            return after
        saved = before.where
        if is_beside:
            saved = replace(
                saved,
                places={at: saved.places.get(at, ())},
                returns={at: saved.returns[at]} if at in saved.returns else {},
            )
        where = replace(after.state.where, returns={**after.state.where.returns, target: saved})
        agreed = {name: people for name, people in before.progress.agreed.items() if name != target}
        progress = replace(after.state.progress, agreed=agreed)
        return replace(after, state=replace(after.state, where=where, progress=progress))

    def straight_on(self, arrival: Arrival, at: str) -> Arrival:
        """Go from a stage to which a case was sent back directly to where it stood then."""
        where = arrival.state.where
        saved = where.returns[at]
        fresh = (*arrival.fresh, *saved.places)
        if saved.stage == where.stage:
            places = {**_but(where.places, at), **saved.places}
            trail = tuple(dict.fromkeys((*where.trail, *saved.trail)))
            saved = replace(where, places=places, trail=trail, returns={**_but(where.returns, at), **saved.returns})
        return replace(arrival, state=replace(arrival.state, where=saved), fresh=fresh)

    def _main(self, arrival: Arrival, name: str) -> Arrival:
        old = arrival.state.where
        if name == CLOSED:
            return replace(arrival, state=replace(arrival.state, where=Standing(CLOSED, trail=old.trail)))
        where = Standing(name, trail=self._cut(old.trail, name))
        if self._definition.stage(name).branches:
            return self._fork(arrival, where, name)
        return self._enter(arrival, where, name)

    def _fork(self, arrival: Arrival, where: Standing, name: str) -> Arrival:
        """Begin all branches whose condition holds; where none does, go on at once."""
        state = arrival.state
        facts = self._facts(state)
        stage = self._definition.stage(name)
        ways = [one for one in stage.branches if one.when is None or one.when.holds(facts)]
        firsts = tuple(one.stages[0] for one in ways)
        places = {first: self.seated(state, first) for first in firsts}
        where = replace(where, places=places, trail=(*where.trail, name, *firsts))
        after = self._standing(arrival, where, (name, *firsts))
        if not firsts:
            return self.go(after, name, choose(stage.to, facts))
        for first in firsts:
            if after.state.stage == name and first in after.state.where.places:
                after = self.past(after, first)
        return after

    def _into_branch(self, arrival: Arrival, fork: str, branch: BranchOf, name: str) -> Arrival:
        """Come back into one branch after all have been through: the others stay as they are."""
        trail = self._cut(arrival.state.where.trail, name)
        others = (one.stages[0] for one in self._definition.stage(fork).branches if one is not branch)
        joined = tuple(first for first in others if first in trail)
        return self._enter(arrival, Standing(fork, {}, joined, trail), name)

    def _joined(self, arrival: Arrival, at: str) -> Arrival:
        """One branch is through; with the last of them the case goes on."""
        found = self._workflow.branch_of(at)
        if found is None:
            raise LookupError(f"{at} lies in no branch")
        fork, branch = found
        where = arrival.state.where
        joined = (*where.joined, branch.stages[0])
        where = replace(where, places=_but(where.places, at), joined=joined, returns=_but(where.returns, at))
        state = replace(arrival.state, where=where)
        after = replace(arrival, state=state)
        if where.places:
            return after
        return self.go(after, fork, choose(self._definition.stage(fork).to, self._facts(state)))

    def _enter(self, arrival: Arrival, where: Standing, name: str) -> Arrival:
        places = {**where.places, name: self.seated(arrival.state, name)}
        returns = {one: saved for one, saved in where.returns.items() if one in places}
        where = Standing(where.stage, places, where.joined, (*where.trail, name), returns)
        return self.past(self._standing(arrival, where, (name,)), name)

    def seated(self, state: CaseState, name: str, signed: Sequence[str] = ()) -> Lines:
        """Find who signs in a stage that is entered now, or has to be filled and was `signed` by some."""
        stage = self._definition.stage(name)
        if stage.waits is Waits.MACHINE:
            return ()
        people = staffing.staff(self._definition, state, name, self._world)
        return signing.seat(tuple(one for one in people if one not in signed), stage.mode)

    def _standing(self, arrival: Arrival, where: Standing, fresh: tuple[str, ...]) -> Arrival:
        """Put a case where it stands now; what was agreed after the stages that are entered anew counts no more."""
        progress, entered = arrival.state.progress, set(fresh)
        agreed = {n: p for n, p in progress.agreed.items() if n in where.trail and n not in entered}
        if agreed != progress.agreed:
            progress = replace(progress, agreed=agreed)
        state = replace(arrival.state, where=where, progress=progress)
        return Arrival(state, (*arrival.fresh, *fresh), arrival.passed)

    def past(self, arrival: Arrival, name: str) -> Arrival:
        """Go past a stage that needs nobody: all have said yes already, or there is nobody and that counts as yes."""
        state, stage = arrival.state, self._definition.stage(name)
        action, lines = stage.yes(), state.where.places.get(name, ())
        if not action or stage.waits is not Waits.OFFICE or any(one.stage == name for one in arrival.passed):
            return arrival
        if not lines:
            is_passed = stage.if_nobody is IfNobody.PASS
            return self._pass(arrival, Passed(name, action, "nobody", ())) if is_passed else arrival
        lines, skipped = signing.skipped(lines, self._excused(state, name), action)
        if not skipped:
            return arrival
        arrival = replace(arrival, state=with_lines(state, name, lines, skipped))
        passed = self._passed(state, name, skipped)
        if signing.is_through(lines, stage.mode):
            return self._pass(arrival, passed)
        return replace(arrival, passed=(*arrival.passed, passed))

    def past_in_line(self, state: CaseState, name: str, number: int) -> tuple[CaseState, tuple[Passed, ...]]:
        """Go past those of a line whose turn has come and who need not be asked; what was chosen there stays."""
        lines, stage = state.where.places[name], self._definition.stage(name)
        if not lines[number].waiting or not stage.yes():
            return state, ()
        line, skipped = signing.past(lines[number], self._excused(state, name))
        if not skipped:
            return state, ()
        after = with_lines(state, name, (*lines[:number], line, *lines[number + 1 :]), skipped)
        return after, (self._passed(state, name, skipped),)

    def _passed(self, state: CaseState, name: str, skipped: tuple[str, ...]) -> Passed:
        why = "own" if self._own(state, name) & set(skipped) else "same_person"
        return Passed(name, self._definition.stage(name).yes(), why, skipped)

    def _own(self, state: CaseState, name: str) -> frozenset[str]:
        """Whose matter it is, where the stage takes their yes for given."""
        if self._definition.stage(name).if_own is not IfOwn.PASS:
            return frozenset()
        return frozenset(person for person in (*state.cast.villagers(), state.cast.wrote) if person)

    def _excused(self, state: CaseState, name: str) -> frozenset[str]:
        return self._own(state, name) | self._asked_before(state, name)

    def _pass(self, arrival: Arrival, passed: Passed) -> Arrival:
        action = self._definition.stage(passed.stage).actions[passed.action]
        target = self.target(action, arrival.state)
        after = replace(arrival, passed=(*arrival.passed, passed))
        return after if target == SAME else self.go(after, passed.stage, target)

    def _asked_before(self, state: CaseState, name: str) -> frozenset[str]:
        """Who has said yes already and is not asked again."""
        agreed, same = state.progress.agreed, self._workflow.same_person
        if same is SamePerson.EACH_TIME:
            return frozenset()
        counted = set(agreed) - {name}
        if same is SamePerson.ADJACENT:
            counted = self._next_before(state.where.trail, name)
        return frozenset(person for one in counted for person in agreed.get(one, ()))

    def _next_before(self, trail: tuple[str, ...], name: str) -> set[str]:
        """The stage, or the branches, that come directly before a stage."""
        mine = self._workflow.branch_of(name)
        before = [one for one in trail[: trail.index(name)] if trails.is_before(self._definition, one, mine)]
        if not before:
            return set()
        region = self._workflow.branch_of(before[-1])
        if region is None or (mine is not None and region[0] == mine[0]):
            return {before[-1]}
        return {one for one in before if (self._workflow.branch_of(one) or ("",))[0] == region[0]}

    def _cut(self, trail: tuple[str, ...], name: str) -> tuple[str, ...]:
        """The trail up to a stage: what came after it is forgotten, other branches are not."""
        if name not in trail:
            return trail
        before, after = trail[: trail.index(name)], trail[trail.index(name) + 1 :]
        mine = self._workflow.branch_of(name)
        if mine is None:
            return before
        others = {one for way in self._definition.stage(mine[0]).branches if way is not mine[1] for one in way.stages}
        return (*before, *(one for one in after if one in others))

    def _facts(self, state: CaseState) -> dict[str, object]:
        return values(state, {"office_hours": self._world.calendar.is_working(self._world.now)})


def back_to(stage: Stage, earlier: tuple[str, ...], wanted: str) -> str:
    """Choose the stage to which a case is sent back; empty when there is none, or not that one."""
    if not earlier:
        return ""
    if stage.back is Back.START:
        return earlier[0]
    if stage.back is Back.ANY and wanted:
        return wanted if wanted in earlier else ""
    return earlier[-1]


def with_lines(state: CaseState, name: str, lines: Lines, agreed: tuple[str, ...] = ()) -> CaseState:
    """Put other lines of signers into a stage where a case stands, and remember who said yes there."""
    where = replace(state.where, places={**state.where.places, name: lines})
    if not agreed:
        return replace(state, where=where)
    known = state.progress.agreed
    people = {**known, name: tuple(dict.fromkeys((*known.get(name, ()), *agreed)))}
    return replace(state, where=where, progress=replace(state.progress, agreed=people))


def _but(places: Mapping[str, T], *names: str) -> dict[str, T]:
    return {name: one for name, one in places.items() if name not in names}
