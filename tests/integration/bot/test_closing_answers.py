"""The answer to "is it mended?" in people's own words: it is taken, and goes to the matter that is meant."""

import pytest

from tests.integration.bot.house import House

WHO, CLERK = "v-0101", "c-0101"


async def told_done(house: House, *reports: str) -> None:
    """Let matters be reported and be told to be done, half an hour apart."""
    for report in reports:
        await house.says(WHO, report)
    for key, _ in house.shown(CLERK):
        await house.taps_on(CLERK, key, "done", result="弄好了")
        await house.later(minutes=30)


async def stages(house: House) -> dict[str, str]:
    return {case.kind: case.stage for case in await house.cases_of(WHO)}


@pytest.mark.parametrize("said", ["水来了", "水来了，谢谢小邻", "有水了", "俺家水又有了", "总算来水了 辛苦恁了"])
async def test_that_the_water_is_back_answers_the_question_of_the_water(house: House, said: str) -> None:
    await told_done(house, "三组停水了")
    await house.says(WHO, "村口路灯坏了")
    assert "柳树 1 号 办结了" in await house.reply(WHO, said)
    assert await stages(house) == {"water": "closed", "lamp": "assign"}


@pytest.mark.parametrize(
    "said", ["水还没来", "修了个啥，水管还是漏", "水是来了 就是小得很", "来了一会又停了", "没见人来"]
)
async def test_that_it_is_not_back_goes_to_its_clerk_with_these_words(house: House, said: str) -> None:
    await told_done(house, "三组停水了")
    assert "接着办" in await house.reply(WHO, said)
    (case,) = await house.cases_of(WHO)
    assert (case.stage, case.said["more"]) == ("handle", said.replace(" ", "，"))


@pytest.mark.parametrize("said", ["电来了", "水啥时候来", "谢谢", "隔壁水来了俺家没有"])
async def test_what_says_nothing_of_the_water_answers_nothing(house: House, said: str) -> None:
    await told_done(house, "三组停水了")
    await house.says(WHO, said)
    assert await stages(house) == {"water": "confirm"}


@pytest.mark.parametrize("said", ["又没水了", "三组又停水了", "俺家没水"])
async def test_another_trouble_is_no_answer_about_the_lamp(house: House, said: str) -> None:
    await told_done(house, "村口路灯坏了")
    await house.says(WHO, said)
    assert await stages(house) == {"lamp": "confirm", "water": "assign"}


async def test_two_questions_are_answered_in_one_message(house: House) -> None:
    await told_done(house, "三组停水了", "村口路灯坏了")
    said = await house.reply(WHO, "灯好了 水还没来")
    assert "柳树 2 号 办结了" in said
    assert "柳树 1 号 接着办" in said


@pytest.mark.parametrize(
    ("said", "then", "found"),
    [
        ("好了", "2", {"water": "confirm", "lamp": "closed"}),
        ("没好", "路灯", {"water": "confirm", "lamp": "handle"}),
        ("1", "都是", {"water": "closed", "lamp": "closed"}),
        ("灯亮了", "", {"water": "confirm", "lamp": "closed"}),
        ("都好了", "", {"water": "closed", "lamp": "closed"}),
    ],
)
async def test_with_two_questions_open_it_is_asked_which_unless_it_is_said(
    house: House, said: str, then: str, found: dict[str, str]
) -> None:
    await told_done(house, "三组停水了", "村口路灯坏了")
    answer = await house.reply(WHO, said)
    if then:
        assert "1 柳树 1 号（供水） 2 柳树 2 号（路灯）" in answer
        await house.says(WHO, then)
    assert await stages(house) == found


async def test_what_was_asked_today_is_answered_before_what_was_asked_days_ago(house: House) -> None:
    await told_done(house, "三组停水了")
    await house.later(days=2)
    await house.says(WHO, "村口路灯坏了")
    await house.taps_on(CLERK, house.card(CLERK)[0], "done", result="换了灯泡")
    assert "柳树 2 号 办结了" in await house.reply(WHO, "好了")


@pytest.mark.parametrize("quote", ["柳树 1 号 办好了。弄好了\n修好了吗？回 1 好了，2 没好，3 别再问我。", "三组停水了"])
async def test_what_is_quoted_is_what_is_answered(house: House, quote: str) -> None:
    await told_done(house, "三组停水了", "村口路灯坏了")
    assert "柳树 1 号 接着办" in await house.reply(WHO, "没好", quote=quote)


async def test_the_same_report_while_it_is_asked_says_that_it_is_not_mended(house: House) -> None:
    await told_done(house, "村口路灯坏了")
    assert "柳树 1 号 接着办" in await house.reply(WHO, "村口路灯坏了")
    assert await stages(house) == {"lamp": "handle"}


AGAIN = [
    ("又坏了", "lamp"),
    ("又不亮了", "lamp"),
    ("路灯又不亮了", "lamp"),
    ("村口灯又灭了", "lamp"),
    ("又坏了啊", "lamp"),
]


@pytest.mark.parametrize(("said", "kind"), AGAIN)
async def test_what_is_broken_again_is_what_was_closed_whatever_else_is_open(
    house: House, said: str, kind: str
) -> None:
    await told_done(house, "村口路灯坏了")
    await house.says(WHO, "好了")
    await house.says(WHO, "俺家门口垃圾没人收")
    assert "柳树 1 号" in await house.reply(WHO, said)
    assert await stages(house) == {kind: "handle", "rubbish": "assign"}


@pytest.mark.parametrize("said", ["又没水了", "村西头路灯又坏了"])
async def test_what_names_another_thing_or_place_is_filed_anew(house: House, said: str) -> None:
    await told_done(house, "村口路灯坏了")
    await house.says(WHO, "好了")
    assert "记下了，柳树 2 号" in await house.reply(WHO, said)
    assert [case.stage for case in await house.cases_of(WHO)] == ["assign", "closed"]


@pytest.mark.parametrize("said", ["还没修好", "没好啊", "路灯还黑着呢"])
async def test_who_answers_no_after_the_matter_was_closed_is_heard(house: House, said: str) -> None:
    await told_done(house, "村口路灯坏了")
    await house.later(days=9)
    assert await stages(house) == {"lamp": "closed"}
    assert "柳树" in await house.reply(WHO, said)
    assert {case.stage for case in await house.cases_of(WHO)} & {"handle", "assign"}
