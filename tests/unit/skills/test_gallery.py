"""Services that clerks have made from the guide, for towns to take over: whole, played, and cheap in pushes."""

from functools import partial
from pathlib import Path

import pytest

from skills import checks, registry, scenarios
from skills.rehearsal.hall import Hall
from tests.unit.skills.playing import loaded_of, rehearsals_of, skill_in

ROOT = Path(registry.__file__).with_name("gallery")
LOADED = loaded_of(ROOT)
skill_of = partial(skill_in, LOADED)
FEW_PUSHES = sorted(LOADED.keys() & {"tables_lending", "well_queue", "visits"})


@pytest.mark.parametrize(("name", "played"), rehearsals_of(LOADED))
def test_scenario(place: Hall, name: str, played: scenarios.Played) -> None:
    assert played.scenario, played.problems
    result = place.play(skill_of(name), played.scenario)
    assert result.passed, f"step {result.step}: {result.why}"


@pytest.mark.parametrize("name", FEW_PUSHES)
def test_what_is_lent_queued_for_or_visited_costs_three_pushes_at_most(name: str) -> None:
    assert checks.price(skill_of(name)).pushes <= 3


def test_none_is_offered_before_a_town_takes_it_over() -> None:
    assert not LOADED.keys() & {one.id for one in registry.house()}
