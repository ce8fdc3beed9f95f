"""Where a service cannot be staffed: played village by village, with each person away, ill or applying. Pure rules.

Every way through a flow is walked, whoever of those who are asked decides: does somebody remain for every stage? The
answer names whom to appoint, and which colleagues could stand in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import structs

from skills.registry import Skill
from township import deputies, directory
from township.db import Tx
from workflows import census, gist
from workflows.clocks import calendars
from workflows.definition import CLOSED, JOINED, SAME, Action, Definition, Stage, Waits
from workflows.flow import staffing
from workflows.flow.approval import IfNobody
from workflows.flow.who import Cast, Facts, Part, Who
from workflows.state import CaseState, Progress, Standing, World

SOMEBODY = "somebody"
"""An applicant without any office."""
ACTS = frozenset({Waits.OFFICE, Waits.OUTSIDE})
"""Stages in which somebody of an office decides."""
AHEAD = timedelta(days=30)
"""So far ahead absences that were arranged are looked at."""


class When(StrEnum):
    """What stands in the way."""

    ALWAYS = "always"
    APPLIES = "applies"
    """Somebody applies who would have to decide."""
    ILL = "away"
    """Somebody is missing from one hour to the next: nobody stands in."""
    PLANNED = "planned"
    """Somebody is away as arranged, with the deputy who was named."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stage for which nobody remains."""

    village: str
    skill: str
    stage: str
    applicant: str
    """Person id; empty: anybody without office."""
    away: str
    """Person id; empty: nobody is away."""
    roles: tuple[str, ...]
    """Any of these would fill it."""
    when: When = When.ALWAYS
    on: datetime | None = None
    """The day of a planned absence."""
    could: tuple[str, ...] = ()
    """Person ids: each of these could stand in for who is away."""


def is_chain(definition: Definition) -> bool:
    """Say whether a service keeps the people of two stages apart."""
    return any(gist.of(definition).kept_apart.values())


def gaps(tx: Tx, town_id: str, skill: Skill, at: datetime) -> list[Gap]:
    """Play a service for every village: now with each person ill or applying, and on days of arranged absences."""
    calendar = calendars.calendar_of(tx, town_id)
    days = deputies.arranged(tx, town_id, at, at + AHEAD)
    found: list[Gap] = []
    for village in directory.villages_of(tx, town_id):
        facts = census.facts(tx, town_id, village.id, skill.definition, Cast(SOMEBODY), at, late=True)
        play = _Play(skill, village.name, World(at, calendar, facts))
        found += play.now()
        for day in days:
            on = census.facts(tx, town_id, village.id, skill.definition, Cast(SOMEBODY), day, late=True)
            if on.stands_in and on != facts:
                found += play.on(World(day, calendar, on))
    return found


