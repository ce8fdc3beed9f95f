"""Cards and taps: create, deliver, update, the two-second window, and buttons that speak."""

import asyncio
import json
from typing import Any

import httpx
import pytest

CARD = "/v1.0/card/instances/callback"


def a_card(out_track_id: str = "k1", space: str = "IM_ROBOT.c-0101", **more: Any) -> dict[str, Any]:
    buttons = json.dumps(
        [{"action": "accept", "text": "收下", "style": "blue"}, {"action": "refuse", "text": "不是我的"}]
    )
    return {
        "cardTemplateId": "dinglin-task.schema",
        "outTrackId": out_track_id,
        "callbackType": "STREAM",
        "cardData": {"cardParamMap": {"title": "路灯不亮", "status": "待受理", "buttons": buttons}},
        "openSpaceId": f"dtv1.card//{space}",
        "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": "dinglin-sandbox"},
        "imGroupOpenDeliverModel": {"robotCode": "dinglin-sandbox"},
        **more,
    }


async def cards_of(http: httpx.AsyncClient, persona: str) -> list[dict[str, Any]]:
    return list((await http.get("/_sandbox/inbox", params={"as": persona})).json()["cards"])


@pytest.fixture
def deliver(api):
    async def call(body: dict[str, Any]) -> httpx.Response:
        return await api("POST", "/v1.0/card/instances/createAndDeliver", body)

    return call


async def test_a_card_stands_before_its_person_with_its_buttons(http, deliver):
    answer = (await deliver(a_card())).json()
    assert answer["success"] is True
    assert answer["result"]["deliverResults"][0]["success"] is True
    (card,) = await cards_of(http, "c-0101")
    assert card["outTrackId"] == "k1"
    assert [(button["action"], button["text"]) for button in card["buttons"]] == [
        ("accept", "收下"),
        ("refuse", "不是我的"),
    ]
    assert await cards_of(http, "c-0102") == []


async def test_the_same_track_id_twice_is_refused(deliver):
    await deliver(a_card())
    again = await deliver(a_card())
    assert (again.status_code, again.json()["code"]) == (400, "param.cardAlreadyExist")


async def test_an_unknown_person_fails_inside_http_200(deliver):
    answer = await deliver(a_card(space="IM_ROBOT.nobody"))
    assert answer.status_code == 200
    assert answer.json()["result"]["deliverResults"] == [
        {"spaceType": "IM_ROBOT", "spaceId": "nobody", "success": False, "errorMsg": "spaceId is illegal"}
    ]


async def test_recipients_alone_see_a_card_in_a_group(http, deliver):
    model = {"robotCode": "dinglin-sandbox", "recipients": ["c-0101"]}
    await deliver(a_card(space="IM_GROUP.cidliushu=", imGroupOpenDeliverModel=model))
    assert [card["group"] for card in await cards_of(http, "c-0101")] == ["cidliushu="]
    assert await cards_of(http, "v-0102") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"outTrackId": ""}, "param.outTrackIdEmpty"),
        ({"cardTemplateId": ""}, "param.cardTemplateIdEmpty"),
        ({"cardData": None}, "param.cardPublicDataEmpty"),
        ({"openSpaceId": ""}, "param.openSpaceIdEmpty"),
        ({"openSpaceId": "IM_ROBOT.c-0101"}, "param.openSpaceIdInvalid"),
        ({"imRobotOpenDeliverModel": None}, "param.openDeliverModelEmpty"),
        ({"cardData": {"cardParamMap": {"n": 1}}}, "param.invalid"),
        ({"privateData": {"nobody": {"cardParamMap": {}}}}, "param.userIdNotExist"),
    ],
)
async def test_a_wrong_card_is_refused_with_its_real_code(deliver, change, code):
    answer = await deliver({**a_card(), **change})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_an_update_overwrites_unless_it_goes_by_key(http, api, deliver):
    await deliver(a_card())
    change = {"outTrackId": "k1", "cardData": {"cardParamMap": {"status": "已办结"}}}
    await api("PUT", "/v1.0/card/instances", {**change, "cardUpdateOptions": {"updateCardDataByKey": True}})
    (card,) = await cards_of(http, "c-0101")
    assert (card["params"]["title"], card["params"]["status"]) == ("路灯不亮", "已办结")
    await api("PUT", "/v1.0/card/instances", change)
    (card,) = await cards_of(http, "c-0101")
    assert card["params"] == {"status": "已办结"}


async def test_private_data_is_seen_by_its_person_only(http, api, deliver):
    await deliver(a_card(space="IM_GROUP.cidliushu="))
    private = {"v-0102": {"cardParamMap": {"status": "您的"}}}
    await api("PUT", "/v1.0/card/instances", {"outTrackId": "k1", "privateData": private})
    assert (await cards_of(http, "v-0102"))[0]["params"]["status"] == "您的"
    assert (await cards_of(http, "v-0103"))[0]["params"]["status"] == "待受理"


