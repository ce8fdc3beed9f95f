"""A service broken on purpose, once in each place: what no rehearsal notices is not tested.

Each transition leads elsewhere, each deadline is a season away, each role is somebody else's, each sentence is another.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from skills import scenarios
from skills.folders import content_of
from skills.manifest import Manifest
from skills.registry import Skill
from skills.rehearsal.hall import Hall
from skills.scenarios import Scenario
from skills.sheets import Path_
from workflows.definition import CLOSED, SAME

SEASON = "90 days"
OTHERS = ("building of town", "civil_affairs of town")
"""Somebody of the rehearsed town who has no part in most services."""


class Broken(StrEnum):
    """What was broken."""

    TRANSITION = "transition"
    DEADLINE = "deadline"
    ROLE = "role"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A service with one thing broken."""

    what: Broken
    where: str
    skill: Skill


@dataclass(frozen=True, slots=True)
class Survivor:
    """A break that no rehearsal noticed."""

    what: str
    where: str


def mutants(skill: Skill) -> Iterator[Mutant]:
    """Break one thing after the other."""
    content = content_of(skill.manifest)
    for what, path, value in _breaks(content):
        broken = _with(content, path, value)
        try:
            manifest = Manifest.model_validate(broken)
        except ValidationError:
            continue
        definition = manifest.definition(skill.id)
        where = ".".join(map(str, path))
        yield Mutant(what, where, replace(skill, manifest=manifest, definition=definition, files=_marked(skill, where)))


def survivors(skill: Skill, hall: Hall, told: Callable[[Mutant, bool], None] = lambda _, __: None) -> list[Survivor]:
    """Play the rehearsals on every mutant until one of them fails; returns those on which none does."""
    played = [one.scenario for one in scenarios.of(skill.id, skill.files) if one.scenario]
    found = []
    for mutant in mutants(skill):
        caught = _first_failure(mutant, played, hall)
        told(mutant, caught is not None)
        if caught is None:
            found.append(Survivor(mutant.what.value, mutant.where))
        else:
            played.remove(caught)
            played.insert(0, caught)  # what caught the last is likely to catch the next of the same stage
    return found


def _first_failure(mutant: Mutant, played: list[Scenario], hall: Hall) -> Scenario | None:
    for scenario in played:
        try:
            is_good = hall.play(mutant.skill, scenario).passed
        except Exception:  # a broken service may stop a rehearsal in any way: it is noticed all the same
            is_good = False
        if not is_good:
            return scenario
    return None


def _marked(skill: Skill, where: str) -> dict[str, str]:
    """Give a mutant a version of its own: versions are kept by the hash of their files."""
    return {**skill.files, "broken.md": where}


def _with(content: dict[str, Any], path: Path_, value: Any) -> dict[str, Any]:
    found = deepcopy(content)
    at: Any = found
    for part in path[:-1]:
        at = at[part]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return found


def _breaks(content: dict[str, Any]) -> Iterator[tuple[Broken, Path_, Any]]:
    workflow = content["workflow"]
    at: Path_ = ("workflow",)
    yield from _transitions(workflow, at)
    yield from _deadlines(workflow, at)
    yield from _roles(workflow, at)
    yield from ((Broken.TEXT, ("texts", name), "?") for name in content.get("texts", {}))


def _actions(workflow: dict[str, Any], at: Path_) -> Iterator[tuple[Path_, dict[str, Any]]]:
    """List all actions with their paths."""
    for stage, spec in workflow["stages"].items():
        for name, action in spec.get("actions", {}).items():
            yield (*at, "stages", stage, "actions", name), action
    for name, action in workflow.get("villager", {}).items():
        yield (*at, "villager", name), action


def _transitions(workflow: dict[str, Any], at: Path_) -> Iterator[tuple[Broken, Path_, Any]]:
    for path, action in _actions(workflow, at):
        to = action.get("to", SAME)
        if isinstance(to, str):
            yield Broken.TRANSITION, (*path, "to"), _elsewhere(to)
            continue
        for index, branch in enumerate(to):
            yield Broken.TRANSITION, (*path, "to", index, "is"), _elsewhere(branch["is"])
    start = workflow["start"]
    others = [name for name in workflow["stages"] if name != start]
    if isinstance(start, str) and others:
        yield Broken.TRANSITION, (*at, "start"), others[-1]


def _elsewhere(target: str) -> str:
    """Where a broken action leads: what ended stays, what went on ends."""
    return SAME if target == CLOSED else CLOSED


def _deadlines(workflow: dict[str, Any], at: Path_) -> Iterator[tuple[Broken, Path_, Any]]:
    for name, stage in workflow["stages"].items():
        path = (*at, "stages", name)
        if "within" in stage:
            yield Broken.DEADLINE, (*path, "within"), SEASON
        if "until_field" in stage:
            yield Broken.DEADLINE, (*path, "until_field"), None
    for name in workflow.get("clocks", {}):
        yield Broken.DEADLINE, (*at, "clocks", name, "within"), SEASON


def _roles(workflow: dict[str, Any], at: Path_) -> Iterator[tuple[Broken, Path_, Any]]:
    for name, stage in workflow["stages"].items():
        path = (*at, "stages", name)
        if "who" in stage:
            yield Broken.ROLE, (*path, "who"), _somebody_else(stage["who"])
        yield from _told(stage.get("tell", []), path)
    yield from _told(workflow.get("tell", []), at)
    for path, action in _actions(workflow, at):
        yield from _told(action.get("tell", []), path)
    for group in ("stages", "clocks"):
        for name, owner in workflow.get(group, {}).items():
            for index, step in enumerate(owner.get("late") or ()):
                if step.get("who"):
                    yield Broken.ROLE, (*at, group, name, "late", index, "who"), _somebody_else(step["who"])


def _told(tells: list[dict[str, Any]], path: Path_) -> Iterator[tuple[Broken, Path_, Any]]:
    for index, one in enumerate(tells):
        yield Broken.ROLE, (*path, "tell", index, "who"), _somebody_else(one.get("who", "villager"))


def _somebody_else(who: str) -> str:
    return next((other for other in OTHERS if other.split()[0] not in who), OTHERS[0])