class _Play:
    """One service in one village."""

    def __init__(self, skill: Skill, village: str, world: World) -> None:
        self._definition = skill.definition
        self._skill = skill.manifest.name
        self._village = village
        self._world = world

    def now(self) -> Iterator[Gap]:
        always = self._lacking(SOMEBODY, self._world.facts)
        yield from (self._gap(stage, When.ALWAYS) for stage in always)
        everybody = sorted({person for people in self._world.facts.holders.values() for person in people})
        for person in everybody:
            applying = self._lacking(person, self._world.facts)
            yield from (self._gap(one, When.APPLIES, applicant=person) for one in applying if one not in always)
            ill = self._lacking(SOMEBODY, _without(self._world.facts, person))
            if new := [one for one in ill if one not in always]:
                could = self._could(person, everybody, always)
                yield from (self._gap(one, When.ILL, away=person, could=could) for one in new)

    def on(self, world: World) -> Iterator[Gap]:
        """Play a day on which somebody is away as arranged; what lacks on any day is told elsewhere."""
        always = self._lacking(SOMEBODY, self._world.facts)
        absent = sorted({person for people in world.facts.stands_in.values() for person in people})
        for stage in self._lacking(SOMEBODY, world.facts):
            if stage not in always:
                yield replace(self._gap(stage, When.PLANNED, away=absent[0]), on=world.now)

    def _could(self, person: str, everybody: list[str], always: list[str]) -> tuple[str, ...]:
        """Who could hold the offices of somebody meanwhile so that nothing lacks."""
        others = (one for one in everybody if one != person)
        held = ((one, _instead(self._world.facts, person, one)) for one in others)
        return tuple(one for one, facts in held if self._lacking(SOMEBODY, facts) == always)

    def _gap(self, name: str, when: When, *, applicant: str = "", away: str = "", could: tuple[str, ...] = ()) -> Gap:
        stage = self._definition.stage(name)
        roles = tuple(sorted(stage.who.roles()))
        return Gap(self._village, self._skill, stage.title, applicant, away, roles, when, None, could)

    def _lacking(self, applicant: str, facts: Facts) -> list[str]:
        """Walk every way through the flow; the stages that nobody can take, each once."""
        workflow = self._definition.workflow
        world = structs.replace(self._world, facts=facts)
        cast = Cast(applicant, applicant, told=(applicant,))
        waiting = [(branch.is_, _state(cast, branch.is_, {})) for branch in workflow.start]
        found: dict[str, None] = {}
        seen = set()
        while waiting:
            name, state = waiting.pop()
            key = (name, state.cast.assignee, tuple(sorted(state.progress.decided.items())))
            if name in (CLOSED, SAME) or key in seen:
                continue
            seen.add(key)
            stage = self._definition.stage(name)
            people = staffing.staff(self._definition, state, name, world)
            if not people and _must_be_staffed(stage):
                found[name] = None
                continue
            for person in (people if stage.waits in ACTS else ()) or ("",):
                waiting += self._after(name, stage, state, person)
        return [name for name in workflow.stages if name in found]

    def _after(self, name: str, stage: Stage, state: CaseState, person: str) -> Iterator[tuple[str, CaseState]]:
        """Where a case may stand after somebody has decided."""
        if stage.branches:
            firsts = [way.stages[0] for way in stage.branches] + [branch.is_ for branch in stage.to]
            yield from ((first, structs.replace(state, where=Standing(first))) for first in firsts)
        decided = dict(state.progress.decided)
        if person and is_chain(self._definition):
            decided[name] = (person,)
        for action in (one for one in stage.actions.values() if not _is_never(one)):
            assignee = person if action.assign == "me" else SOMEBODY if action.assign else state.cast.assignee
            cast = structs.replace(state.cast, assignee=assignee)
            for target in self._targets(name, action):
                yield target, _state(cast, target, decided)

    def _targets(self, name: str, action: Action) -> Iterator[str]:
        for branch in action.to:
            found = self._definition.workflow.branch_of(name)
            if branch.is_ == JOINED and found is not None:
                fork = self._definition.stage(found[0])
                yield from (way.stages[0] for way in fork.branches if way is not found[1])
                yield from (one.is_ for one in fork.to)
            else:
                yield branch.is_


def _state(cast: Cast, stage: str, decided: Mapping[str, tuple[str, ...]]) -> CaseState:
    return CaseState(Standing(stage), cast, {}, "help", progress=Progress(decided=decided))


def _is_never(action: Action) -> bool:
    """Not done by anybody: only the clock takes it."""
    return action.when is not None and action.when.source == "false"


def _must_be_staffed(stage: Stage) -> bool:
    """Say whether offices are asked in a stage, and not only who has a part in the case anyway."""
    return stage.waits in ACTS and stage.if_nobody is not IfNobody.PASS and _asks(stage.who)


def _asks(who: Who) -> bool:
    return any(
        not choice.named and choice.word not in (Part.VILLAGER, Part.ASSIGNEE, Part.WRITER) for choice in who.choices
    )


def _without(facts: Facts, away: str) -> Facts:
    holders = {key: tuple(one for one in people if one != away) for key, people in facts.holders.items()}
    return structs.replace(facts, holders=holders, duty=tuple(one for one in facts.duty if one != away))


def _instead(facts: Facts, away: str, deputy: str) -> Facts:
    """A deputy holds the offices of who is away, but for those that nobody takes over who was not named for them."""
    named = {role for (role, _), people in facts.holders.items() if deputy in people}
    kept = {role.value for role in directory.RESTRICTED.values()} - named
    holders = {
        (role, of): tuple(
            dict.fromkeys(deputy if one == away else one for one in people if one != away or role not in kept)
        )
        for (role, of), people in facts.holders.items()
    }
    stands_in = {**facts.stands_in, deputy: facts.stands_in.get(deputy, frozenset()) | {away}}
    return structs.replace(facts, holders=holders, stands_in=stands_in)
