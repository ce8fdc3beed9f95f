"""Borrowing, booking and queueing as villagers and cadres talk about it, in services that a clerk has written."""

import json
from functools import partial
from pathlib import Path

import pytest

from bot.dialogue.meaning import services
from bot.dialogue.meaning.proposing import Proposer
from evals.scripted import Mode, ScriptedModel
from skills import registry
from tests.integration.bot.house import TOWN, House
from township.llm import open_chat

ROOT = Path(__file__).parents[2] / "unit" / "skills" / "booked"


@pytest.fixture
async def booked(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A town that lends tillers, has a hall and a threshing floor."""
    monkeypatch.setattr(services, "ASKED_AGAIN", 0.0)
    return await _offering(house, ROOT)


@pytest.fixture
async def gallery(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A town that offers every service of the gallery."""
    monkeypatch.setattr(services, "ASKED_AGAIN", 0.0)
    return await _offering(house, registry.HERE / "gallery")


async def _offering(house: House, root: Path) -> House:
    for loaded in registry.load_all(root):
        assert loaded.skill is not None, loaded.problems
        now = house.clock.now()
        await house.db.write(partial(registry.install, town_id=TOWN, skill=loaded.skill, by=None, now=now))
    return house


async def test_too_few_says_how_many_and_when_and_takes_another_number_or_day(booked: House) -> None:
    assert "留好了" in await booked.reply("v-0101", "借4台旋耕机，11月28号到29号用")
    said = await booked.reply("v-0102", "借3台旋耕机，11月28号到29号用")
    assert "只剩 2 台，不够 3 台" in said
    assert "11月30日" in said
    assert "留好了：2 台" in await booked.reply("v-0102", "那就2台吧")
    assert "只剩 0 台" in await booked.reply("v-0103", "借5台旋耕机，11月28号到29号用")
    assert "留好了：5 台" in await booked.reply("v-0103", "12月5号到6号")


async def test_nothing_at_all_is_asked_for_again_and_days_the_wrong_way_round_too(booked: House) -> None:
    assert "要几台旋耕机" in await booked.reply("v-0101", "借旋耕机，11月28号到29号用")
    assert "还没说要借什么。能借的有：旋耕机、喷雾器" in await booked.reply("v-0101", "0")
    assert "留好了：2 台" in await booked.reply("v-0101", "2台")
    assert "说倒了" in await booked.reply("v-0102", "借3台旋耕机，12月14号到12月10号用")
    assert "留好了：3 台" in await booked.reply("v-0102", "12月10号到14号")


async def test_what_is_free_on_a_day_is_answered(booked: House) -> None:
    await booked.says("v-0101", "借4台旋耕机，11月28号到29号用")
    said = await booked.reply("v-0102", "这周六旋耕机还有几台？")
    assert "空着 2 台" in said
    assert "空着 6 台" in await booked.reply("v-0102", "12月20号旋耕机还有没有")


async def test_a_time_is_chosen_by_its_number_and_offered_to_nobody_else(booked: House) -> None:
    said = await booked.reply("v-0101", "想用一下议事厅")
    first = said.partition("1 ")[2].partition(" 2 ")[0]
    assert "09:00 到 11:00" in first
    assert f"约好了：{first.partition(' ')[0]}" in await booked.reply("v-0101", "1")
    offered = await booked.reply("v-0102", "想用一下议事厅")
    assert first not in offered
    assert "有人约了" in await booked.reply("v-0102", "11月24号上午九点到十一点")
    assert "约好了" in await booked.reply("v-0102", "2")
    assert first not in await booked.reply("v-0103", "议事厅哪天空着")


async def test_another_day_is_said_by_the_name_of_the_action(booked: House) -> None:
    await booked.says("v-0101", "借4台旋耕机，11月28号到29号用")
    assert "哪几天用？" in await booked.reply("v-0101", "改日子")
    assert "改好了" in await booked.reply("v-0101", "12月8号到9号")
    assert "改好了" in await booked.reply("v-0101", "我借的那个改日子，改到12月7号到8号")
    assert "改好了" in await booked.reply("v-0101", "改日子，12月5号到6号")
    assert "空着 6 台" in await booked.reply("v-0102", "这周六旋耕机还有几台？")


async def test_how_many_before_me_giving_way_and_one_number_a_household(booked: House) -> None:
    assert "您是 1 号" in await booked.reply("v-0101", "排个号打谷子，东场")
    assert "前面还有 1 家" in await booked.reply("v-0102", "排个号打谷子，东场")
    assert "前面还有 2 家" in await booked.reply("v-0104", "排个号打谷子，东场")
    assert "您家已经排着了" in await booked.reply("v-0102", "排个号打谷子，东场")
    assert "前面还有 1 家" in await booked.reply("v-0102", "前面还有几家")
    assert "轮到您了" in await booked.reply("v-0101", "啥时候轮到我")
    assert "前面还有 2 家" in await booked.reply("v-0102", "让后面的先")
    assert "前面还有 1 家" in await booked.reply("v-0104", "办到哪了")


@pytest.mark.parametrize("asked", ["浇麦子还得等几家", "俺还要等几家", "前面还有几家"])
async def test_who_stands_in_a_line_hears_how_many_are_before_however_it_is_asked(gallery: House, asked: str) -> None:
    for who in ("v-0101", "v-0102"):
        await gallery.says(who, "我要浇地领个号，东井")
    assert "您是 2 号，前面还有 1 家" in await gallery.reply("v-0102", asked)


@pytest.mark.parametrize("answer", ["跟周德厚换", "周德厚", "那就跟周德厚换换吧", "俺想和周德厚换一下号"])
async def test_whom_to_swap_with_is_answered_in_a_sentence(gallery: House, answer: str) -> None:
    for who in ("v-0101", "v-0102", "v-0104"):
        await gallery.says(who, "我要浇地领个号，东井")
    assert "跟谁换？" in await gallery.reply("v-0102", "跟人换")
    assert "换好了，您前面还有 2 家" in await gallery.reply("v-0102", answer)


async def test_nobody_of_that_name_is_asked_for_again_and_another_matter_is_heard(gallery: House) -> None:
    for who in ("v-0101", "v-0102"):
        await gallery.says(who, "我要浇地领个号，东井")
    await gallery.says("v-0102", "跟人换")
    said = await gallery.reply("v-0102", "跟赵大爷换")
    assert "没对上是谁" in said
    assert "跟谁换？" in said
    assert "路灯的事记下了" in await gallery.reply("v-0102", "村口路灯坏了")


async def test_a_number_that_is_given_up_is_named(gallery: House) -> None:
    await gallery.says("v-0101", "我要浇地领个号，东井")
    assert "东井 1 号销了" in await gallery.reply("v-0101", "不浇了")


async def _tables(gallery: House) -> None:
    for said in ("俺想借桌子", "10张", "条凳40条，锅2口", "12月5号到6号"):
        await gallery.says("v-0101", said)


async def test_a_thing_is_asked_after_by_what_people_call_it(gallery: House) -> None:
    await _tables(gallery)
    assert "桌子11月23日（周一）空着 30 张" in await gallery.reply("v-0102", "桌子还有几张")
    assert "桌子12月5日（周六）空着 20 张（一共 30 张）" in await gallery.reply("v-0102", "12月5号桌子还有几张")


async def test_one_of_several_numbers_is_changed_by_its_unit_and_never_all_of_them(gallery: House) -> None:
    await _tables(gallery)
    assert "要改哪一样" in await gallery.reply("v-0101", "改数目")
    assert "要改哪一样" in await gallery.reply("v-0101", "8")
    said = await gallery.reply("v-0101", "桌子8张")
    assert "改好了" in said
    assert "桌子：8 张\n凳子：40 条\n大锅：2 口" in said
    assert "桌子：8 张\n凳子：32 条\n大锅：1 口" in await gallery.reply("v-0101", "改数目，锅1口，凳子32条")


@pytest.mark.parametrize("said", ["桌子不借了", "不借了", "不用借了，谢谢", "俺不借了"])
async def test_who_borrows_no_more_is_let_go_in_the_form_and_after(gallery: House, said: str) -> None:
    await gallery.says("v-0102", "俺想借桌子")
    assert "不弄了" in await gallery.reply("v-0102", said)
    await _tables(gallery)
    assert "撤了" in await gallery.reply("v-0101", said)


async def test_a_report_that_answers_nothing_of_a_form_is_filed(gallery: House) -> None:
    for said in ("俺想借桌子", "10张"):
        await gallery.says("v-0102", said)
    assert "垃圾的事记下了" in await gallery.reply("v-0102", "垃圾车这礼拜没来")
    assert "几口大锅" in await gallery.reply("v-0102", "40条")


@pytest.mark.parametrize("answer", ["就俺老两口使", "俺爹糖尿病", "俺老伴半身不遂", "老两口带个孙子"])
async def test_an_answer_about_who_lives_there_is_no_cry_for_help(booked: House, answer: str) -> None:
    assert "要几台旋耕机" in await booked.reply("v-0101", "借旋耕机，11月28号到29号用")
    assert "急事" not in await booked.reply("v-0101", answer)


@pytest.mark.parametrize("cry", ["俺爹倒地上叫不应", "塘边就看见一双小凉鞋", "俺爹糖尿病犯了直抽抽"])
async def test_a_cry_in_the_middle_of_a_form_is_heard(booked: House, cry: str) -> None:
    await booked.says("v-0101", "借旋耕机，11月28号到29号用")
    assert "120" in await booked.reply("v-0101", cry)


THERE = "靠河沿那个，挨着老槐树的"


@pytest.mark.parametrize(("proposed", "then"), [("east", "您是 1 号"), ("north", "没听明白")])
async def test_an_answer_in_own_words_is_found_by_a_model_among_what_is_offered(
    booked: House, proposed: str, then: str
) -> None:
    said = {"commands": [{"do": "fill", "kind": proposed, "text": THERE}]}
    async with ScriptedModel([Mode.good], {THERE: json.dumps(said, ensure_ascii=False)}).serving() as model:
        booked.mind.proposer = Proposer(open_chat(model.setting).ainvoke, 5.0)
        assert "哪个场" in await booked.reply("v-0101", "排个号打谷子")
        assert then in await booked.reply("v-0101", THERE)
        assert len(model.asked) == 1


async def test_without_a_model_it_is_asked_again(booked: House) -> None:
    await booked.says("v-0101", "排个号打谷子")
    assert "没听明白" in await booked.reply("v-0101", THERE)


async def test_a_keeper_sees_the_line_and_what_a_month_came_to(booked: House) -> None:
    for who in ("v-0101", "v-0102"):
        await booked.says(who, "排个号打谷子，东场")
    said = await booked.reply("c-0101", "东场谁在排队")
    assert "柳树村东场：\n1 号 王秀英" in said
    assert "轮到了\n2 号 张三" in said
    assert "轮到 0 家" in await booked.reply("c-0101", "打谷场排号这个月的数字")


async def test_a_keeper_sees_who_has_what(booked: House) -> None:
    await booked.says("v-0101", "借4台旋耕机，11月28号到29号用")
    said = await booked.reply("c-0101", "借出去的还有谁没还")
    assert "王秀英：旋耕机 4 台，11月29日" in said
    assert "没有借出去的" not in said


async def test_what_is_put_right_of_a_booking_is_changed_at_once(gallery: House) -> None:
    assert "几桌" in await gallery.reply("v-0101", "俺家小子腊月十六结婚，想用用村里大厅")
    assert "留好了：1月23日" in await gallery.reply("v-0101", "八桌")
    assert "大厅改到 1月25日" in await gallery.reply("v-0101", "不对，腊月十八，我记差了")
    assert "现在是 9 桌" in await gallery.reply("v-0101", "人多了，改成9桌")
    assert "1月25日" in (said := await gallery.reply("v-0102", "腊月十八大厅有人用没"))
    assert "约不上" in said
    assert "空着，要用就说一声" in await gallery.reply("v-0102", "腊月十九大厅有人用没")


async def test_a_feast_is_known_by_its_tables(gallery: House) -> None:
    assert "留好了：1月27日" in await gallery.reply("v-0102", "给俺爹过八十大寿，腊月二十，八桌")


async def test_who_wonders_why_something_is_asked_hears_why_and_is_asked_again(gallery: House) -> None:
    await gallery.says("v-0101", "下月初八要用大厅办喜事，二十桌")
    assert "电话" in await gallery.reply("v-0101", "李二强")
    said = await gallery.reply("v-0101", "问这个干啥")
    assert "因为看之前先打个电话" in said
    assert said.count("师傅的电话多少") == 1
    assert "健康证" in await gallery.reply("v-0101", "13812345678")
