"""What a clerk leaves out when filing for others, or changing a service: told how to say it; nothing is guessed."""

import pytest

from tests.integration.bot.house import House

CLERK, TOWN_CLERK = "c-0101", "c-0001"


@pytest.mark.parametrize("said", ["记", "记一下", "记 急", "登记一下"])
async def test_to_file_without_a_quote_says_what_to_quote(house: House, said: str) -> None:
    answer = await house.reply(CLERK, said)
    assert "引用" in answer
    assert "代王秀英报" in answer
    assert await house.cases_of(CLERK) == []


@pytest.mark.parametrize("said", ["代王秀英报", "替王秀英反映一下", "代冯老栓报个事"])
async def test_for_somebody_without_a_matter_is_asked_which(house: House, said: str) -> None:
    assert "报什么事" in await house.reply(CLERK, said)
    assert "王秀英" in await house.reply(CLERK, "代王秀英报 三组路灯不亮")


@pytest.mark.parametrize("who", [CLERK, TOWN_CLERK])
@pytest.mark.parametrize("said", ["家宴的人数线改成40", "把晒场预约的时限改成三天", "家宴的桌数上限改成20桌"])
async def test_a_change_of_a_service_that_is_not_offered_touches_no_case(house: House, who: str, said: str) -> None:
    await house.reply(who, "代王秀英报 三组路灯不亮")
    answer = await house.reply(who, said)
    assert "没有这个事项" in answer
    assert "改成“" not in answer


async def test_what_was_said_wrongly_is_still_put_right(house: House) -> None:
    await house.reply(CLERK, "代王秀英报 三组路灯不亮")
    assert "四组" in await house.reply(CLERK, "三组改成四组")
