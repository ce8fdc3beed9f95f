"""The unmodified SDK 0.24.3 against the sandbox: the compatibility oracle."""

import httpx
import pytest

pytestmark = pytest.mark.usefixtures("sdk_bot")


async def connected(http: httpx.AsyncClient, heard) -> None:
    if not (await http.get("/_sandbox/state")).json()["connections"]:
        await heard.next("connection", is_open=True)


async def test_a_text_comes_back_through_the_session_webhook(http, changes):
    async with changes("v-0101") as heard:
        await connected(http, heard)
        await http.post("/_sandbox/say", json={"as": "v-0101", "text": "路灯不亮"})
        assert await heard.bot_says() == "听到了：路灯不亮"


async def test_a_text_in_a_group_is_answered_in_the_group_also_for_an_outsider(http, changes):
    async with changes("v-0102") as heard:
        await connected(http, heard)
        await http.post("/_sandbox/say", json={"as": "x-0001", "group": "cidliushu=", "text": "停水不"})
        assert await heard.bot_says() == "听到了：停水不"


async def test_words_with_a_title_and_a_picture_go_by_the_helpers_of_the_sdk(http, changes):
    async with changes("v-0101") as heard:
        await connected(http, heard)
        await http.post("/_sandbox/say", json={"as": "v-0101", "text": "标题"})
        assert await heard.bot_says() == "**路灯**不亮"
        await http.post("/_sandbox/say", json={"as": "v-0101", "pictures": 1})
        picture = await http.get(await heard.bot_says())
    assert picture.content.startswith(b"\x89PNG")


async def test_a_tap_runs_through_the_sdk_and_changes_the_card_for_all_and_for_one(http, changes):
    async with changes("c-0101") as heard:
        await connected(http, heard)
        await http.post("/_sandbox/say", json={"as": "c-0101", "text": "卡片"})
        card = (await heard.next("card"))["card"]
        assert card["buttons"] == [{"action": "accept", "text": "收下", "style": "blue"}]
        tap = {"as": "c-0101", "outTrackId": card["outTrackId"], "action": "accept"}
        tapped = (await http.post("/_sandbox/tap", json=tap)).json()
        assert (tapped["ok"], tapped["ms"] < 2000) == (True, True)
        assert tapped["response"]["cardData"]["cardParamMap"]["status"] == "c-0101:accept"
    (card,) = (await http.get("/_sandbox/inbox", params={"as": "c-0101"})).json()["cards"]
    assert card["params"] == {"title": "路灯不亮", "status": "c-0101:accept", "buttons": "[]", "mine": "yes"}
    assert card["buttons"] == []


async def test_a_card_of_the_sdk_itself_is_created_delivered_and_tapped(http, changes):
    async with changes("c-0102") as heard:
        await connected(http, heard)
        await http.post("/_sandbox/say", json={"as": "c-0102", "text": "按钮"})
        card = (await heard.next("card"))["card"]
        assert [button["action"] for button in card["buttons"]] == ["accept"]
        tap = {"as": "c-0102", "outTrackId": card["outTrackId"], "action": "accept"}
        assert (await http.post("/_sandbox/tap", json=tap)).json()["ok"] is True


async def test_the_sdk_comes_back_after_disconnect(http, changes):
    async with changes() as heard:
        await connected(http, heard)
        gone = (await http.post("/_sandbox/disconnect", json={})).json()["disconnected"]
        back = await heard.next("connection", is_open=True)
        assert back["connection"] not in gone
        await http.post("/_sandbox/say", json={"as": "v-0103", "text": "还在吗"})
        assert await heard.bot_says() == "听到了：还在吗"


async def test_the_sdk_acknowledges_an_event_in_its_own_way(http, changes):
    async with changes() as heard:
        await connected(http, heard)
        await http.post("/_sandbox/event", json={"type": "user_add_org", "data": {"userId": ["v-0101"]}})
        await heard.next("acked", of="event")
    assert (await http.get("/_sandbox/state")).json()["unackedCount"] == 0
