"""The month in figures, asked for in the chat: one's own village beside the town, nobody named, nobody ranked."""

from datetime import datetime

import pytest

from tests.integration.bot.house import House
from township.clock import SHANGHAI

CLERK, LEADER, VILLAGER = "c-0101", "c-0003", "v-0102"


@pytest.mark.parametrize(
    "asked", ["这个月的数字", "本月数字怎么样", "每月数字", "月报", "看看这个月的办件数字", "这个月收了多少件事"]
)
async def test_a_clerk_hears_the_own_village_beside_the_town(house: House, asked: str) -> None:
    await house.reply(VILLAGER, "俺家门口路灯不亮了")
    said = await house.reply(CLERK, asked)
    assert "11月柳树村：收到 1 件" in said
    assert "全镇：收到 1 件" in said
    assert "不到5件的不算占多少" in said
    assert "王秀英" not in said


async def test_the_last_month_is_another_month(house: House) -> None:
    await house.reply(VILLAGER, "俺家门口路灯不亮了")
    assert "10月柳树村：收到 0 件" in await house.reply(CLERK, "上个月的数字")
    house.clock.turn_to(datetime(2027, 1, 4, 9, 0, tzinfo=SHANGHAI))
    assert "12月柳树村：收到 0 件" in await house.reply(CLERK, "上月数字")


async def test_who_answers_for_the_town_hears_of_the_town_only(house: House) -> None:
    await house.reply(VILLAGER, "俺家门口路灯不亮了")
    said = await house.reply(LEADER, "这个月的数字")
    assert "11月全镇：收到 1 件" in said
    assert "柳树村" not in said


async def test_a_villager_may_know_as_well(house: House) -> None:
    assert "收到 0 件" in await house.reply(VILLAGER, "这个月办件数字")


@pytest.mark.parametrize("said", ["上个月的电费是多少", "这个月水费多少钱", "这个月的补贴发了没"])
async def test_other_numbers_of_a_month_are_questions_of_their_own(house: House, said: str) -> None:
    assert "收到" not in await house.reply(VILLAGER, said)
