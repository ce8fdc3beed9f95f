"""What is not understood, or nobody knows, is one step from a person and from a report: by a number, never lost."""

import pytest

from bot.dialogue.hearing import emergency
from tests.integration.bot.house import House

WHO = "v-0102"
RIDDLE = "呜哩哇啦嘛咪"
NOT_OURS = "布达拉宫有多少级台阶"


async def test_what_is_not_understood_is_filed_by_one_number_in_the_words_that_were_said(house: House) -> None:
    asked = await house.reply(WHO, RIDDLE)
    assert "没听明白" in asked
    assert "回 1" in asked
    assert "回 2" in asked
    assert "柳树 1 号" in await house.reply(WHO, "1")
    (case,) = await house.cases_of(WHO)
    assert (case.skill, case.said["what"]) == ("village_report", RIDDLE)


@pytest.mark.parametrize("answer", ["2", "２"])
async def test_what_is_not_understood_goes_to_a_person_by_the_other_number(house: House, answer: str) -> None:
    await house.says(WHO, RIDDLE)
    assert "问2026-0001" in await house.reply(WHO, answer)
    (task,) = await house.tasks_of("c-0008") or await house.tasks_of("c-0001")
    assert task.number == "问2026-0001"


async def test_a_question_after_words_that_were_not_understood_is_answered(house: House) -> None:
    await house.says(WHO, RIDDLE)
    assert "760元" in await house.reply(WHO, "农村低保标准多少")
    assert "没有等您回话的事" in await house.reply(WHO, "1")


async def test_what_is_far_from_everything_here_is_asked_of_a_person_if_wanted(house: House) -> None:
    offered = await house.reply(WHO, NOT_OURS)
    assert "不知道" in offered
    assert "回 1" in offered
    assert await house.cases_of(WHO) == []
    assert "问2026-0001" in await house.reply(WHO, "问吧")
    (case,) = await house.cases_of(WHO)
    assert case.said["what"] == NOT_OURS


async def test_nothing_is_offered_to_all_who_listen(house: House) -> None:
    assert "回 1" not in await house.reply(WHO, RIDDLE, group="cidliushu=")
    assert "回 1" not in await house.reply(WHO, NOT_OURS, group="cidliushu=")


async def test_words_about_a_cadre_are_never_filed_with_the_village_by_a_number(house: House) -> None:
    asked = await house.reply(WHO, "会计咕噜咕噜")
    assert "回 1" not in asked


async def test_a_number_still_answers_whether_it_is_mended(house: House) -> None:
    await house.reply(WHO, "俺家门口路灯坏了")
    await house.taps_on("c-0101", next(iter(house.post.cards)), "done", result="换了灯泡")
    assert "回 1" not in await house.reply(WHO, RIDDLE)
    assert "办结了" in await house.reply(WHO, "1")


async def test_who_only_asks_how_far_it_is_hears_that_there_is_nothing(house: House) -> None:
    assert "回 1" not in await house.reply(WHO, "进度")


def test_the_riddles_are_no_emergency() -> None:
    assert [emergency.recognise(text) for text in (RIDDLE, NOT_OURS)] == [None, None]
