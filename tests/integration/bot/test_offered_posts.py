"""What neighbours would like to read is offered to be posted, and only a yes posts it."""

import pytest

from tests.integration.bot.house import House

WHO = "v-0102"
OFFERED = [
    "我要卖两只老母鸡",
    "俺家有头小猪要出手",
    "自家种的白菜谁要",
    "俺想买两只羊羔",
    "谁家有小鸡仔卖",
    "有人捡到羊没有",
    "羊丢了两只，有人捡到没",
    "俺捡到一串钥匙",
]


@pytest.mark.parametrize("says", OFFERED)
async def test_what_is_for_the_neighbours_is_posted_on_a_yes(house: House, says: str) -> None:
    asked = await house.reply(WHO, says)
    assert "邻友圈" in asked
    assert await house.cases_of(WHO) == []
    assert "发到柳树村邻友圈了" in await house.reply(WHO, "1")
    assert says in await house.reply(WHO, "我发的帖子")


@pytest.mark.parametrize("yes", ["发", "发吧", "行", "1"])
async def test_the_plainest_yes_posts_it(house: House, yes: str) -> None:
    await house.reply(WHO, "我要卖两只老母鸡")
    assert "发到柳树村邻友圈了" in await house.reply(WHO, yes)


async def test_without_a_yes_nothing_is_posted(house: House) -> None:
    await house.reply(WHO, "我要卖两只老母鸡")
    assert await house.reply(WHO, "不发了") == "好，不发。"
    assert "等您回话" in await house.reply(WHO, "1")
    assert "还没在邻友圈发过" in await house.reply(WHO, "我发的帖子")


NOT_OFFERED = [
    "卖鸡蛋要交税不",
    "有人卖假药",
    "俺家白菜卖不出去咋办",
    "身份证丢了咋补",
    "捡到身份证交给谁",
    "俺要卖房子",
]


@pytest.mark.parametrize("says", NOT_OFFERED)
async def test_a_question_or_a_complaint_is_not_offered_to_be_posted(house: House, says: str) -> None:
    assert "邻友圈，邻居" not in "".join(await house.says(WHO, says))


PHOTOS_LATER = ["我要卖两只老母鸡", "俺家有头小猪要出手", "自家种的白菜谁要", "俺捡到一串钥匙", "谁家有小鸡仔卖"]


@pytest.mark.parametrize("says", PHOTOS_LATER)
async def test_a_photo_after_the_offer_waits_for_the_post_and_goes_to_no_matter(house: House, says: str) -> None:
    await house.says(WHO, "桥头路灯坏了")
    await house.says(WHO, says)
    assert "先给您留着" in await house.reply(WHO, pictures=1)
    assert "照片 1 张" in await house.reply(WHO, "1")
    (case,) = await house.cases_of(WHO)
    assert "photos" not in case.fields


async def test_a_photo_goes_to_the_matter_when_the_offer_is_over(house: House) -> None:
    await house.says(WHO, "桥头路灯坏了")
    await house.says(WHO, "我要卖两只老母鸡")
    await house.says(WHO, "不发了")
    assert "放进 柳树 1 号" in await house.reply(WHO, pictures=1)