async def test_updating_what_is_not_there_or_with_nothing_is_refused(api, deliver):
    missing = await api("PUT", "/v1.0/card/instances", {"outTrackId": "none", "cardData": {"cardParamMap": {}}})
    assert missing.json()["code"] == "param.cardNotExist"
    await deliver(a_card())
    empty = await api("PUT", "/v1.0/card/instances", {"outTrackId": "k1"})
    assert empty.json()["code"] == "param.cardDataAndPrivateDataBothEmpty"


async def test_a_card_is_created_and_delivered_in_two_calls(http, api):
    body = a_card()
    assert (await api("POST", "/v1.0/card/instances", body)).json() == {"success": True, "result": "k1"}
    assert await cards_of(http, "c-0101") == []
    answer = (await api("POST", "/v1.0/card/instances/deliver", body)).json()
    assert answer["result"][0]["success"] is True
    assert len(await cards_of(http, "c-0101")) == 1


async def test_the_answer_of_a_tap_changes_the_card_for_all_and_for_the_one_who_tapped(http, deliver, stream):
    await deliver(a_card(space="IM_GROUP.cidliushu="))
    async with stream() as bot:
        tap = asyncio.create_task(
            http.post(
                "/_sandbox/tap", json={"as": "c-0101", "outTrackId": "k1", "action": "accept", "params": {"by": "me"}}
            )
        )
        frame = await bot.frame()
        assert frame["headers"]["topic"] == CARD
        data = frame["data"]
        assert (data["type"], data["userId"], data["outTrackId"]) == ("actionCallback", "c-0101", "k1")
        content = json.loads(data["content"])["cardPrivateData"]
        assert content == {"actionIds": ["accept"], "params": {"action": "accept", "by": "me"}}
        answer = {
            "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
            "cardData": {"cardParamMap": {"status": "陈文已收下"}},
            "userPrivateData": {"cardParamMap": {"buttons": "[]"}},
        }
        await bot.ack(frame, {"response": answer})
        tapped = (await tap).json()
    assert tapped["ok"] is True
    assert tapped["response"] == answer
    (mine,), (other,) = await cards_of(http, "c-0101"), await cards_of(http, "v-0102")
    assert (mine["params"]["status"], mine["buttons"]) == ("陈文已收下", [])
    assert other["params"]["status"] == "陈文已收下"
    assert len(other["buttons"]) == 2


async def test_a_tap_without_an_answer_fails_after_two_seconds_and_a_late_answer_is_ignored(http, deliver, stream):
    await deliver(a_card())
    async with stream() as bot:
        tap = asyncio.create_task(
            http.post("/_sandbox/tap", json={"as": "c-0101", "outTrackId": "k1", "action": "accept"})
        )
        frame = await bot.frame()
        await http.post("/_sandbox/clock", json={"machine_forward": 2.1})
        failed = (await tap).json()
        assert (failed["ok"], failed["response"]) == (False, None)
        await bot.ack(frame, {"response": {"cardData": {"cardParamMap": {"status": "too late"}}}})
        await bot.is_silent()
    (card,) = await cards_of(http, "c-0101")
    assert card["params"]["status"] == "待受理"


async def test_a_tap_that_nobody_hears_fails_at_once(http, deliver):
    await deliver(a_card())
    tapped = (await http.post("/_sandbox/tap", json={"as": "c-0101", "outTrackId": "k1", "action": "accept"})).json()
    assert tapped["ok"] is False


async def test_an_unseen_card_cannot_be_tapped(http, deliver):
    await deliver(a_card())
    answer = await http.post("/_sandbox/tap", json={"as": "v-0101", "outTrackId": "k1", "action": "accept"})
    assert (answer.status_code, answer.json()["error"]) == (404, "not_visible")


async def test_a_button_that_speaks_sends_its_text_as_the_person(http, api, stream):
    param = {
        "title": "盖章",
        "text": "赵兰 居住情况",
        "buttonTitle1": "同意",
        "buttonUrl1": "dtmd://dingtalkclient/sendMessage?content=%E5%90%8C%E6%84%8F%20A7K2",
        "buttonTitle2": "看看",
        "buttonUrl2": "https://example.invalid/",
    }
    body = {
        "robotCode": "dinglin-sandbox",
        "userIds": ["c-0102"],
        "msgKey": "sampleActionCard6",
        "msgParam": json.dumps(param),
    }
    assert (await api("POST", "/v1.0/robot/oToMessages/batchSend", body)).status_code == 200
    (line,) = (await http.get("/_sandbox/inbox", params={"as": "c-0102"})).json()["messages"]
    assert [button["text"] for button in line["buttons"]] == ["同意", "看看"]
    async with stream() as bot:
        action = line["buttons"][0]["action"]
        tapped = await http.post("/_sandbox/tap", json={"as": "c-0102", "outTrackId": line["id"], "action": action})
        assert tapped.json()["ok"] is True
        frame = await bot.frame()
        assert (frame["data"]["senderStaffId"], frame["data"]["text"]["content"]) == ("c-0102", "同意 A7K2")
    opened = await http.post(
        "/_sandbox/tap", json={"as": "c-0102", "outTrackId": line["id"], "action": line["buttons"][1]["action"]}
    )
    assert opened.json()["response"] == {"open": "https://example.invalid/"}
