"""What is said in the weeks after the first line: asked after, put right, answered by number, scolded, praised."""

import pytest

from tests.integration.bot.house import House

WHO, CLERK = "v-0101", "c-0101"


async def stages(house: House, who: str = WHO) -> dict[str, str]:
    return {case.kind: case.stage for case in await house.cases_of(who)}


@pytest.mark.parametrize(
    "asked",
    [
        "路灯到哪了",
        "路灯有人来看没",
        "那个灯的事咋说",
        "路灯修不修了",
        "路灯谁管啊",
        "啥时候再来修",
        "你们办事咋这么慢 催催",
    ],
)
async def test_who_asks_after_a_matter_in_these_words_hears_how_far_it_is(house: House, asked: str) -> None:
    await house.says(WHO, "村口路灯坏了")
    assert "柳树 1 号" in await house.reply(WHO, asked)
    assert len(await house.cases_of(WHO)) == 1


@pytest.mark.parametrize("asked", ["三天了没人理俺", "陈文说今天来，人呢"])
async def test_who_waits_for_somebody_hears_how_far_it_is(house: House, asked: str) -> None:
    await house.says(WHO, "村口路灯坏了")
    assert "等人接手" in await house.reply(WHO, asked)


@pytest.mark.parametrize("answer", ["全组都没水", "就俺家没水", "是停水了，不是水小", "自来水一滴都没有"])
async def test_what_answers_a_clerks_question_is_no_second_report(house: House, answer: str) -> None:
    await house.says(WHO, "三组停水了")
    await house.taps_on(CLERK, house.card(CLERK)[0], "ask", question="是全组都停，还是就你家")
    assert "转给陈文" in await house.reply(WHO, answer)
    assert await stages(house) == {"water": "handle"}


@pytest.mark.parametrize("other", ["村口路灯坏了", "五组也停水了"])
async def test_another_report_answers_no_question_of_a_clerk(house: House, other: str) -> None:
    await house.says(WHO, "三组停水了")
    await house.taps_on(CLERK, house.card(CLERK)[0], "ask", question="几点停的")
    assert "柳树 2 号" in await house.reply(WHO, other)


@pytest.mark.parametrize(
    ("said", "stage", "more"),
    [
        ("柳树 1 号 收下", "handle", ""),
        ("柳树1号办好了 换了灯泡", "confirm", ""),
        ("柳树 1 号，已经叫电工了，下午到", "assign", "叫电工"),
        ("柳树 1 号 转给 李海", "handle", ""),
        ("柳树 1 号 问村民 几点灭的", "ask_back", ""),
    ],
)
async def test_a_clerk_answers_by_the_number_of_the_case(house: House, said: str, stage: str, more: str) -> None:
    await house.says(WHO, "村口路灯坏了")
    assert "柳树 1 号" in await house.reply(CLERK, said)
    assert await stages(house) == {"lamp": stage}
    (case,) = await house.cases_of(WHO)
    assert more in str(case.fields)


@pytest.mark.parametrize("said", ["柳树 1 号 收下", "柳树 1 号 有人去看了"])
async def test_by_its_number_nobody_else_does_anything_with_a_case(house: House, said: str) -> None:
    await house.says(WHO, "村口路灯坏了")
    await house.says("c-0201", said)
    await house.says("v-0102", said)
    assert await stages(house) == {"lamp": "assign"}


@pytest.mark.parametrize("said", ["垃圾那事算了，俺自己弄走了", "垃圾的事算了吧，邻居给拉走了", "那事算了，俺儿清走了"])
async def test_that_it_was_done_at_home_takes_it_back_and_raises_no_alarm(house: House, said: str) -> None:
    await house.says(WHO, "俺家门口垃圾没人收")
    assert "柳树 1 号 撤了" in await house.reply(WHO, said)


async def test_a_matter_that_is_named_is_taken_back_however_old(house: House) -> None:
    await house.says(WHO, "俺家停电了")
    await house.says(WHO, "村口路灯坏了")
    await house.later(days=4)
    assert "柳树 1 号 撤了" in await house.reply(WHO, "俺的电那事撤了吧")


async def test_a_picture_of_what_was_reported_goes_to_it(house: House) -> None:
    await house.says(WHO, "村口路灯坏了")
    await house.says(WHO, "俺家停电了")
    assert "柳树 1 号" in await house.reply(WHO, "就是这个路灯", pictures=1)
    assert len(await house.cases_of(WHO)) == 2


async def test_what_is_put_right_after_an_alarm_and_a_report_is_the_report(house: House) -> None:
    await house.says(WHO, "快来人啊俺爹倒地上了叫不应")
    await house.says(WHO, "村东头垃圾池满了")
    assert "村西头" in await house.reply(WHO, "不是村东头，是村西头")
    assert not any("村西头" in said for said in house.heard("c-0103"))


@pytest.mark.parametrize("said", ["恁们办事真中", "修得真快，谢谢恁"])
async def test_praise_needs_no_answer(house: House, said: str) -> None:
    assert await house.says(WHO, said) == []


async def test_who_objects_and_posted_nothing_is_heard_by_a_person(house: House) -> None:
    said = await house.reply(WHO, "不服，俺要反映")
    assert "帖子" not in said
    assert len(await house.cases_of(WHO)) == 1


async def test_not_finished_is_no_word_about_the_network(house: House) -> None:
    await house.says(WHO, "三组停水了")
    await house.says(WHO, "这个还没完吧", quote="供水的事记下了，柳树 1 号")
    assert await stages(house) == {"water": "assign"}
