"""Services that are worked off from a list, come round by themselves, or show something to everybody: played whole."""

from pathlib import Path

import pytest

from skills import checks, registry, scenarios
from skills.rehearsal.player import play
from skills.workbook import books
from township.db import Database

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("lists/*/skill.yaml"))
APPROVALS = {"school_aid": 1}
"""Where somebody of an office says yes on the way: that the aid is due."""
PLAYED = [
    pytest.param(folder, one, id=f"{folder.name}-{Path(one.file).stem}")
    for folder in FOLDERS
    for one in scenarios.of(folder.name, registry.load(folder).skill.files)  # type: ignore[union-attr]
]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_is_whole_and_costs_few_pushes(folder: Path) -> None:
    loaded = registry.load(folder)
    assert loaded.problems == ()
    assert loaded.skill is not None
    price = checks.price(loaded.skill)
    assert price.pushes <= 4
    assert price.approvals == APPROVALS.get(folder.name, 0)


@pytest.mark.parametrize(("folder", "played"), PLAYED)
def test_it_goes_as_its_scenarios_say(folder: Path, played: scenarios.Played, db: Database) -> None:
    skill = registry.load(folder).skill
    assert skill is not None
    assert played.scenario is not None, played.problems
    done = play(db, skill, played.scenario)
    assert done.passed, f"step {done.step}: {done.why}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_comes_back_from_its_workbook_as_it_was(folder: Path) -> None:
    skill = registry.load(folder).skill
    assert skill is not None
    again = books.load("x.xlsx", books.dump(skill), skill.id)
    assert again.skill is not None, [str(problem) for problem in again.problems]
    assert again.skill.manifest == skill.manifest
    assert again.skill.definition == skill.definition
