"""The published JSON Schema: an editor marks no service that the check lets pass, and marks what is not one."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from skills import manifest

ROOT = Path(__file__).parents[3]
SHEETS = sorted([*ROOT.glob("skills/*/skill.yaml"), *ROOT.glob("tests/**/skill.yaml")])
SCHEMA = Draft202012Validator(manifest.schema())


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.parent.name)
def test_no_service_of_ours_is_marked(sheet: Path) -> None:
    written = YAML(typ="safe", pure=True).load(sheet.read_text("utf-8"))
    assert [f"{list(one.absolute_path)}: {one.message}" for one in SCHEMA.iter_errors(written)] == []


def test_a_misspelt_key_and_a_wrong_kind_are_marked() -> None:
    template = YAML(typ="safe", pure=True).load((ROOT / "skills/_template/skill.yaml").read_text("utf-8"))
    assert list(SCHEMA.iter_errors({**template, "exmples": []}))
    assert list(SCHEMA.iter_errors({**template, "name": 3}))


@pytest.mark.parametrize(
    ("word", "is_marked"),
    [("villager", False), ("initiator", False), ("stage accept", False), ("Stage accept", True), ("stage", False),
     ("stage 收下", True), ("stage ", True)],
)  # fmt: skip
def test_whom_a_stage_never_asks_is_a_word_or_a_stage(word: str, is_marked: bool) -> None:
    template = YAML(typ="safe", pure=True).load((ROOT / "skills/_template/skill.yaml").read_text("utf-8"))
    template["workflow"]["stages"]["confirm"]["without"] = [word]
    assert bool(list(SCHEMA.iter_errors(template))) is is_marked
