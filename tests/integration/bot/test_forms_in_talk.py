"""A form in talk: all is taken, nothing asked twice; put right, left, gone on with, dropped, handed over."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from skills import registry
from tests.integration.bot.house import TOWN, House
from township import directory
from township.db import Tx
from township.models import people

FEAST = """
name: 家宴预约
summary: 在村里大食堂办酒席，约日子、算人数
owner: 食安办
for: [resident]
risk: B
paper: 家宴登记表
examples: [家宴, 办酒席, 用村里大食堂, 俺儿结婚想用大食堂, 食堂办几桌]
form:
  date: {kind: date, name: 日子, ask: ask_day}
  tables: {kind: number, name: 桌数, unit: [桌, 席], ask: ask_tables, least: 1, most: 60}
  guests: {kind: number, name: 大约, unit: [人], value: tables * 10}
  cook: {kind: text, name: 厨师, ask: ask_cook}
  phone: {kind: phone, name: 厨师电话, ask: ask_phone}
  contact: {kind: person, name: 村里联系人, ask: ask_contact, neighbours: true}
workflow:
  start: check
  number: skill
  prefix: 宴
  tell: [{text: filed}]
  stages:
    check:
      title: 等食安员看
      who: town_clerk of town
      actions:
        fine: {title: 可以办, to: closed}
texts:
  ask_day: 哪天办？
  ask_tables: 办几桌？
  ask_cook: 厨师叫什么、电话多少？
  ask_phone: 厨师电话多少？
  ask_contact: 村里谁帮着张罗？
  filed: "{number} 约好了：{date}，{tables}，{guests}。"
"""
VILLAGER = "v-0101"


def publish(house: House, home: Path, sheet: str) -> None:
    """Offer a service as a clerk has written it."""
    folder = home / "feast"
    folder.mkdir()
    (folder / "skill.yaml").write_text(sheet, "utf-8")
    loaded = registry.load(folder)
    assert loaded.skill is not None, loaded.problems
    house.db.write_now(lambda tx: registry.install(tx, TOWN, loaded.skill, by=None, now=house.clock.now()))


@pytest.fixture
def feast(house: House, tmp_path: Path) -> House:
    publish(house, tmp_path, FEAST)
    return house


async def begun(house: House) -> str:
    return await house.reply(VILLAGER, "下月初八俺儿结婚 用村里大食堂 二十桌")


async def test_one_sentence_fills_what_it_holds_and_one_thing_is_asked(feast: House) -> None:
    said = await begun(feast)
    assert "12月16日（周三，农历冬月初八）" in said
    assert "20 桌" in said
    assert "200 人" in said
    assert said.endswith("厨师叫什么、电话多少？")


async def test_a_correction_keeps_month_and_calendar_and_a_question_between_is_answered(feast: House) -> None:
    await begun(feast)
    said = await feast.reply(VILLAGER, "不是初八 是十八 厨师要健康证不")
    assert "12月26日（周六，农历冬月十八）" in said
    assert "厨师叫什么、电话多少？" in said


async def test_an_answer_holds_more_than_was_asked(feast: House) -> None:
    await begun(feast)
    said = await feast.reply(VILLAGER, "老宋，13800000001")
    assert "厨师电话 13800000001" in said
    assert said.endswith("村里谁帮着张罗？")
    said = await feast.reply(VILLAGER, "李海")
    assert "约好了：12月16日（周三），20 桌，200 人" in said
    (case,) = await feast.cases_of(VILLAGER)
    assert case.said["cook"] == "老宋"


async def test_a_number_is_corrected_with_what_follows_from_it(feast: House) -> None:
    await begun(feast)
    said = await feast.reply(VILLAGER, "不是二十桌，是二十五桌")
    assert "25 桌" in said
    assert "250 人" in said


async def test_what_is_not_understood_twice_goes_to_a_person(feast: House) -> None:
    await begun(feast)
    await feast.reply(VILLAGER, "老宋")
    said = await feast.reply(VILLAGER, "就是村口那个")
    assert "电话号码好像不对" in said
    said = await feast.reply(VILLAGER, "你问他去")
    assert "请人给您打电话" in said


async def test_a_question_is_left_open_and_the_rest_is_asked(feast: House) -> None:
    await begun(feast)
    assert "电话" in await feast.reply(VILLAGER, "还没定")
    assert "张罗" in await feast.reply(VILLAGER, "不知道")
    said = await feast.reply(VILLAGER, "李海")
    assert "请人给您打电话" in said


async def test_after_a_day_of_silence_it_goes_on_where_it_was(feast: House) -> None:
    await begun(feast)
    await feast.later(hours=30)
    said = await feast.reply(VILLAGER, "接着办")
    assert "12月16日" in said
    assert said.endswith("厨师叫什么、电话多少？")


async def test_naming_the_service_again_keeps_what_was_said_the_day_before(feast: House) -> None:
    await begun(feast)
    await feast.later(hours=30)
    said = await feast.reply(VILLAGER, "家宴的事，改三十桌")
    assert "30 桌" in said
    assert said.endswith("厨师叫什么、电话多少？")


async def test_it_is_dropped_and_nothing_is_left(feast: House) -> None:
    await begun(feast)
    assert "不弄了" in await feast.reply(VILLAGER, "算了 去饭店办 不弄了")
    assert await feast.cases_of(VILLAGER) == []


async def test_a_person_is_called_in_the_middle(feast: House) -> None:
    await begun(feast)
    await feast.reply(VILLAGER, "人工")
    (case,) = await feast.cases_of(VILLAGER)
    assert case.skill == "handoff"


async def test_too_many_are_refused_with_the_bound(feast: House) -> None:
    await feast.reply(VILLAGER, "想用村里大食堂办酒席，下月初八")
    said = await feast.reply(VILLAGER, "一百桌")
    assert "最多 60 桌" in said


async def test_a_question_in_between_is_answered_and_the_form_asks_on(feast: House) -> None:
    await begun(feast)
    said = await feast.reply(VILLAGER, "厨师要健康证不")
    assert "第五条" in said
    assert said.endswith("厨师叫什么、电话多少？")
    assert "张罗" in await feast.reply(VILLAGER, "老宋 13800000001")


def neighbours(house: House, *names: str) -> None:
    """Let people of these names live in the villager's village."""

    def settle(tx: Tx) -> None:
        villager = directory.person(tx, VILLAGER)
        assert villager is not None
        for n, name in enumerate(names):
            row = {"id": f"near-{n}", "town_id": TOWN, "village_id": villager.village_id, "name": name}
            tx.execute(sa.insert(people).values(**row))

    house.db.write_now(settle)


