"""A clerk sends the workbook of a service into the chat: mistakes name their cell, a second person switches it on."""

import io

import pytest
from openpyxl import load_workbook

from bot.dialogue.meaning import services
from skills import registry
from tests.integration.bot.house import TOWN, House
from tests.unit.skills.workbook.filling import begun, saved
from workflows.models import cases, definitions

CLERK, KEEPER, VILLAGE_CLERK = "c-0001", "c-0008", "c-0101"
VALUES = {"名称": "家宴预约", "一句话说明": "办酒席先说一声", "归谁管": "食安办", "村民怎么说": "俺家要办酒席"}


def banquet(**more: str) -> bytes:
    return begun("jiayan", VALUES | more)


async def offered(house: House) -> list[str]:
    return [one.id for one in await house.db.read(lambda tx: registry.offered(tx, TOWN))]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was switched on is looked for in every turn, not once a second."""
    monkeypatch.setattr(services, "ASKED_AGAIN", 0.0)


async def test_a_workbook_becomes_a_service_once_a_second_person_agrees(house: House) -> None:
    said = await house.reply(KEEPER, file=("家宴.xlsx", banquet()))
    assert "新加“家宴预约”" in said
    assert "jiayan" not in await offered(house)
    (task,) = await house.tasks_of(CLERK)
    await house.says(CLERK, f"同意 {task.code}")
    assert "jiayan" in await offered(house)
    assert "哪一天" in await house.reply("v-0101", "俺家要办酒席")
    assert "记下了" in await house.reply("v-0101", "11月25日")
    assert [row["skill"] for row in await house.rows(cases, cases.c.skill == "jiayan")] == ["jiayan"]


async def test_the_card_of_a_new_service_says_what_is_approved(house: House) -> None:
    said = await house.reply(KEEPER, file=("家宴.xlsx", banquet()))
    assert "问 2 样：什么事、哪一天" in said
    assert "谁办：等人接手（村文书 或者 镇文书" in said
    assert "看全部" in said
    whole = await house.reply(CLERK, "看全部")
    assert "1. 什么事：" in whole
    assert "收下 → " in whole
    assert "问村民 2 句" in whole


async def test_a_workbook_that_comes_again_shows_what_is_different(house: House) -> None:
    await house.says(KEEPER, file=("家宴.xlsx", banquet()))
    (task,) = await house.tasks_of(CLERK)
    await house.says(CLERK, f"同意 {task.code}")
    assert "不用改" in await house.reply(KEEPER, file=("家宴.xlsx", banquet()))
    said = await house.reply(KEEPER, file=("家宴.xlsx", banquet(归谁管="民政办")))
    assert "归谁管：食安办 → 民政办" in said


async def test_mistakes_are_told_with_sheet_row_and_column_and_nothing_is_kept(house: House) -> None:
    book = load_workbook(io.BytesIO(banquet()))
    book["谁办几天"]["B3"].value = "村名文书"
    said = await house.reply(KEEPER, file=("家宴.xlsx", saved(book)))
    assert "「谁办几天」第 3 行 B 列" in said
    assert "村文书" in said
    assert await house.rows(definitions, definitions.c.skill == "jiayan") == []


async def test_a_role_that_nobody_holds_here_is_named_with_its_cell(house: House) -> None:
    book = load_workbook(io.BytesIO(banquet()))
    book["谁办几天"]["B3"].value = "村建办"
    said = await house.reply(KEEPER, file=("家宴.xlsx", saved(book)))
    assert "「谁办几天」第 3 行 B 列：“等人接手”这个环节归“村建办”" in said
    assert await house.rows(definitions, definitions.c.skill == "jiayan") == []


async def test_a_village_clerk_changes_no_service(house: House) -> None:
    await house.says(VILLAGE_CLERK, file=("家宴.xlsx", banquet()))
    assert await house.rows(definitions, definitions.c.skill == "jiayan") == []
