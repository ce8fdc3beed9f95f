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
