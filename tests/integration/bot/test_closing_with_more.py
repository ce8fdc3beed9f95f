"""The answer to "mended?" with more words behind its number is that answer, and the words go to who works on it."""

import pytest

from tests.integration.bot.house import House


@pytest.mark.parametrize("said", ["2 还是没水", "2，还是没水"])
async def test_not_mended_with_a_word_more_goes_back_to_its_clerk_with_it(house: House, said: str) -> None:
    await house.says("v-0101", "俺家自来水停了")
    card = next(iter(house.post.cards))
    await house.taps_on("c-0101", card, "done", result="阀门开了")
    assert "接着办" in await house.reply("v-0101", said)
    (case,) = await house.cases_of("v-0101")
    assert (case.stage, case.said["more"]) == ("handle", "还是没水")


async def test_a_list_of_new_matters_answers_nothing_that_was_asked(house: House) -> None:
    await house.says("v-0101", "俺家自来水停了")
    card = next(iter(house.post.cards))
    await house.taps_on("c-0101", card, "done", result="阀门开了")
    await house.says("v-0101", "1、路灯坏了 2、垃圾没人收")
    stages = {case.kind: case.stage for case in await house.cases_of("v-0101")}
    assert stages == {"water": "confirm", "lamp": "assign", "rubbish": "assign"}


@pytest.mark.parametrize("said", ["不对，不是垃圾，是下水道堵了往外冒", "说错了，是下水道堵了往外冒"])
async def test_who_works_on_a_matter_reads_on_its_card_what_was_put_right(house: House, said: str) -> None:
    await house.says("v-0101", "垃圾没人收，臭死了")
    await house.taps_on("c-0101", next(iter(house.post.cards)), "accept")
    assert "办事的人看得见" in await house.reply("v-0101", said)
    ((_, shown),) = house.post.cards.values()
    assert "下水道堵了往外冒" in shown["body"]
    assert "垃圾没人收" in shown["body"]


@pytest.mark.parametrize(("said", "stage"), [("没好，还是黑的", "handle"), ("好了好了，谢谢", "closed")])
async def test_what_people_add_in_words_counts_as_well(house: House, said: str, stage: str) -> None:
    await house.says("v-0101", "路灯坏了")
    card = next(iter(house.post.cards))
    await house.taps_on("c-0101", card, "done", result="换了灯泡")
    await house.says("v-0101", said)
    (case,) = await house.cases_of("v-0101")
    assert case.stage == stage


async def test_who_asks_after_a_matter_that_waits_for_an_answer_is_told_what_to_answer(house: House) -> None:
    await house.says("v-0101", "路灯坏了")
    assert "等人接手" in await house.reply("v-0101", "修到哪一步了")
    card = next(iter(house.post.cards))
    await house.taps_on("c-0101", card, "done", result="换了灯泡")
    said = await house.reply("v-0101", "修到哪一步了")
    assert "等您回一句，“好了”、“没好”" in said
    assert "等村民" not in said


@pytest.mark.parametrize("said", ["修好了", "好了", "修好了 谢谢", "好了好了", "弄好了"])
async def test_that_it_is_mended_answers_the_question_and_takes_back_no_other_matter(house: House, said: str) -> None:
    await house.says("v-0101", "俺家自来水停了")
    card = next(iter(house.post.cards))
    await house.says("v-0101", "路灯坏了")
    await house.taps_on("c-0101", card, "done", result="阀门开了")
    assert "办结了" in await house.reply("v-0101", said)
    stages = {case.kind: case.stage for case in await house.cases_of("v-0101")}
    assert stages == {"water": "closed", "lamp": "assign"}
