"""Every switchable fault, the meter with its limits, and the clocks."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from sandbox.faults import OPTIONS, FaultKind

ROBOT = "dinglin-sandbox"
REPLY = {"msgtype": "text", "text": {"content": "答"}}


async def arm(http: httpx.AsyncClient, fault: str, **options: Any) -> None:
    assert (await http.post("/_sandbox/faults", json={"fault": fault, **options})).status_code == 200


async def say(http: httpx.AsyncClient, text: str = "你好") -> None:
    assert (await http.post("/_sandbox/say", json={"as": "v-0101", "text": text})).status_code == 200


def a_batch() -> dict[str, Any]:
    return {"robotCode": ROBOT, "userIds": ["v-0101"], "msgKey": "sampleText", "msgParam": json.dumps({"content": "x"})}


async def test_a_dropped_ack_brings_the_message_again(http, stream):
    await arm(http, "drop_ack", times=1)
    async with stream() as bot:
        await say(http)
        first = await bot.frame()
        await bot.ack(first)
        await bot.is_silent()
        assert (await http.get("/_sandbox/state")).json()["unackedCount"] == 1
        await http.post("/_sandbox/clock", json={"machine_forward": 60.5})
        again = [await bot.frame(), await bot.frame()]
        assert first["headers"]["messageId"] in [frame["headers"]["messageId"] for frame in again]


async def test_a_late_ack_counts_only_after_the_redelivery(http, stream):
    await arm(http, "late_ack", times=1)
    async with stream() as bot:
        await say(http)
        await bot.ack(await bot.frame())
        await bot.is_silent()
        await http.post("/_sandbox/clock", json={"machine_forward": 62})
        kinds = [(await bot.frame())["type"], (await bot.frame())["type"]]
        assert sorted(kinds) == ["CALLBACK", "SYSTEM"]
        assert (await http.get("/_sandbox/state")).json()["unackedCount"] == 0


async def test_a_duplicate_comes_twice(http, stream):
    await arm(http, "duplicate", times=1)
    async with stream() as bot:
        await say(http)
        first, second = await bot.frame(), await bot.frame()
        for frame in (first, second):
            frame["headers"].pop("time")  # of its sending: a millisecond may lie between them
        assert first == second
        await say(http)
        await bot.frame()
        assert await bot.is_silent()


async def test_reordered_frames_change_places_and_a_lone_one_still_arrives(http, stream):
    await http.post("/_sandbox/windows", json={"reorder": 30})  # a busy machine takes long for two messages
    async with stream() as bot:
        await arm(http, "reorder", times=1)
        await say(http, "一")
        await say(http, "二")
        assert [(await bot.frame())["data"]["text"]["content"] for _ in range(2)] == ["二", "一"]
        await arm(http, "reorder", times=1)
        await say(http, "三")
        assert await bot.is_silent()
        await http.post("/_sandbox/clock", json={"machine_forward": 30})
        assert (await bot.frame())["data"]["text"]["content"] == "三"


async def test_a_disconnect_follows_the_frame(http, stream):
    await arm(http, "disconnect", times=1)
    async with stream() as bot:
        await say(http)
        assert (await bot.frame())["type"] == "CALLBACK"
        assert (await bot.frame())["headers"]["topic"] == "disconnect"


async def test_a_deaf_socket_is_connected_and_hears_nothing(http, stream):
    await arm(http, "hang_websocket", times=1)
    async with stream() as bot:
        await say(http)
        assert await bot.is_silent()
        assert (await http.get("/_sandbox/state")).json()["connections"][0]["deaf"] is True


@pytest.mark.parametrize(
    ("fault", "path", "body"),
    [
        ("hang_open", "/v1.0/gateway/connections/open", {"clientId": ROBOT, "clientSecret": "dinglin-secret"}),
        ("hang_token", "/v1.0/oauth2/accessToken", {"appKey": ROBOT, "appSecret": "dinglin-secret"}),
        ("hang_webhook", "/robot/sendBySession?session=x", REPLY),
    ],
)
async def test_what_hangs_goes_on_when_the_fault_is_cleared(http, fault, path, body):
    await arm(http, fault)
    call = asyncio.create_task(http.post(path, json=body))
    await http.get("/_sandbox/state")
    while not (await http.get("/_sandbox/faults")).json()[0]["struck"]:
        await http.get("/_sandbox/state")
    assert not call.done()
    await http.request("DELETE", "/_sandbox/faults", params={"fault": fault})
    assert (await call).status_code == 200


async def test_the_webhook_dies_early(http, stream):
    async with stream() as bot:
        await say(http)
        webhook = (await bot.frame())["data"]["sessionWebhook"]
    await arm(http, "webhook_expired", times=1)
    assert (await http.post(webhook, json=REPLY)).json()["errcode"] == 300001
    assert (await http.post(webhook, json=REPLY)).json()["errcode"] == 0
    assert (await http.post(webhook, json={"msgtype": "text"})).json()["errcode"] == 40035
    await arm(http, "html", times=1)
    assert (await http.post(webhook, json=REPLY)).headers["content-type"].startswith("text/html")


async def test_the_token_dies_early_and_a_new_one_is_another(http, api, token):
    await arm(http, "token_expired", times=1)
    assert (await api("POST", "/v1.0/robot/oToMessages/batchSend", a_batch())).json()["code"] == "InvalidAuthentication"
    body = {"appKey": ROBOT, "appSecret": "dinglin-secret"}
    assert (await http.post("/v1.0/oauth2/accessToken", json=body)).json()["accessToken"] != token


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("qps", 403, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"),
        ("quota_exhausted", 403, "Forbidden.AccessDenied.ApiCountLimitForOrg"),
        ("content_unsafe", 400, "contain.notAllowed.text"),
    ],
)
async def test_the_api_refuses(http, api, fault, status, code):
    await arm(http, fault, times=1, **({"pool": "api"} if fault == "quota_exhausted" else {}))
    answer = await api("POST", "/v1.0/robot/oToMessages/batchSend", a_batch())
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await api("POST", "/v1.0/robot/oToMessages/batchSend", a_batch())).status_code == 200


async def test_html_comes_where_json_is_expected(http, api):
    await arm(http, "html", times=1, path="/v1.0/robot")
    assert (await api("POST", "/v1.0/robot/oToMessages/batchSend", a_batch())).text.startswith("<!DOCTYPE html>")


async def test_an_unpublished_robot_does_not_learn_who_speaks(http, stream):
    await arm(http, "unpublished")
    async with stream() as bot:
        await say(http)
        data = (await bot.frame())["data"]
    assert "senderStaffId" not in data
    assert "isAdmin" not in data


async def test_a_card_is_not_delivered_and_a_code_is_expired(http, api, stream):
    await arm(http, "deliver_failed", times=1)
    card = {
        "cardTemplateId": "t.schema",
        "outTrackId": "k1",
        "cardData": {"cardParamMap": {}},
        "openSpaceId": "dtv1.card//IM_ROBOT.v-0101",
        "imRobotOpenDeliverModel": {"robotCode": ROBOT},
    }
    answer = await api("POST", "/v1.0/card/instances/createAndDeliver", card)
    assert answer.status_code == 200
    assert answer.json()["result"]["deliverResults"][0]["success"] is False
    await arm(http, "download_expired", times=1)
    async with stream() as bot:
        await http.post("/_sandbox/say", json={"as": "v-0101", "pictures": 1})
        code = (await bot.frame())["data"]["content"]["downloadCode"]
    expired = await api("POST", "/v1.0/robot/messageFiles/download", {"downloadCode": code, "robotCode": ROBOT})
    assert expired.json()["code"] == "invalidParameter.robotCode.downloadCode"


async def test_over_the_push_limit_frames_come_without_text(http, stream):
    await http.post("/_sandbox/meter", json={"push_limit": 1})
    async with stream() as bot:
        await say(http, "一")
        assert (await bot.frame())["data"]["text"]["content"] == "一"
        await say(http, "二")
        data = (await bot.frame())["data"]
    assert "text" not in data
    assert data["code"] == 20001
    assert data["errMsg"].startswith("受调用量超量影响")
    assert data["senderStaffId"] == "v-0101"


async def test_the_meter_counts_both_pools_and_both_readings(http, api, stream, token):
    async with stream() as bot:
        await say(http)
        webhook = (await bot.frame())["data"]["sessionWebhook"]
    await http.post(webhook, json=REPLY)
    await api("POST", "/v1.0/robot/oToMessages/batchSend", a_batch())
    await http.post("/topapi/role/list", params={"access_token": token}, json={})
    meter = (await http.get("/_sandbox/meter")).json()
    assert meter["api"] == 1
    assert meter["push"] == 2
    assert meter["push_readings"] == {"webhook_free": 1, "webhook_counts": 2}
    assert meter["calls"]["POST /v1.0/robot/oToMessages/batchSend"] == 1
    assert meter["calls"]["/topapi/role/list"] == 1
    await http.post("/_sandbox/meter", json={"api_limit": 1})
    over = await api("POST", "/v1.0/robot/oToMessages/batchSend", a_batch())
    assert (over.status_code, over.json()["code"]) == (403, "Forbidden.AccessDenied.ApiCountLimitForOrg")
    await http.post("/_sandbox/clock", json={"forward": 40 * 86400})
    assert (await http.get("/_sandbox/meter")).json()["api"] == 0
    assert (await api("POST", "/v1.0/robot/oToMessages/batchSend", a_batch())).status_code == 200


async def test_the_clock_turns_forward_only_and_who_waits_hears_it_at_once(http):
    before = (await http.get("/_sandbox/clock")).json()
    waiting = asyncio.create_task(http.get("/_sandbox/clock", params={"after": before["version"], "wait": 25}))
    await http.get("/_sandbox/state")
    turned = (await http.post("/_sandbox/clock", json={"forward": 3600})).json()
    assert (await waiting).json()["version"] == turned["version"] > before["version"]
    assert turned["now"] > before["now"]
    assert turned["now"].endswith("+08:00")
    back = await http.post("/_sandbox/clock", json={"to": "2020-01-01T00:00:00+08:00"})
    assert (back.status_code, back.json()["error"]) == (400, "bad_turn")
    to = (await http.post("/_sandbox/clock", json={"to": "2031-05-06T08:00:00"})).json()
    assert to["now"].startswith("2031-05-06T08:00:00")


async def test_wrong_orders_are_answered_with_one_clear_sentence(http):
    assert (await http.post("/_sandbox/faults", json={"fault": "x"})).json()["error"] == "no_such_fault"
    assert (await http.post("/_sandbox/faults", json={"fault": "qps", "times": 0})).json()["error"] == "bad_times"
    assert (await http.post("/_sandbox/windows", json={"x": 1})).json()["error"] == "no_such_window"
    assert (await http.post("/_sandbox/meter", json={"api_limit": "x"})).json()["error"] == "bad_limit"
    assert (await http.post("/_sandbox/event", json={})).json()["error"] == "no_type"
    assert (await http.get("/_sandbox/inbox", params={"as": "v-0101", "after": "x"})).json()["error"] == "bad_number"
    assert (await http.get("/_sandbox/events", params={"as": "nobody"})).status_code == 404


# --- the stream cut off, and taken by others


async def closed(stream) -> bool:
    """Say whether the socket was closed by the other side."""
    try:
        while True:
            await asyncio.wait_for(stream.socket.recv(), 5)
    except ConnectionClosed:
        return True


async def test_an_abrupt_disconnect_drops_the_socket_after_the_frame(http, stream):
    await arm(http, "disconnect", times=1, kind="bot", how="abrupt")
    async with stream() as bot:
        await say(http)
        assert (await bot.frame())["type"] == "CALLBACK"
        assert await closed(bot)


async def test_the_stream_is_sent_away_while_a_reply_is_carried_out(http, stream):
    async with stream() as bot:
        await say(http)
        webhook = (await bot.frame())["data"]["sessionWebhook"]
        await arm(http, "disconnect_reply", times=1, path="sendBySession")
        assert (await http.post(webhook, json=REPLY)).json()["errcode"] == 0
        assert (await bot.frame())["headers"]["topic"] == "disconnect"


async def test_a_second_bot_swallows_frames_and_acknowledges_when_told_so(http, stream):
    async with stream() as bot:
        await arm(http, "second_bot", times=1)
        await say(http)
        assert await bot.is_silent()
        assert (await http.get("/_sandbox/state")).json()["unackedCount"] == 1
        await http.post("/_sandbox/clock", json={"machine_forward": 60.5})
        assert "CALLBACK" in {(await bot.frame())["type"], (await bot.frame())["type"]}
        await arm(http, "second_bot", times=1, acks="yes")
        await say(http)
        assert await bot.is_silent()
        assert (await http.get("/_sandbox/state")).json()["unackedCount"] == 1


async def test_a_second_bot_for_good_takes_about_half(http, stream):
    await arm(http, "second_bot")
    async with stream():
        for _ in range(60):
            await say(http)
        (armed,) = (await http.get("/_sandbox/faults")).json()
    assert 10 < armed["struck"] < 50


async def test_started_anew_the_platform_knows_no_socket_no_ticket_and_no_token(http, stream, api, ticket):
    async with stream() as bot:
        await say(http)
        first = await bot.frame()
        unused = await ticket()
        await http.post("/_sandbox/restart")
        assert await closed(bot)
    with pytest.raises(InvalidStatus):
        await connect(unused, proxy=None)
    assert (await api("POST", "/v1.0/robot/oToMessages/batchSend", a_batch())).json()["code"] == "InvalidAuthentication"
    async with stream() as bot:
        assert (await bot.frame())["headers"]["messageId"] == first["headers"]["messageId"]


# --- what a frame says


async def test_an_outsider_has_no_staff_id_and_no_corp(http, stream):
    await arm(http, "outsider", sender="v-0101")
    async with stream() as bot:
        await say(http)
        data = (await bot.frame())["data"]
        await http.post("/_sandbox/say", json={"as": "v-0102", "text": "你好"})
        other = (await bot.frame())["data"]
    assert {"senderStaffId", "senderCorpId", "isAdmin"} & set(data) == set()
    assert other["senderStaffId"] == "v-0102"


async def test_what_is_said_arrives_as_what_the_robot_is_not_given(http, stream):
    await arm(http, "unknown_type", times=1)
    async with stream() as bot:
        await say(http)
        data = (await bot.frame())["data"]
    assert data["msgtype"] == "unknownMsgType"
    assert "text" not in data
    assert isinstance(data["content"]["unknownMsgType"], str)


@pytest.mark.parametrize("field", ["errMsg", "errorMessage"])
async def test_both_names_of_the_reason_for_missing_words_can_be_had(http, stream, field):
    await arm(http, "quota_exhausted", pool="push", field=field)
    async with stream() as bot:
        await say(http)
        data = (await bot.frame())["data"]
    assert data[field].startswith("受调用量超量影响")
    assert "text" not in data


# --- calls


async def test_an_answer_is_lost_and_the_call_was_carried_out_all_the_same(http, stream, api):
    async with stream() as bot:
        await say(http)
        webhook = (await bot.frame())["data"]["sessionWebhook"]
    await arm(http, "lost_answer", times=1, path="sendBySession")
    with pytest.raises(httpx.RemoteProtocolError):
        await http.post(webhook, json=REPLY)
    await arm(http, "lost_answer", times=1, path="/v1.0/robot")
    with pytest.raises(httpx.RemoteProtocolError):
        await api("POST", "/v1.0/robot/oToMessages/batchSend", a_batch())
    lines = (await http.get("/_sandbox/inbox", params={"as": "v-0101"})).json()["messages"]
    assert [line["text"] for line in lines if line["from"] == "bot"] == ["答", "x"]


async def test_who_gave_up_while_it_hung_has_asked_for_nothing(http, stream):
    async with stream() as bot:
        await say(http)
        webhook = (await bot.frame())["data"]["sessionWebhook"]
    await arm(http, "hang_webhook", times=1)
    with pytest.raises(httpx.ReadTimeout):
        await http.post(webhook, json=REPLY, timeout=0.3)
    await http.delete("/_sandbox/faults")
    lines = (await http.get("/_sandbox/inbox", params={"as": "v-0101"})).json()["messages"]
    assert [line for line in lines if line["from"] == "bot"] == []


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ("invalid", "invalidStaffIdList"),
        ("slowed", "flowControlledStaffIdList"),
        ("filtered", "filteredStaffIdList"),
    ],
)
async def test_a_send_that_succeeds_may_reach_nobody(http, api, chosen, field):
    await arm(http, "not_reached", times=1, list=chosen)
    answer = await api("POST", "/v1.0/robot/oToMessages/batchSend", a_batch())
    assert (answer.status_code, answer.json()[field]) == (200, ["v-0101"])
    assert (await http.get("/_sandbox/inbox", params={"as": "v-0101"})).json()["messages"] == []


async def test_an_upload_fails(http, token):
    await arm(http, "upload_failed", times=1)
    file, query = {"media": ("a.pdf", b"%PDF")}, {"access_token": token, "type": "file"}
    assert (await http.post("/media/upload", params=query, files=file)).json()["errcode"] == -1
    assert (await http.post("/media/upload", params=query, files=file)).json()["errcode"] == 0
    await arm(http, "token_expired", times=1, path="/media")
    assert (await http.post("/media/upload", params=query, files=file)).json()["errcode"] == 40014


# --- how faults are armed


async def test_a_fault_may_strike_every_so_many_times(http, api):
    await arm(http, "qps", every=3)
    answers = [await api("POST", "/v1.0/robot/oToMessages/batchSend", a_batch()) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 403, 200, 200, 403]


async def test_options_that_a_fault_does_not_have_are_refused(http):
    wrong = [
        ({"fault": "hang_open", "path": "/x"}, "no_such_option"),
        ({"fault": "duplicate", "pool": "api"}, "no_such_option"),
        ({"fault": "duplicate", "kind": "letter"}, "bad_option"),
        ({"fault": "quota_exhausted", "pool": "both"}, "bad_option"),
        ({"fault": "qps", "every": 0}, "bad_every"),
    ]
    for body, error in wrong:
        assert (await http.post("/_sandbox/faults", json=body)).json()["error"] == error
    assert (await http.get("/_sandbox/faults")).json() == []


def test_every_fault_stands_in_the_reference():
    told = (Path(__file__).parents[3] / "docs" / "reference" / "sandbox.md").read_text("utf-8")
    assert [kind for kind in FaultKind if f"`{kind}`" not in told] == []
    assert [name for names in OPTIONS.values() for name in names if f"`{name}`" not in told] == []


async def test_what_went_over_the_wire_is_kept_when_asked_for(http, stream, api):
    assert (await http.post("/_sandbox/wire", json={"keep": 10})).json() == {"keep": 10}
    async with stream() as bot:
        await say(http)
        await bot.ack(await bot.frame())
        await bot.is_silent()
    await api("POST", "/v1.0/robot/oToMessages/batchSend", a_batch())
    kept = (await http.get("/_sandbox/wire")).json()
    assert [next(iter(entry)) for entry in kept] == ["method", "down", "up", "method"]
    assert kept[-1]["request"] == a_batch()
    assert kept[-1]["answer"]["invalidStaffIdList"] == []
    await http.post("/_sandbox/wire", json={"keep": 0})
    assert (await http.get("/_sandbox/wire")).json() == []
    assert (await http.post("/_sandbox/wire", json={"keep": "x"})).json()["error"] == "bad_keep"
