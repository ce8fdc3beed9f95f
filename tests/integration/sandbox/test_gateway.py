"""Tickets, connections, acks and redelivery, seen from a raw socket."""

import asyncio

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

BOT = "/v1.0/im/bot/messages/get"
OPEN = "/v1.0/gateway/connections/open"


async def forward(http: httpx.AsyncClient, seconds: float) -> None:
    assert (await http.post("/_sandbox/clock", json={"machine_forward": seconds})).status_code == 200


async def say(http: httpx.AsyncClient, text: str = "你好", persona: str = "v-0101") -> str:
    return str((await http.post("/_sandbox/say", json={"as": persona, "text": text})).json()["msgId"])


async def test_a_wrong_secret_is_answered_401_auth_failed(http):
    answer = await http.post(OPEN, json={"clientId": "dinglin-sandbox", "clientSecret": "wrong"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "authFailed"
    assert answer.json()["message"] == "鉴权失败"


async def test_a_ticket_is_good_for_one_connection(ticket):
    address = await ticket()
    async with connect(address, proxy=None):
        with pytest.raises(InvalidStatus) as refused:
            await connect(address, proxy=None)
    assert refused.value.response.status_code == 403


async def test_a_ticket_dies_after_ninety_seconds(http, ticket):
    address = await ticket()
    await forward(http, 91)
    with pytest.raises(InvalidStatus):
        await connect(address, proxy=None)


async def test_the_frame_carries_its_data_as_a_string_and_the_ack_settles_it(http, stream):
    async with stream() as bot:
        message_id = await say(http)
        frame = await bot.frame()
        assert frame["type"] == "CALLBACK"
        assert frame["specVersion"] == "1.0"
        assert frame["headers"]["topic"] == BOT
        assert frame["data"]["msgId"] == message_id
        assert (await http.get("/_sandbox/state")).json()["unackedCount"] == 1
        await bot.ack(frame)
        await bot.is_silent()
        assert (await http.get("/_sandbox/state")).json()["unackedCount"] == 0


async def test_only_what_is_subscribed_comes(http, stream):
    async with stream([{"type": "EVENT", "topic": "*"}]) as events, stream([{"type": "CALLBACK", "topic": BOT}]) as bot:
        await say(http)
        await http.post("/_sandbox/event", json={"type": "chat_disband", "data": {"chatId": "1"}})
        assert (await bot.frame())["type"] == "CALLBACK"
        event = await events.frame()
        assert event["type"] == "EVENT"
        assert event["headers"]["eventType"] == "chat_disband"
        assert event["headers"]["eventCorpId"] == "dingsandbox"
        assert await bot.is_silent()
        assert await events.is_silent()


async def test_pushes_are_spread_over_the_connections(http, stream):
    async with stream() as one, stream() as two:
        for _ in range(40):
            await say(http)
        first, second = 0, 0
        while not await one.is_silent():
            first += 1
        while not await two.is_silent():
            second += 1
        assert first + second == 40
        assert first > 0
        assert second > 0


async def test_an_unacknowledged_message_comes_again_with_the_same_ids(http, stream):
    async with stream() as bot:
        await say(http)
        first = await bot.frame()
        await forward(http, 59)
        assert await bot.is_silent()
        await forward(http, 2)
        frames = [await bot.frame(), await bot.frame()]
        again = next(frame for frame in frames if frame["type"] == "CALLBACK")
        assert again["headers"]["messageId"] == first["headers"]["messageId"]
        assert again["data"] == first["data"]
        await bot.ack(again)
        await bot.is_silent()
        assert (await http.get("/_sandbox/state")).json()["unackedCount"] == 0


async def test_redelivery_can_be_switched_off(http, stream):
    await http.post("/_sandbox/windows", json={"redeliveries": 0, "ping": 100000})
    async with stream() as bot:
        await say(http)
        await bot.frame()
        await forward(http, 300)
        assert await bot.is_silent()
        assert (await http.get("/_sandbox/state")).json()["unackedCount"] == 0


async def test_a_message_to_nobody_goes_to_the_next_connection_once(http, stream):
    await say(http, "有人吗")
    await forward(http, 30)
    async with stream() as bot:
        frame = await bot.frame()
        assert frame["data"]["text"]["content"] == "有人吗"
        await forward(http, 31)
        assert await bot.is_silent()
        await forward(http, 30)
        assert (await bot.frame())["type"] in ("CALLBACK", "SYSTEM")


async def test_a_ping_comes_every_minute(http, stream):
    async with stream() as bot:
        await forward(http, 61)
        ping = await bot.frame()
        assert (ping["type"], ping["headers"]["topic"]) == ("SYSTEM", "ping")
        assert ping["data"]["opaque"]


async def test_after_disconnect_the_old_socket_is_silent_and_then_closed(http, stream):
    async with stream() as old:
        await http.post("/_sandbox/disconnect", json={})
        frame = await old.frame()
        assert frame["headers"]["topic"] == "disconnect"
        assert frame["data"] == {"reason": "connection is expired"}
        await say(http)
        assert await old.is_silent()
        await forward(http, 11)
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(old.socket.recv(), 5)


async def test_an_ack_on_the_new_socket_counts(http, stream):
    async with stream() as old:
        await say(http)
        frame = await old.frame()
        await http.post("/_sandbox/disconnect", json={})
        async with stream() as new:
            await new.ack(frame)
            await new.is_silent()
            assert (await http.get("/_sandbox/state")).json()["unackedCount"] == 0


async def test_an_event_answered_later_comes_after_ten_and_thirty_seconds_and_then_fails(http, stream):
    async with stream() as bot:
        await http.post("/_sandbox/event", json={"type": "user_add_org", "data": {"userId": ["x"]}})
        first = await bot.frame()
        await bot.ack(first, {"status": "LATER", "message": "busy"})
        await forward(http, 10.5)
        second = await bot.frame()
        assert second["headers"]["eventId"] == first["headers"]["eventId"]
        await forward(http, 30.5)
        third = await bot.frame()
        assert third["headers"]["messageId"] == first["headers"]["messageId"]
        await forward(http, 31)
        state = (await http.get("/_sandbox/state")).json()
        assert (state["unackedCount"], state["failedEvents"]) == (0, 1)


async def test_an_event_answered_with_success_is_settled(http, stream):
    async with stream() as bot:
        await http.post("/_sandbox/event", json={"type": "user_add_org", "data": {}})
        await bot.ack(await bot.frame(), {"status": "SUCCESS", "message": "ok"})
        await bot.is_silent()
        assert (await http.get("/_sandbox/state")).json()["unackedCount"] == 0


async def test_what_is_no_ack_is_ignored(http, stream):
    async with stream() as bot:
        await bot.socket.send("this is not JSON")
        await bot.socket.send("[1, 2]")
        await bot.socket.send('{"code": 200, "headers": {"messageId": "unknown"}}')
        await bot.socket.send(b"\x00\x01")
        await say(http)
        assert (await bot.frame())["type"] == "CALLBACK"
