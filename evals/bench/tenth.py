"""Which rehearsals are played on phones: always the same tenth, with every service and every way a talk goes in it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from skills import scenarios
from skills.registry import Skill
from skills.scenarios import Scenario

SHARE = 10
OFFICE = range(8, 18)
"""Hours of the day in which people are told at once."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A rehearsal and the service it belongs to."""

    skill: Skill
    file: str
    scenario: Scenario

    @property
    def mark(self) -> str:
        """Its place in a row that says nothing about it."""
        return hashlib.sha256(f"{self.file} {self.scenario.scenario}".encode()).hexdigest()

    @property
    def traits(self) -> frozenset[tuple[str, str]]:
        """What it stands for: its service, and how the talk goes."""
        return frozenset({("service", self.skill.id), ("kind", self.scenario.kind.value)})


def every(skills: Sequence[Skill]) -> list[Chosen]:
    """All rehearsals of these services."""
    return [
        Chosen(skill, one.file, one.scenario)
        for skill in skills
        for one in scenarios.of(skill.id, skill.files)
        if one.scenario
    ]


def tenth(rehearsals: Sequence[Chosen]) -> list[Chosen]:
    """Choose: first whatever shows something that no other chosen one shows, then by chance that is always the same."""
    playable = sorted((one for one in rehearsals if is_for_phones(one.scenario)), key=lambda one: one.mark)
    wanted = frozenset().union(*(one.traits for one in playable))
    chosen: list[Chosen] = []
    while missing := wanted - frozenset().union(*(one.traits for one in chosen)):
        chosen.append(max(playable, key=lambda one: len(one.traits & missing)))
    rest = (one for one in playable if one not in chosen)
    while len(chosen) * SHARE < len(rehearsals):
        chosen.append(next(rest))
    return chosen


def is_for_phones(scenario: Scenario) -> bool:
    """Leave out where nobody acts and only a form asks, and what begins at night: phones are silent then."""
    return any(step.reports is not None for step in scenario.steps) and scenario.begins().hour in OFFICE
