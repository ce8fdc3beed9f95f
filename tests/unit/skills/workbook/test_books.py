"""A workbook is a door as good as a folder: every service comes out as it went in, and mistakes name their cell."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from skills import drafting, folders, registry, scenarios
from skills.registry import Loaded, Skill
from skills.workbook import books, tables
from skills.workbook.labels import columns, labels
from tests.unit.skills.workbook.filling import filled

HOUSE = [one.skill for one in registry.load_all() if one.skill]


def played(skill: Skill) -> list[dict[str, Any]]:
    return [folders.steps_of(one.scenario) for one in scenarios.of(skill.id, skill.files) if one.scenario]


def skill_of(loaded: Loaded) -> Skill:
    assert loaded.skill is not None, [str(problem) for problem in loaded.problems]
    return loaded.skill


@pytest.mark.parametrize("skill", HOUSE, ids=[one.id for one in HOUSE])
def test_every_service_comes_back_from_its_workbook_as_it_was(skill: Skill) -> None:
    again = skill_of(books.load("x.xlsx", books.dump(skill), skill.id))
    assert again.definition == skill.definition
    assert again.manifest.model_copy(update={"sayings": {}}) == skill.manifest.model_copy(update={"sayings": {}})
    assert {kind: text.split("\n") for kind, text in again.manifest.sayings.items()} == {
        kind: [line for line in text.splitlines() if line.strip()] for kind, text in skill.manifest.sayings.items()
    }
    assert played(again) == played(skill)


@pytest.mark.parametrize("skill", HOUSE, ids=[one.id for one in HOUSE])
def test_a_folder_that_is_written_anew_says_the_same(skill: Skill) -> None:
    files = folders.files_of(skill.manifest, scenarios.by_file(skill.id, skill.files))
    again = skill_of(registry.load_files(skill.id, files))
    assert again.manifest == skill.manifest
    assert played(again) == played(skill)


def cells(content: bytes) -> dict[str, list[tuple[str, ...]]]:
    book = load_workbook(io.BytesIO(content))
    return {
        page.title: [tuple(str(cell or "") for cell in row) for row in page.iter_rows(values_only=True)]
        for page in book.worksheets
    }


def banquet() -> bytes:
    """The workbook of a banquet as a clerk would fill it, from the empty one."""
    return filled(
        drafting.empty_book("jiayan"),
        {
            "名称": "家宴预约", "一句话说明": "办红白事借文化大院", "归谁管": "红白理事会", "纸质表": "家宴申报表",
            "村民怎么说": "俺家要办酒席", "编号开头的字": "宴",
        },
    )  # fmt: skip


def test_a_filled_template_can_be_run_and_is_exported_the_same() -> None:
    skill = skill_of(books.load("家宴.xlsx", banquet()))
    assert (skill.id, skill.manifest.name, skill.manifest.examples) == ("jiayan", "家宴预约", ("俺家要办酒席",))
    assert len(played(skill)) == 2
    once = books.dump(skill)
    assert cells(once) == cells(banquet())
    again = skill_of(books.load("家宴.xlsx", once))
    assert again.files == skill.files
    assert cells(books.dump(again)) == cells(once)


def test_the_empty_workbook_has_lists_to_choose_from_and_says_what_is_missing() -> None:
    content = drafting.empty_book("borrow_tables")
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == [
        labels()["sheets"][key] for key in ("basics", "form", "flow", "texts", "scenarios", "booked", "crowd")
    ]
    assert all(book[title].data_validations.dataValidation for title in book.sheetnames if title != "怎么说")
    found = [str(problem) for problem in books.load("空.xlsx", content).problems]
    assert any("name" in one for one in found)
    assert all("空.xlsx「" in one for one in found), found


def test_what_is_no_workbook_is_said_in_a_sentence() -> None:
    for content in (b"", b"PK\x03\x04 nothing", b"name,answer\n"):
        (problem,) = books.load("坏.xlsx", content).problems
        assert "打不开" in str(problem)
    assert not books.is_book(b"")
    assert books.is_book(banquet())


def test_the_columns_of_every_sheet_are_named_once() -> None:
    for key in labels()["sheets"]:
        heads = list(columns(key).values())
        assert len(heads) == len(set(heads))
    assert tables.NEEDED
