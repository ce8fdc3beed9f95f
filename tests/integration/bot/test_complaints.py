"""Complaints about cadres: filed unnamed, named on wish, followed by a code, never kept where the office is meant."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.models import conversations, inbox
from tests.integration.bot.house import House
from township.db import Tx
from township.models import outbox
from workflows.models import case_events, case_keys, case_people, cases

GRIEVANCE = "俺要举报 柳树村会计把低保给他小舅子了 别让村里知道是俺说的"


async def test_the_question_has_two_answers_and_the_way_past_us(house: House) -> None:
    said = await house.reply("v-0102", GRIEVANCE)
    assert "1 实名" in said
    assert "2 匿名" in said
    assert "12388" in said
    assert len(await house.tasks_of("c-0006")) == 1, "it is filed on the first message"


async def test_who_stays_unnamed_gets_a_code_and_nothing_leads_back(house_on_both: House) -> None:
    house = house_on_both
    await house.says("v-0102", GRIEVANCE)
    said = await house.reply("v-0102", "2")
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", said)
    assert code
    assert "核实" in await house.reply("v-0103", code.group()), "the code alone is the right to ask"
    assert "没有在办的事" in await house.reply("v-0102", "我的事办到哪了")

    def rows(tx: Tx) -> list[Any]:
        (case,) = tx.execute(sa.select(cases).where(cases.c.skill == "grievance")).mappings().all()
        mine = case["id"]
        events = tx.execute(sa.select(case_events).where(case_events.c.case_id == mine)).mappings().all()
        people = tx.execute(sa.select(case_people).where(case_people.c.case_id == mine)).mappings().all()
        keys = tx.execute(sa.select(case_keys).where(case_keys.c.case_id == mine)).mappings().all()
        heard = tx.execute(sa.select(inbox.c.payload)).scalars().all()
        states = tx.execute(sa.select(conversations.c.state)).scalars().all()
        return [dict(case), *map(dict, events), *map(dict, people), *map(dict, keys), *heard, *states]

    stored = await house.db.read(rows)
    case, *others = stored
    assert case["affected_id"] is case["spoke_id"] is case["conversation_id"] is None
    assert "v-0102" not in str(case)
    assert not any("小舅子" in str(one) for one in others), "our copy of the words is gone"
    sent = await house.db.read(lambda tx: tx.execute(sa.select(outbox.c.payload)).scalars().all())
    assert not any(code.group() in str(one) for one in sent if "v-0102" in str(one) or "conversation" in str(one))
    assert not any(case["id"] in str(one) and ("v-0102" in str(one) or "msg0001" in str(one)) for one in others)


async def test_who_puts_the_name_to_it_hears_the_answer(house_on_both: House) -> None:
    house = house_on_both
    await house.says("v-0102", GRIEVANCE)
    assert "纪2026-0001" in await house.reply("v-0102", "1")
    (case,) = [one for one in await house.cases_of("v-0102") if one.skill == "grievance"]
    assert (case.cast.affected, case.cast.spoke, case.cast.told) == ("v-0102", "v-0102", ("v-0102",))
    (task, *_) = await house.tasks_of("c-0006")
    await house.says("c-0006", f"答复 {task.code} 查实了，已经退回")
    assert "查实了" in house.heard("v-0102")[-1]


async def test_an_answer_to_an_unnamed_complaint_is_read_with_its_code(house: House) -> None:
    await house.says("v-0102", GRIEVANCE)
    said = await house.reply("v-0102", "匿名")
    code = said.split("收好这个码：")[1][:9]
    assert "没有记您的名字" in await house.reply("v-0102", f"{code} 名单我有照片")
    (task, *_) = await house.tasks_of("c-0006")
    await house.says("c-0006", f"答复 {task.code} 查实了")
    assert "查实了" in await house.reply("v-0102", code.lower())
    assert "没找到这个码" in await house.reply("v-0102", "8KQ4-M7TX")


async def test_after_a_day_nobody_can_put_a_name_to_it(house: House) -> None:
    await house.says("v-0102", GRIEVANCE)
    await house.later(hours=30)
    await house.says("v-0102", "1")
    assert [one for one in await house.cases_of("v-0102") if one.skill == "grievance"] == []


async def test_a_complaint_about_the_discipline_office_is_not_kept(house: House) -> None:
    said = await house.reply("v-0102", "我要举报镇纪检韩正收了人家的烟酒")
    assert "12388" in said
    assert "没有记下内容" in said
    assert await house.rows(cases) == []
    assert "烟酒" not in str(await house.rows(inbox))


async def test_to_report_somebody_to_the_discipline_office_is_no_complaint_about_it(house: House) -> None:
    assert "1 实名" in await house.reply("v-0102", "我要向纪检举报村会计吃回扣")


async def test_the_cadre_who_is_named_never_sees_it(house: House) -> None:
    await house.says("v-0102", "俺要举报韩正吃拿卡要")
    assert await house.tasks_of("c-0006") == []
    assert len(await house.tasks_of("c-0007")) == 1


async def test_in_a_group_nothing_is_asked_and_the_code_comes_in_private(house: House) -> None:
    assert await house.reply("v-0102", "@小邻 俺要举报村会计吃回扣", group="cidliushu=") == "您的事我私下回您。"
    assert "收好这个码" in house.heard("v-0102")[-1]


SAME = [
    "会计把低保名额给了他小舅子 恁管不管",
    "柳树村会计优亲厚友 低保都给自家亲戚",
    "就是那个会计 低保让他家里人占了 他还骂俺",
    "村会计把俺家低保给克扣了",
    "举报会计 低保的事 他还收了人家的烟",
]
OTHER = [
    "俺要举报书记吃回扣",
    "桃园村会计吃回扣",
    "另一件事 会计收了俺三百块钱",
    "会计跟书记一块吃喝公款",
    "会计孙立国吃回扣",
]


@pytest.mark.parametrize("again", SAME)
async def test_the_same_complaint_in_other_words_is_put_to_the_first(house: House, again: str) -> None:
    await house.says("v-0102", GRIEVANCE)
    await house.says("v-0102", "1")
    assert "纪2026-0001 已经记着了" in await house.reply("v-0102", again)
    (case,) = [one for one in await house.cases_of("v-0102") if one.skill == "grievance"]
    assert again.split()[0] in case.said["more"]


@pytest.mark.parametrize("again", OTHER)
async def test_a_complaint_about_somebody_else_is_one_of_its_own(house: House, again: str) -> None:
    await house.says("v-0102", GRIEVANCE)
    await house.says("v-0102", "1")
    assert "您要不要留名" in await house.reply("v-0102", again)
    assert len(await house.rows(cases)) == 2


async def test_said_again_before_the_name_is_settled_it_stays_one_and_unnamed(house_on_both: House) -> None:
    house = house_on_both
    await house.says("v-0102", GRIEVANCE)
    assert "1 实名 2 匿名" in await house.reply("v-0102", "会计把低保名额给了亲戚 恁管不管")
    assert "收好这个码" in await house.reply("v-0102", "2")
    assert len(await house.rows(cases)) == 1
    assert "低保" not in str(await house.rows(inbox)), "our copies of the words are gone"
    keys = await house.rows(case_keys)
    assert {str(one["key"]).split(":")[0] for one in keys} == {"unnamed"}


async def test_what_is_added_with_a_code_leads_to_nobody(house: House) -> None:
    await house.says("v-0102", GRIEVANCE)
    code = (await house.reply("v-0102", "匿名")).split("收好这个码：")[1][:9]
    await house.says("v-0103", f"{code} 名单我有照片")
    assert {str(one["key"]).split(":")[0] for one in await house.rows(case_keys)} == {"unnamed"}


MORE = [
    "他家住村东头 上个月又分了一回",
    "还有 村里人都知道这事",
    "他还把修路的钱吃了",
    "他昨天上俺家骂人来",
    "俺有照片",
]


@pytest.mark.parametrize("more", MORE)
@pytest.mark.parametrize("named", [True, False])
async def test_what_goes_on_with_a_complaint_is_put_to_it_and_heard_by_nobody_else(
    house: House, more: str, named: bool
) -> None:
    await house.says("v-0102", GRIEVANCE)
    if named:
        await house.says("v-0102", "1")
    said = await house.reply("v-0102", more)
    assert "已经记着了" in said
    assert ("1 实名 2 匿名" in said) is not named
    (row,) = await house.rows(cases)
    assert row["skill"] == "grievance"
    if named:
        (case,) = await house.cases_of("v-0102")
        assert more.split()[0] in case.said["more"]
    for person in ("c-0001", "c-0101"):
        assert more not in "".join(house.post.said[person])


async def test_after_half_an_hour_or_about_a_service_words_stand_for_themselves(house: House) -> None:
    await house.says("v-0102", GRIEVANCE)
    await house.says("v-0102", "1")
    assert "路灯的事记下了" in await house.reply("v-0102", "路灯也坏了")
    assert "100" in await house.reply("v-0102", "高龄津贴一个月多少钱")
    house.clock.forward(timedelta(minutes=31))
    assert "已经记着了" not in await house.reply("v-0102", "俺有照片")


async def test_of_an_unnamed_complaint_nothing_is_remembered(house: House) -> None:
    await house.says("v-0102", GRIEVANCE)
    assert "先写上这个码再说" in await house.reply("v-0102", "2")
    assert "已经记着了" not in await house.reply("v-0102", "俺有照片")
    talks = [row["state"] or {} for row in await house.rows(conversations)]
    assert not any(state.get("naming") or state.get("complained") for state in talks)


TAKEN_BACK = ["算了不告了", "算了，不举报了", "当我没说", "撤了吧", "还是不说了吧，惹不起", "刚才说的不算", "算了"]


@pytest.mark.parametrize("said", TAKEN_BACK)
async def test_before_it_is_named_a_complaint_is_taken_back_and_nothing_leads_to_its_speaker(
    house: House, said: str
) -> None:
    await house.says("v-0102", GRIEVANCE)
    assert "撤了，不往下办了" in await house.reply("v-0102", said)
    assert not await house.tasks_of("c-0006")
    (case,) = [one for one in await house.rows(cases) if one["skill"] == "grievance"]
    assert case["result"] == "withdrawn"
    assert not [one for one in await house.rows(case_people) if one["case_id"] == case["id"] and one["part"] == "spoke"]
    keys = [one["key"] for one in await house.rows(case_keys) if one["case_id"] == case["id"]]
    assert keys
    assert all(key.startswith("unnamed:") for key in keys)
    assert "没有等着留名的反映" in await house.reply("v-0102", "实名")


@pytest.mark.parametrize("said", ["算了，匿名吧", "不告诉村里吧？", "不举报了会不会有人知道", "这事不能算了", "2"])
async def test_what_takes_nothing_back_leaves_the_complaint_open(house: House, said: str) -> None:
    await house.says("v-0102", GRIEVANCE)
    await house.says("v-0102", said)
    assert len(await house.tasks_of("c-0006")) == 1


async def test_with_the_code_a_complaint_is_taken_back_later(house: House) -> None:
    await house.says("v-0102", GRIEVANCE)
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", await house.reply("v-0102", "2"))
    assert code
    assert "撤了" in await house.reply("v-0103", f"{code.group()}，撤了吧")
    assert not await house.tasks_of("c-0006")


@pytest.mark.parametrize("who", ["c-0101", "v-0101"])
@pytest.mark.parametrize("asks", ["有没有人举报我", "谁把我告了", "我被人举报了吗", "有人举报我吗"])
async def test_who_asks_whether_somebody_complained_of_him_complains_of_nobody(
    house: House, who: str, asks: str
) -> None:
    assert "不能说" in await house.reply(who, asks)
    assert not [one for one in await house.cases_of("c-0006") if one.skill == "grievance"]


@pytest.mark.parametrize("said", ["俺不敢留名", "我不想留名", "怕留名"])
async def test_who_dares_not_give_a_name_stays_unnamed(house: House, said: str) -> None:
    await house.says("v-0101", "俺要举报村主任收钱")
    assert "没有记您的名字" in await house.reply("v-0101", said)
