"""Every scenario of every skill is played on the real engine."""

from pathlib import Path

import pytest

from skills import folders, registry, scenarios
from skills.rehearsal.hall import Hall
from skills.rehearsal.player import play
from township.db import Database

LOADED = registry.house()
PLAYED = [
    pytest.param(one.skill, played, id=played.file)
    for one in LOADED
    if one.skill
    for played in scenarios.of(one.id, one.skill.files)
]


@pytest.mark.parametrize("loaded", LOADED, ids=[one.id for one in LOADED])
def test_every_skill_of_the_house_can_be_run(loaded: registry.Loaded) -> None:
    assert loaded.problems == ()


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


SEVERAL = """\
kind: happy
only: true
scenarios:
  - scenario: 一
    steps:
      - {who: 王婶, reports: {what: 问}}
  - scenario: 二
    kind: overdue
    steps:
      - {who: 王婶, dose: accept}
"""


def test_several_of_one_file_share_what_stands_beside_them_and_mistakes_have_their_line() -> None:
    first, second = scenarios.of("x", {"scenarios/happy.yaml": SEVERAL})
    assert first.scenario is not None
    assert (first.scenario.kind, first.scenario.only) == (scenarios.Kind.HAPPY, True)
    assert [problem.line for problem in second.problems] == [10]


def test_a_file_is_written_as_it_is_read() -> None:
    text = SEVERAL.replace("dose", "does")
    read = scenarios.by_file("x", {"scenarios/happy.yaml": text})["scenarios/happy.yaml"]
    content = scenarios.together(read)
    assert content["only"] is True
    assert [one["kind"] for one in content["scenarios"]] == ["happy", "overdue"]
    again = scenarios.by_file("x", {"scenarios/happy.yaml": folders.written(content)})["scenarios/happy.yaml"]
    assert again == read


STANDS = {"then": "answer", "held": "周文书", "due": "11-24 09:00", "hears": {"王婶": "问2026-0001"}}


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("then", "with_expert"), ("held", ["周文书", "李海"]), ("held", []), ("due", "11-25 09:00"), ("due", []),
        ("hears", {"王婶": "别的话"}), ("hears", {"李海": "问2026-0001"}), ("hears", {}),
    ],
)  # fmt: skip
def test_what_stands_after_a_step_is_held_to(place: Hall, key: str, wrong: object) -> None:
    skill = next(one.skill for one in LOADED if one.skill and one.id == "handoff")
    step = {"who": "王婶", "reports": {"what": "问"}, **STANDS}
    assert skill
    played = [
        place.play(
            skill, scenarios.Scenario.model_validate({"scenario": "x", "kind": "happy", "only": True, "steps": [one]})
        )
        for one in (step, {**step, key: wrong})
    ]
    assert [one.passed for one in played] == [True, False]
