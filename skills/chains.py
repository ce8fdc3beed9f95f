"""Where a chain of people who must all be different cannot be staffed: played village by village. Pure rules.

One person is ill, or is the one who applies: does somebody remain for every stage? The answer names whom to appoint.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from skills.registry import Skill
from township import directory
from township.db import Tx
from workflows import calendars, census, engine
from workflows.definition import CLOSED, Definition, Stage, Waits
from workflows.state import CaseState, World
from workflows.who import Cast, Facts

SOMEBODY = "somebody"
"""An applicant without any office."""


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


def is_chain(definition: Definition) -> bool:
    """Say whether a service keeps the people of its stages apart."""
    return any("deciders" in stage.without for stage in definition.workflow.stages.values())


def gaps(tx: Tx, town_id: str, skill: Skill, at: datetime) -> list[Gap]:
    """Play a service for every village, with each person away and each as the applicant."""
    found: list[Gap] = []
    calendar = calendars.calendar_of(tx, town_id)
    for village in directory.villages_of(tx, town_id):
        facts = census.facts(tx, town_id, village.id, skill.definition, Cast(SOMEBODY), at)
        everybody = sorted({person for people in facts.holders.values() for person in people})
        for applicant, away in (("", ""), *((one, "") for one in everybody), *(("", one) for one in everybody)):
            world = World(at, calendar, _without(facts, away))
            for stage in _unstaffed(skill.definition, Cast(applicant or SOMEBODY), world):
                roles = tuple(sorted(stage.who.roles()))
                found.append(Gap(village.name, skill.manifest.name, stage.title, applicant, away, roles))
    return found


def _without(facts: Facts, away: str) -> Facts:
    holders = {key: tuple(one for one in people if one != away) for key, people in facts.holders.items()}
    return replace(facts, holders=holders)


def _unstaffed(definition: Definition, cast: Cast, world: World) -> list[Stage]:
    """Find the stages that nobody can take, whoever of those who were asked before has decided."""
    names = [name for name, stage in definition.workflow.stages.items() if _decides(stage)]
    lacking = dict.fromkeys(_play(definition, cast, world, names, {}))
    return [definition.stage(name) for name in lacking]


def _decides(stage: Stage) -> bool:
    """The stages of the usual way: in the order in which they are written, without those that only wait."""
    return bool(stage.without) and stage.waits in (Waits.OFFICE, Waits.OUTSIDE) and _goes_on(stage)


def _goes_on(stage: Stage) -> bool:
    targets = {branch.is_ for action in stage.actions.values() for branch in action.to}
    return bool(targets - {CLOSED, "check"})


def _play(
    definition: Definition, cast: Cast, world: World, names: list[str], decided: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    if not names:
        return
    name, *rest = names
    state = CaseState(name, cast, {}, "help")
    state = replace(state, progress=replace(state.progress, decided=decided))
    people = engine.staff(definition, state, world)
    if not people:
        yield name
        return
    for person in people:
        yield from _play(definition, cast, world, rest, {**decided, name: (person,)})
