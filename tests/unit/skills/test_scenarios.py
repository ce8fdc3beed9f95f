"""Every scenario of every skill is played on the real engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from skills import registry, scenarios
from skills.hall import Hall, hall
from skills.player import play
from township.db import Database

LOADED = registry.load_all()
PLAYED = [
    pytest.param(one.skill, played, id=played.file)
    for one in LOADED
    if one.skill
    for played in scenarios.of(one.id, one.skill.files)
]


@pytest.mark.parametrize("loaded", LOADED, ids=[one.id for one in LOADED])
def test_every_skill_of_the_house_can_be_run(loaded: registry.Loaded) -> None:
    assert loaded.problems == ()


@pytest.fixture(scope="module")
def place() -> Iterator[Hall]:
    with hall() as opened:
        yield opened


@pytest.mark.parametrize(("skill", "played"), PLAYED)
def test_scenario(place: Hall, skill: registry.Skill, played: scenarios.Played) -> None:
    assert played.scenario, played.problems
    result = place.play(skill, played.scenario)
    assert result.passed, f"step {result.step}: {result.why}"


def test_a_scenario_with_a_wrong_key_or_two_verbs_is_told_with_its_line() -> None:
    text = "scenario: x\nkind: happy\nsteps:\n  - {who: 王婶, dose: accept}\n  - {stage: a, card: b}\n"
    (played,) = scenarios.of("x", {"scenarios/wrong.yaml": text})
    assert [problem.line for problem in played.problems] == [4, 5]
    assert "does" in str(played.problems[0])


def test_a_scenario_that_goes_wrong_names_its_step(sqlite_db: Database) -> None:
    skill = next(one.skill for one in LOADED if one.skill and one.id == "handoff")
    assert skill
    text = "scenario: x\nkind: happy\nsteps:\n  - {who: 王婶, reports: {what: 问}}\n  - {stage: nowhere}\n"
    (played,) = scenarios.of("x", {"scenarios/wrong.yaml": text})
    assert played.scenario
    result = play(sqlite_db, skill, played.scenario)
    assert (result.step, result.passed) == (2, False)
    assert Path(played.file).name == "wrong.yaml"
