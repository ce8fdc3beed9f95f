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
