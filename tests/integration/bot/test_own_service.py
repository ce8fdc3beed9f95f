"""A service that a clerk has written while the bot runs is found in the chat, asks, files, and gives way: no Python."""

import pytest

from bot.dialogue.meaning import services
from skills import registry
from tests.integration.bot.house import TOWN, House

FEAST = {
    "skill.yaml": """\
name: 家宴预约
summary: 办酒席用村里食堂，先约日子
owner: 村委会
for: [resident]
paper: 集体聚餐申报表
examples: [下月办酒席订村里食堂, 儿子结婚用大食堂, 摆酒要用食堂, 想订食堂办寿宴]
form:
  what: {kind: text, name: 什么事, ask: ask_what}
  tables: {kind: number, name: 几桌, ask: ask_tables, least: 1, most: 60}
  cook: {kind: text, name: 厨师是谁, ask: ask_cook}
workflow:
  start: check
  pace: livelihood
  tell: [{text: filed}]
  stages:
    check:
      title: 文书在核对
      who: village_clerk of village
      actions:
        ok: {title: 同意, to: closed, tell: [{text: agreed}]}
""",
    "texts.yaml": """\
ask_what: 办什么事？
ask_tables: 摆几桌？
ask_cook: 厨师叫什么？
filed: "{number}：{tables} 桌，厨师{cook}，{who}核对好告诉您。"
agreed: "{number} 定下了。"
""",
}
TABLES = {
    name: text.replace("家宴预约", "借桌椅炊具")
    .replace("办酒席用村里食堂，先约日子", "办事借桌子板凳")
    .replace(
        "下月办酒席订村里食堂, 儿子结婚用大食堂, 摆酒要用食堂, 想订食堂办寿宴",
        "办酒席借桌子, 借几张桌子板凳, 借口大锅使使, 摆酒要用桌子",
    )
    for name, text in FEAST.items()
}


@pytest.fixture
async def open_house(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A town whose clerk has written two services a moment ago."""
    monkeypatch.setattr(services, "ASKED_AGAIN", 0.0)
    for skill, files in (("feast", FEAST), ("tables", TABLES)):
        loaded = registry.load_files(skill, files)
        assert loaded.skill is not None, loaded.problems
        written = loaded.skill
        await house.db.write(lambda tx, one=written: registry.install(tx, TOWN, one, by=None, now=house.clock.now()))
    return house


@pytest.mark.parametrize("said", ["想订家宴", "下月俺儿结婚要用大食堂", "俺想办寿宴订食堂", "摆酒要用石堂"])
async def test_it_is_reached_by_its_name_by_its_examples_and_by_sound(open_house: House, said: str) -> None:
    assert "摆几桌" in await open_house.reply("v-0101", said)
    assert "厨师叫什么" in await open_house.reply("v-0101", "二十")
    assert "核对好告诉您" in await open_house.reply("v-0101", "宋建国")
    (case,) = await open_house.cases_of("v-0101")
    assert (case.skill, case.said["cook"]) == ("feast", "宋建国")


async def test_between_two_that_are_close_is_asked_once_and_a_number_decides(open_house: House) -> None:
    said = await open_house.reply("v-0101", "摆酒要用")
    assert "家宴预约" in said
    number = "2" if "2 借桌椅炊具" in said else "1"
    assert "摆几桌" in await open_house.reply("v-0101", number)
    await open_house.reply("v-0101", "6")
    await open_house.reply("v-0101", "没有厨师")
    (case,) = await open_house.cases_of("v-0101")
    assert case.skill == "tables"


async def test_the_name_of_one_answers_too(open_house: House) -> None:
    await open_house.reply("v-0101", "摆酒要用")
    assert "摆几桌" in await open_house.reply("v-0101", "家宴那个")


async def test_none_of_them_goes_to_a_person(open_house: House) -> None:
    await open_house.reply("v-0101", "摆酒要用")
    await open_house.reply("v-0101", "都不是")
    assert [case.skill for case in await open_house.cases_of("v-0101")] == ["handoff"]


async def test_a_report_is_still_a_report(open_house: House) -> None:
    await open_house.reply("v-0101", "食堂门口路灯不亮了")
    assert [case.skill for case in await open_house.cases_of("v-0101")] == ["village_report"]


async def test_a_question_about_it_is_a_question(open_house: House) -> None:
    await open_house.reply("v-0101", "办家宴的厨师要健康证不")
    assert all(case.skill != "feast" for case in await open_house.cases_of("v-0101"))


async def test_what_was_done_lately_is_said_without_names(house: House) -> None:
    assert "还没有办结" in await house.reply("v-0101", "最近村里办了哪些事")
    await house.says("v-0101", "俺家大门口路灯不亮了")
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"办好了 {task.code} 换了灯泡")
    await house.says("v-0101", "1")
    said = await house.reply("v-0102", "最近村里办了哪些事")
    assert "路灯：" in said
    assert "村民说好了" in said
    assert "王" not in said
