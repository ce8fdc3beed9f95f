"""Services that clerks have made from the guide, for towns to take over: whole, played, and cheap in pushes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from skills import checks, registry, scenarios
from skills.hall import Hall, hall
from skills.registry import Skill

ROOT = Path(registry.__file__).with_name("gallery")
LOADED = {one.id: one for one in registry.load_all(ROOT)}
PLAYED = [
    pytest.param(name, played, id=f"{name}-{played.file}")
    for name, one in LOADED.items()
    for played in scenarios.of(name, one.skill.files if one.skill else {})
]
FEW_PUSHES = sorted(LOADED.keys() & {"tables_lending", "well_queue", "visits"})


def skill_of(name: str) -> Skill:
    loaded = LOADED[name]
    assert loaded.skill, [str(one) for one in loaded.problems]
    return loaded.skill


@pytest.fixture(scope="module")
def place() -> Iterator[Hall]:
    with hall() as opened:
        yield opened


@pytest.mark.parametrize(("name", "played"), PLAYED)
def test_scenario(place: Hall, name: str, played: scenarios.Played) -> None:
    assert played.scenario, played.problems
    result = place.play(skill_of(name), played.scenario)
    assert result.passed, f"step {result.step}: {result.why}"


@pytest.mark.parametrize("name", FEW_PUSHES)
def test_what_is_lent_queued_for_or_visited_costs_three_pushes_at_most(name: str) -> None:
    assert checks.price(skill_of(name)).pushes <= 3


def test_none_is_offered_before_a_town_takes_it_over() -> None:
    assert not LOADED.keys() & {one.id for one in registry.house()}