async def asked_for_contact(house: House) -> None:
    await begun(house)
    await house.reply(VILLAGER, "老魏 13800000001")


async def test_of_two_people_of_one_surname_a_number_is_asked_for(feast: House) -> None:
    neighbours(feast, "宋小满", "宋长贵")
    await asked_for_contact(feast)
    said = await feast.reply(VILLAGER, "老宋 就咱村那个")
    assert "1 宋小满" in said
    assert "2 宋长贵" in said
    assert "约好了" in await feast.reply(VILLAGER, "2")


async def test_a_full_name_needs_no_number(feast: House) -> None:
    neighbours(feast, "宋小满", "宋长贵")
    await asked_for_contact(feast)
    assert "约好了" in await feast.reply(VILLAGER, "宋小满")


async def test_two_of_the_same_name_are_told_apart_by_their_doors(feast: House) -> None:
    neighbours(feast, "宋小满", "宋小满")
    await asked_for_contact(feast)
    said = await feast.reply(VILLAGER, "宋小满")
    assert "有 2 个" in said
    assert "约好了" in await feast.reply(VILLAGER, "1")


async def test_nobody_of_that_name_is_said_and_then_a_person_asks(feast: House) -> None:
    await asked_for_contact(feast)
    assert "没找到" in await feast.reply(VILLAGER, "诸葛大壮")
    assert "请人给您打电话" in await feast.reply(VILLAGER, "就那个大壮")


async def test_for_somebody_else_both_names_are_kept(feast: House) -> None:
    said = await feast.reply(VILLAGER, "代赵兰报 下月初八用村里大食堂办酒席 二十桌")
    assert said.startswith("替赵兰办的。")
    assert "12月16日" in said
    await feast.reply(VILLAGER, "老魏 13800000001")
    assert "约好了" in await feast.reply(VILLAGER, "李海")
    rows = await feast.rows(sa.table("cases", sa.column("affected_id"), sa.column("spoke_id"), sa.column("skill")))
    (case,) = [row for row in rows if row["skill"] == "feast"]
    assert case["spoke_id"] == VILLAGER
    assert case["affected_id"] == "v-0103"


async def test_for_somebody_nobody_knows_a_person_takes_over(feast: House) -> None:
    await feast.reply(VILLAGER, "代诸葛大壮报 下月初八用村里大食堂办酒席 二十桌")
    (case,) = await feast.cases_of(VILLAGER)
    assert case.skill == "handoff"


@pytest.mark.parametrize(("said", "chosen"), [("2", "yard"), ("在俺家院子里办，宽敞", "yard"), ("大食堂", "hall")])
async def test_a_choice_is_made_by_number_or_by_a_word_in_a_sentence(
    house: House, tmp_path: Path, said: str, chosen: str
) -> None:
    options = "{hall: {name: 大食堂}, yard: {name: 自家院里, words: [院子, 院里]}}"
    where = f"  where: {{kind: choice, name: 在哪儿, ask: ask_where, options: {options}}}\nworkflow:"
    offered = FEAST.replace("workflow:", where, 1).replace("texts:", "texts:\n  ask_where: 在哪儿办？")
    publish(house, tmp_path, offered)
    await house.reply(VILLAGER, "家宴 下月初八 二十桌")
    await house.reply(VILLAGER, "老魏 13800000001")
    asked = await house.reply(VILLAGER, "李海")
    assert asked.endswith("在哪儿办？1 大食堂 2 自家院里。回数字，或者直接说。")
    again = await house.reply(VILLAGER, "那边")
    assert again.startswith("是哪一样我没听明白。在哪儿办？1 大食堂")
    assert "约好了" in await house.reply(VILLAGER, said)
    (case,) = await house.cases_of(VILLAGER)
    assert case.said["where"] == {"yard": "自家院里", "hall": "大食堂"}[chosen]


