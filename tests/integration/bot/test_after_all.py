"""What was dropped a moment ago is wanted after all; how a report stands and where it is, said in few words."""

from datetime import timedelta

import pytest

from tests.integration.bot.house import House

VILLAGER = "v-0101"


@pytest.mark.parametrize("said", ["还是要吧", "还是修吧", "想了想 还是来修吧", "刚才那个还是要办"])
async def test_a_report_that_was_taken_back_is_filed_anew(house: House, said: str) -> None:
    await house.says(VILLAGER, "桥头路灯坏了")
    assert "撤了" in await house.reply(VILLAGER, "算了")
    assert "路灯的事记下了" in await house.reply(VILLAGER, said)
    (case,) = [one for one in await house.cases_of(VILLAGER) if one.is_open]
    assert "桥头" in case.said["place"]


async def test_a_form_that_was_given_up_goes_on_where_it_stood(house: House) -> None:
    asked = await house.reply(VILLAGER, "我要申请宅基地")
    await house.reply(VILLAGER, "算了不办了")
    assert asked.splitlines()[-1] in await house.reply(VILLAGER, "还是要办")


async def test_half_an_hour_later_nothing_is_taken_up(house: House) -> None:
    await house.says(VILLAGER, "桥头路灯坏了")
    await house.reply(VILLAGER, "算了")
    house.clock.forward(timedelta(minutes=31))
    await house.says(VILLAGER, "还是要吧")
    assert not [one for one in await house.cases_of(VILLAGER) if one.is_open and one.skill == "village_report"]


@pytest.mark.parametrize("said", ["修好没", "那啥时候来", "弄好了没"])
async def test_how_a_report_stands_is_asked_in_few_words(house: House, said: str) -> None:
    await house.says(VILLAGER, "路灯坏了")
    assert "柳树 1 号" in await house.reply(VILLAGER, said)
    assert len(await house.cases_of(VILLAGER)) == 1


async def test_a_place_of_everybody_says_where_it_is(house: House) -> None:
    await house.says(VILLAGER, "路灯坏了")
    assert "柳树 1 号" in await house.reply(VILLAGER, "就是村委门口那个")
    (case,) = await house.cases_of(VILLAGER)
    assert "村委门口" in case.said["place"]
