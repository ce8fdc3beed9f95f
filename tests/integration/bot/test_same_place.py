"""Two people say where in the village something is broken: both are filed and linked, and the second hears of it."""

import pytest

from tests.integration.bot.house import House


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("村东头井盖没了", "村东头的井盖没了，掉进人咋办"),
        ("柳树村西头路灯不亮", "村西头那个路灯坏了"),
        ("村南边垃圾没人收", "村南边的垃圾堆成山了"),
    ],
)
async def test_the_side_of_a_village_is_a_place(house: House, first: str, second: str) -> None:
    await house.says("v-0102", first)
    assert "还有 1 户也报了" in await house.reply("v-0104", second)


@pytest.mark.parametrize("place", ["村东头", "桥头", "学校门口", "卫生室"])
async def test_of_a_place_that_a_village_has_once_no_group_is_said(house: House, place: str) -> None:
    await house.says("v-0101", f"{place}路灯坏了")
    assert "还有 1 户也报了" in await house.reply("v-0102", f"{place}路灯不亮")
    for who in ("v-0101", "v-0102"):
        (case,) = await house.cases_of(who)
        assert case.said["place"] == f"柳树村 {place}"


@pytest.mark.parametrize(("first", "second"), [("村口", "桥头"), ("学校门口", "村东头"), ("俺家门口", "俺家门口")])
async def test_two_places_of_a_village_are_not_taken_for_one(house: House, first: str, second: str) -> None:
    await house.says("v-0101", f"{first}路灯坏了")
    assert "也报了" not in await house.reply("v-0102", f"{second}路灯坏了")


async def test_two_sides_of_a_village_are_two_places(house: House) -> None:
    await house.says("v-0102", "村东头井盖没了")
    assert "也报了" not in await house.reply("v-0104", "村西头井盖没了")


@pytest.mark.parametrize("said", ["撤回吧，有人盖上了", "撤回吧", "撤了吧，已经好了", "不用来了，有人盖上了"])
async def test_a_report_is_taken_back_with_its_reason(house: House, said: str) -> None:
    await house.says("v-0102", "村东头井盖没了")
    answer = await house.reply("v-0102", said)
    (case,) = await house.cases_of("v-0102")
    assert case.result == "withdrawn", answer
    assert not await house.tasks_of("c-0101")
