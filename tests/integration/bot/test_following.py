"""A question goes on with the one before, for a while, and a report ends it; today's market is told by the moon."""

from tests.integration.bot.house import House


async def test_a_question_goes_on_with_the_one_before(house: House) -> None:
    assert "60元" in await house.reply("v-0101", "高龄津贴多少钱")
    assert "25日" in await house.reply("v-0101", "那几号发")
    assert "760元" in await house.reply("v-0101", "低保呢，多少")  # a new subject, which takes none of the old words


async def test_after_a_while_nobody_goes_on(house: House) -> None:
    await house.says("v-0101", "高龄津贴多少钱")
    await house.later(hours=1)
    assert "25日" not in await house.reply("v-0101", "那几号发")


async def test_a_report_ends_what_was_asked_before(house: House) -> None:
    await house.says("v-0101", "高龄津贴多少钱")
    await house.says("v-0101", "桥头的路灯不亮了")
    assert "25日" not in await house.reply("v-0101", "那几号发")


async def test_what_hangs_on_the_day_is_told_with_the_day(house: House) -> None:
    said = await house.reply("v-0101", "明天赶集不")
    assert "农历" in said
    assert "逢三、逢八" in said
