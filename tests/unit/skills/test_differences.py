"""What changed between two versions, told cell by cell: in whatever sheet it stands."""

from pathlib import Path

import pytest

from skills import differences, registry
from skills.registry import Skill

BOOKED = Path(__file__).parent / "booked"


def loaded(folder: Path, old: str = "", new: str = "") -> Skill:
    files = {"skill.yaml": (folder / "skill.yaml").read_text("utf-8")}
    files |= {path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")}
    assert old in files["skill.yaml"]
    files["skill.yaml"] = files["skill.yaml"].replace(old, new)
    found = registry.load_files(folder.name, files)
    assert found.skill is not None, found.problems
    return found.skill


@pytest.mark.parametrize(
    "folder", sorted(path for path in BOOKED.iterdir() if path.is_dir()), ids=lambda path: path.name
)
def test_a_service_that_books_is_compared_sheet_by_sheet(folder: Path) -> None:
    name = next(line for line in (folder / "skill.yaml").read_text("utf-8").splitlines() if line.startswith("name:"))
    found = differences.between(loaded(folder), loaded(folder, name, f"{name}二"))
    assert [one.after.endswith("二") for one in found] == [True]


def test_how_much_there_is_is_told_by_its_column() -> None:
    tiller = BOOKED / "tiller"
    (found,) = differences.between(loaded(tiller), loaded(tiller, "amount: 6", "amount: 8"))
    assert (found.before, found.after) == ("6", "8")
    assert "有多少" in found.in_words()
