"""What a step of a rehearsal brings and means, in the words of the sheet: fields of actions, what is asked."""

import io

import pytest
from openpyxl import load_workbook

from skills import registry, scenarios
from skills.registry import Skill
from skills.rehearsal.trying import Trial
from skills.workbook import books, tables
from tests.unit.skills.workbook.filling import saved

HERE = registry.HERE


def skill_of(name: str) -> Skill:
    skill = registry.load(HERE / name).skill
    assert skill is not None
    return skill


def steps(skill: Skill) -> list[tables.Row]:
    book, _ = tables.read("x.xlsx", books.dump(skill))
    return list(book.rows("scenarios"))


def test_an_action_asks_in_its_own_words() -> None:
    given = [one.get("given") for one in steps(skill_of("village_report")) if one.get("value") == "转外单位"]
    assert given
    assert all("next_date" not in one for one in given), given
    assert any("哪天再问=2026-11-26" in one for one in given), given


def test_what_is_asked_next_goes_by_its_word() -> None:
    asked = {one.get("value") for one in steps(skill_of("gallery/feast")) if one.get("verb") == "被问到"}
    assert asked
    assert asked <= {"几桌", "掌勺师傅", "哪一天"}, asked


@pytest.mark.parametrize(("word", "given"), [("成立", "查下来怎样=多算了料钱"), ("upheld", "outcome=多算了料钱")])
def test_what_came_of_an_objection_is_written_in_words(word: str, given: str) -> None:
    skill = skill_of("gallery/small_works_notice")
    content = books.dump(skill)
    rows = [one for one in steps(skill) if one.get("verb") == "查下来"]
    first = next(one for one in rows if one.get("value") == "成立")
    book = load_workbook(io.BytesIO(content))
    page = book["试一试"]
    heads = [cell.value for cell in page[1]]
    for head, text in (("什么", word), ("带上", given), ("其他", None)):
        page.cell(first.number, heads.index(head) + 1).value = text
    loaded = books.load("x.xlsx", saved(book)).skill
    assert loaded is not None
    played = [one.scenario for one in scenarios.of(loaded.id, loaded.files) if one.scenario]
    found = [step for one in played for step in one.steps if step.objection == "upheld"]
    assert any(step.given == {"outcome": "多算了料钱"} for step in found), found


def test_a_field_of_an_action_is_known_when_trying_whatever_other_actions_call_it() -> None:
    with Trial.begun(skill_of("village_report")) as trial:
        trial.line("王婶 报了 什么事=路灯不亮 哪一类=lamp")
        trial.line("李会计 做了 收下")
        told = trial.line("李会计 做了 转外单位 哪个单位=供电所 单位电话=5332000 哪天再问=2026-11-26")
    assert any("外单位在办" in one for one in told), told