async def test_what_is_reported_in_between_is_filed_and_the_form_asks_on(feast: House) -> None:
    await begun(feast)
    said = await feast.reply(VILLAGER, "对了 俺家门口路灯坏了")
    assert "路灯的事记下了" in said
    assert said.endswith("那件事还没填完：厨师叫什么、电话多少？")
    assert "张罗" in await feast.reply(VILLAGER, "老宋 13800000001")


@pytest.mark.parametrize("said", ["等会儿再说", "忘了，明天再说吧", "这会儿忙着呢 回头再弄", "先放着吧"])
async def test_what_is_put_off_is_kept_and_no_strike(feast: House, said: str) -> None:
    await begun(feast)
    await feast.reply(VILLAGER, "老宋")
    assert "接着办" in await feast.reply(VILLAGER, said)
    assert "路灯的事记下了" in await feast.reply(VILLAGER, "俺家门口路灯坏了")
    await feast.later(hours=26)
    said = await feast.reply(VILLAGER, "接着办")
    assert "12月16日" in said
    assert said.endswith("厨师电话多少？")


@pytest.mark.parametrize("said", ["那就十五桌吧", "十五桌算了", "改十五桌"])
async def test_a_count_said_anew_while_something_else_is_asked_puts_it_right(feast: House, said: str) -> None:
    await begun(feast)
    await feast.reply(VILLAGER, "老宋")
    said = await feast.reply(VILLAGER, said)
    assert "改好了：桌数 15 桌，大约 150 人" in said
    assert said.endswith("厨师电话多少？")


@pytest.mark.parametrize(
    "said", ["二十桌不对三十桌", "二十桌 哦不 三十桌", "二十桌，说错了，三十桌", "二十桌 不对 是三十桌"]
)
async def test_who_corrects_himself_in_one_breath_means_what_was_said_last(feast: House, said: str) -> None:
    await feast.reply(VILLAGER, "想用村里大食堂办酒席，下月初八")
    said = await feast.reply(VILLAGER, said)
    assert "30 桌" in said
    assert "20 桌" not in said


async def test_who_asks_on_by_telephone_is_told_all_that_is_still_missing(feast: House) -> None:
    await begun(feast)
    await feast.reply(VILLAGER, "老宋")
    await feast.reply(VILLAGER, "就是村口那个")
    await feast.reply(VILLAGER, "你问他去")
    (case,) = [one for one in await feast.cases_of(VILLAGER) if one.skill == "handoff"]
    assert "还差“厨师电话”“村里联系人”" in case.fields["what"]


async def test_a_paper_begun_in_the_middle_of_a_form_says_that_the_form_waits_and_it_is_asked_on(feast: House) -> None:
    await begun(feast)
    said = await feast.reply(VILLAGER, "先给俺开个居住证明")
    assert "办什么事用" in said
    assert "“家宴预约”填了一半，先给您留着" in said
    assert "留着" not in await feast.reply(VILLAGER, "孩子上学")
    said = await feast.reply(VILLAGER, "交给镇小学")
    assert "再说“家宴预约”" in said
    assert said.endswith("厨师叫什么、电话多少？")
    assert "张罗" in await feast.reply(VILLAGER, "老宋 13800000001")
    assert "约好了" in await feast.reply(VILLAGER, "李海")


async def test_who_gives_up_the_second_goes_on_with_the_first(feast: House) -> None:
    await begun(feast)
    await feast.reply(VILLAGER, "先给俺开个居住证明")
    said = await feast.reply(VILLAGER, "算了 不开了")
    assert said.endswith("厨师叫什么、电话多少？")
    assert "再说“家宴预约”" in said


async def test_what_is_wanted_instead_leaves_nothing_waiting(feast: House) -> None:
    await begun(feast)
    assert "留着" not in await feast.reply(VILLAGER, "不是 给俺开个居住证明")


async def test_the_same_for_a_neighbour_is_no_answer_to_the_open_question(feast: House) -> None:
    await begun(feast)
    said = await feast.reply(VILLAGER, "帮我对门也订一回")
    assert said.endswith("厨师叫什么、电话多少？")
    (case,) = await feast.cases_of(VILLAGER)
    assert case.skill == "handoff"
    assert "厨师电话 13800000001" in await feast.reply(VILLAGER, "老宋，13800000001")
