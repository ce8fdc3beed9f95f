"""The real SDK, subclassed, against the sandbox: text in, ack, webhook reply; taps; events; and what goes wrong."""

import asyncio
import dataclasses
import json
import logging
import threading
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from bot.dingtalk import bodies, cards, wire
from bot.dingtalk.bodies import CardSpace
from bot.dingtalk.cards import TaskButton, TaskCard
from bot.dingtalk.client import Client
from bot.dingtalk.endpoints import Endpoints
from bot.dingtalk.handlers import Callbacks
from bot.dingtalk.line import MESSAGES
from bot.dingtalk.stream import Pulse, StreamChannel
from bot.dingtalk.supervisor import Supervisor
from bot.dingtalk.wire import Frame, MalformedFrame
from bot.messages import DirectoryEvent, Incoming, MessageKind, Tap
from sandbox.server import Running
from tests.integration.bot.dingtalk.phone import CREDENTIAL, Phone, until

VILLAGER, CADRE = "v-0101", "c-0103"
UNDER_WAY = bodies.tap_answer({"status": "正在处理"})


class Bot:
    """An echo that remembers what it heard, and on which thread."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.heard: list[Incoming] = []
        self.taps: list[Tap] = []
        self.late_taps: list[str] = []
        self.events: list[DirectoryEvent] = []
        self.threads: set[str] = set()
        self.fail_with: list[Exception] = []
        self.tap_waits = asyncio.Event()
        self.tap_waits.set()
        self.takes_events = True

    async def on_message(self, frame: Frame) -> None:
        self.threads.add(threading.current_thread().name)
        if self.fail_with:
            raise self.fail_with.pop()
        incoming = wire.to_incoming(frame.data, "account-1")
        self.heard.append(incoming)
        await self.client.send_webhook(incoming.session_webhook, bodies.webhook_text(f"听到：{incoming.text}"))

    async def on_tap(self, frame: Frame) -> Mapping[str, Any]:
        await self.tap_waits.wait()
        if self.fail_with:
            raise self.fail_with.pop()
        tap = wire.to_tap(frame.data, "account-1", frame_id=frame.id, at=frame.at)
        self.taps.append(tap)
        return bodies.tap_answer(cards.card_params(TaskCard("柳树 17 号", "路灯", "李海 已接手")))

    async def on_late_tap(self, frame: Frame) -> None:
        self.late_taps.append(frame.id)

    async def on_event(self, frame: Frame) -> bool:
        if self.fail_with:
            raise self.fail_with.pop()
        self.events.append(wire.to_event(frame.headers, frame.data, "account-1"))
        return self.takes_events

    @property
    def callbacks(self) -> Callbacks:
        return Callbacks(self.on_message, self.on_tap, self.on_event, UNDER_WAY, self.on_late_tap)


@pytest.fixture
def bot(client: Client) -> Bot:
    return Bot(client)


@pytest.fixture
async def stream(bot: Bot, endpoints: Endpoints, phone: Phone) -> AsyncIterator[StreamChannel]:
    stream = StreamChannel(CREDENTIAL, endpoints, bot.callbacks)
    stream.start()
    await asyncio.wait_for(stream.until_open(), 10)
    yield stream
    await stream.stop()


async def answered(phone: Phone, words: str, within: float = 10.0) -> float:
    """Wait until the villager has read the echo, and say how long it took."""
    began = time.monotonic()

    async def is_there() -> bool:
        return f"听到：{words}" in await phone.seen(VILLAGER)

    await until(is_there, within)
    return time.monotonic() - began


async def test_text_is_heard_acknowledged_and_answered(stream: StreamChannel, bot: Bot, phone: Phone) -> None:
    message_id = await phone.say(VILLAGER, "路灯坏了")
    await answered(phone, "路灯坏了")
    await until(lambda: nothing_waits(phone))
    assert [incoming.message_id for incoming in bot.heard] == [message_id]
    assert bot.threads == {threading.current_thread().name}


async def nothing_waits(phone: Phone) -> bool:
    return await phone.unacked() == 0


async def only_one_waits(phone: Phone) -> bool:
    return await phone.unacked() == 1


async def test_voice_and_group_arrive_as_the_wire_reads_them(stream: StreamChannel, bot: Bot, phone: Phone) -> None:
    await phone.post("say", **{"as": VILLAGER, "audio": {"recognition": "俺家灯不明了"}})
    await phone.say(VILLAGER, "停水吗", group="cidliushu=")
    await until(lambda: len(bot.heard) == 2)
    voice, group = sorted(bot.heard, key=lambda incoming: incoming.is_group)
    assert (voice.kind, voice.text, voice.by_voice) == (MessageKind.audio, "俺家灯不明了", True)
    assert (group.text, group.group_title, group.sender_staff_id) == ("停水吗", "柳树村村民群", VILLAGER)


async def test_frame_is_acknowledged_only_after_it_is_stored(bot: Bot, endpoints: Endpoints, phone: Phone) -> None:
    stored = asyncio.Event()

    async def store(frame: Frame) -> None:
        bot.heard.append(wire.to_incoming(frame.data, "account-1"))
        await stored.wait()

    stream = StreamChannel(CREDENTIAL, endpoints, dataclasses.replace(bot.callbacks, on_message=store))
    stream.start()
    await asyncio.wait_for(stream.until_open(), 10)
    await phone.say(VILLAGER, "路灯坏了")
    await until(lambda: len(bot.heard) == 1)
    assert await phone.unacked() == 1
    stored.set()
    await until(lambda: nothing_waits(phone))
    await stream.stop()


async def shown_card(client: Client, out_track_id: str) -> None:
    card = TaskCard("柳树 17 号", "路灯", "等待接手", (TaskButton("accept", "接手", params={"task": "t1"}),))
    await client.create_and_deliver_card(
        template_id="dinglin-task.schema",
        out_track_id=out_track_id,
        space=CardSpace(CADRE),
        params=cards.card_params(card),
    )


async def test_tap_is_answered_in_its_ack(stream: StreamChannel, bot: Bot, phone: Phone, client: Client) -> None:
    await shown_card(client, "card-1")
    (card,) = await phone.cards(CADRE)
    assert [button["action"] for button in card["buttons"]] == ["accept"]
    result = await phone.post("tap", **{"as": CADRE, "outTrackId": "card-1", "action": "accept"})
    assert result["ok"]
    assert result["ms"] < 1000
    (tap,) = bot.taps
    assert (tap.action, tap.staff_id, tap.out_track_id, tap.params["task"]) == ("accept", CADRE, "card-1", "t1")
    (card,) = await phone.cards(CADRE)
    assert (card["params"]["status"], card["buttons"]) == ("李海 已接手", [])


async def test_slow_tap_is_answered_within_its_window(
    stream: StreamChannel, bot: Bot, phone: Phone, client: Client
) -> None:
    await shown_card(client, "card-2")
    bot.tap_waits.clear()
    result = await phone.post("tap", **{"as": CADRE, "outTrackId": "card-2", "action": "accept"})
    assert result["ok"]
    assert result["ms"] < 1900
    (card,) = await phone.cards(CADRE)
    assert (card["params"]["status"], len(card["buttons"])) == ("正在处理", 1)
    assert bot.late_taps == []
    bot.tap_waits.set()
    await until(lambda: len(bot.late_taps) == 1)
    assert [tap.frame_id for tap in bot.taps] == bot.late_taps


async def test_slow_tap_that_fails_is_put_right_too(
    stream: StreamChannel, bot: Bot, phone: Phone, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    await shown_card(client, "card-4")
    bot.tap_waits.clear()
    bot.fail_with = [RuntimeError("王秀英 13800000001")]
    assert (await phone.post("tap", **{"as": CADRE, "outTrackId": "card-4", "action": "accept"}))["ok"]
    bot.tap_waits.set()
    await until(lambda: len(bot.late_taps) == 1)
    assert "late tap failed" in caplog.text
    assert "王秀英" not in caplog.text


async def test_failing_handler_is_no_silence(
    stream: StreamChannel, bot: Bot, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    bot.fail_with = [RuntimeError("王秀英 13800000001")]
    await phone.say(VILLAGER, "第一句")
    await until(lambda: "handler failed" in caplog.text)
    assert "王秀英" not in caplog.text
    await phone.say(VILLAGER, "第二句")
    await answered(phone, "第二句")
    await until(lambda: only_one_waits(phone))
    # The gateway brings again what was not taken.
    await phone.post("clock", machine_forward=61)
    await answered(phone, "第一句")


async def test_failing_tap_and_event_leave_the_stream_alive(
    stream: StreamChannel, bot: Bot, phone: Phone, client: Client
) -> None:
    await shown_card(client, "card-3")
    bot.fail_with = [RuntimeError("no")]
    await phone.post("tap", **{"as": CADRE, "outTrackId": "card-3", "action": "accept"})
    assert bot.taps == []
    assert (await phone.post("tap", **{"as": CADRE, "outTrackId": "card-3", "action": "accept"}))["ok"]
    assert len(bot.taps) == 1


async def test_event_comes_again_until_it_is_taken(stream: StreamChannel, bot: Bot, phone: Phone) -> None:
    bot.takes_events = False
    await phone.post("event", type="user_add_org", data={"userId": ["v-0101"]})
    await until(lambda: len(bot.events) == 1)
    assert await phone.unacked() == 1
    bot.takes_events = True
    await phone.post("clock", machine_forward=11)
    await until(lambda: len(bot.events) == 2)
    await until(lambda: nothing_waits(phone))
    first, second = bot.events
    assert first == second
    assert (first.kind, first.data["userId"]) == ("user_add_org", ["v-0101"])


async def test_event_whose_handler_fails_comes_again(stream: StreamChannel, bot: Bot, phone: Phone) -> None:
    bot.fail_with = [RuntimeError("database is away")]
    await phone.post("event", type="user_leave_org", data={"userId": ["v-0102"]})
    await until(lambda: not bot.fail_with)
    await phone.post("clock", machine_forward=11)
    await until(lambda: len(bot.events) == 1)


async def test_event_that_cannot_be_read_is_not_asked_for_again(stream: StreamChannel, bot: Bot, phone: Phone) -> None:
    bot.fail_with = [MalformedFrame("eventId is missing")]
    await phone.post("event", type="user_leave_org", data={})
    await until(lambda: not bot.fail_with)
    await until(lambda: nothing_waits(phone))


async def test_answer_within_two_seconds_of_a_disconnect(stream: StreamChannel, bot: Bot, phone: Phone) -> None:
    for number in range(3):
        await phone.post("disconnect")
        await phone.say(VILLAGER, f"还在吗{number}")
        assert await answered(phone, f"还在吗{number}") <= 2.0


async def test_socket_that_breaks_is_replaced_at_once(stream: StreamChannel, bot: Bot, phone: Phone) -> None:
    await phone.post("disconnect", abrupt=True)
    await phone.say(VILLAGER, "断了吗")
    assert await answered(phone, "断了吗") <= 2.0


async def test_line_that_left_acknowledges_what_it_brought(bot: Bot, endpoints: Endpoints, phone: Phone) -> None:
    stored = asyncio.Event()

    async def store(frame: Frame) -> None:
        bot.heard.append(wire.to_incoming(frame.data, "account-1"))
        await stored.wait()

    stream = StreamChannel(CREDENTIAL, endpoints, dataclasses.replace(bot.callbacks, on_message=store))
    stream.start()
    await asyncio.wait_for(stream.until_open(), 10)
    await phone.say(VILLAGER, "路灯坏了")
    await until(lambda: len(bot.heard) == 1)
    await phone.post("disconnect")
    await until(lambda: two_lines(phone))
    stored.set()
    await until(lambda: nothing_waits(phone))
    await phone.post("clock", machine_forward=61)
    assert len(bot.heard) == 1
    await stream.stop()


async def two_lines(phone: Phone) -> bool:
    return len((await phone.get("state"))["connections"]) == 2


async def test_stop_closes_the_socket_properly(bot: Bot, endpoints: Endpoints, phone: Phone) -> None:
    stream = StreamChannel(CREDENTIAL, endpoints, bot.callbacks)
    stream.start()
    await asyncio.wait_for(stream.until_open(), 10)
    await stream.stop()
    assert (await phone.get("state"))["connections"] == []
    assert stream.pulse() is Pulse.stuck
    await stream.stop()


async def test_hanging_gateway_is_given_up_and_tried_again(
    bot: Bot, endpoints: Endpoints, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    await phone.fault("hang_open", times=1)
    began = time.monotonic()
    stream = StreamChannel(CREDENTIAL, endpoints, bot.callbacks)
    stream.start()
    await asyncio.wait_for(stream.until_open(), 30)
    assert 4 < time.monotonic() - began < 15
    await phone.say(VILLAGER, "通了吗")
    await answered(phone, "通了吗")
    await stream.stop()


async def test_line_deaf_from_birth_is_replaced(bot: Bot, endpoints: Endpoints, phone: Phone) -> None:
    await phone.fault("hang_websocket", times=1)
    stream = StreamChannel(CREDENTIAL, endpoints, bot.callbacks, first_patience=0.5)
    stream.start()
    await asyncio.wait_for(stream.until_open(), 10)
    await until(lambda: a_line_that_hears(phone))
    await phone.say(VILLAGER, "听得见吗")
    await answered(phone, "听得见吗")
    await stream.stop()


async def a_line_that_hears(phone: Phone) -> bool:
    lines = (await phone.get("state"))["connections"]
    return len(lines) == 1 and not lines[0]["deaf"]


@pytest.fixture
async def supervisor(bot: Bot, endpoints: Endpoints) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(
        lambda: StreamChannel(CREDENTIAL, endpoints, bot.callbacks), look_every=0.1, stuck_after=2.0
    )
    await supervisor.start()
    await asyncio.wait_for(supervisor.stream.until_open(), 10)
    yield supervisor
    await supervisor.stop()
    assert not supervisor.is_open


async def test_frozen_thread_is_abandoned_for_another(supervisor: Supervisor, phone: Phone) -> None:
    frozen, thaw = supervisor.stream, threading.Event()
    frozen._loop.call_soon_threadsafe(thaw.wait, 30)
    await until(lambda: supervisor.replaced == 1)
    await asyncio.wait_for(supervisor.stream.until_open(), 10)
    thaw.set()
    # Until its socket is closed the gateway may still deal a message to the abandoned line, and bring it again later.
    await until(lambda: one_line(phone))
    await phone.say(VILLAGER, "还在吗")
    await answered(phone, "还在吗")


async def one_line(phone: Phone) -> bool:
    return len((await phone.get("state"))["connections"]) == 1


async def test_wrong_secret_is_tried_without_hurry_and_never_logged(
    bot: Bot, endpoints: Endpoints, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = type(CREDENTIAL)("account-1", CREDENTIAL.client_id, "not-the-secret")
    stream = StreamChannel(wrong, endpoints, bot.callbacks)
    stream.start()
    await until(lambda: "HTTP 401" in caplog.text)
    await stream.stop()
    assert "not-the-secret" not in caplog.text
    assert caplog.text.count("HTTP 401") <= 2


async def test_ticket_is_never_logged(stream: StreamChannel, phone: Phone, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await phone.post("disconnect")
    await until(lambda: "stream open" in caplog.text)
    assert "ticket" not in caplog.text


def a_callback(data: str, **headers: str) -> str:
    return json.dumps({"type": "CALLBACK", "headers": {"messageId": "x", "topic": MESSAGES, **headers}, "data": data})


@pytest.mark.parametrize(
    "raw",
    [
        "this is not json",
        "[]",
        "{}",
        '{"type": "NEWS", "headers": {"messageId": "x"}}',
        '{"type": "CALLBACK", "headers": "none"}',
        '{"type": "CALLBACK", "headers": {"messageId": "x", "topic": "/unheard/of"}, "data": "{}"}',
        a_callback("not json"),
        a_callback("[1]"),
        a_callback("{}"),
        a_callback("{}", time="soon"),
        '{"type": "EVENT", "headers": {"messageId": "x"}, "data": "[]"}',
        '{"type": "SYSTEM", "headers": {"messageId": "x", "topic": "KEEPALIVE"}}',
    ],
)
async def test_odd_frame_costs_a_log_line_and_not_the_line(
    stream: StreamChannel, running: Running, bot: Bot, phone: Phone, caplog: pytest.LogCaptureFixture, raw: str
) -> None:
    connections = running.world.gateway.connections
    await until(lambda: len(connections) == 1)
    (connection,) = connections.values()
    connection.outgoing.put_nowait(raw)
    await phone.say(VILLAGER, "还听得见吗")
    await answered(phone, "还听得见吗")
    assert list(connections.values()) == [connection]
    assert stream.is_open
    assert ("frame" in caplog.text) == ("KEEPALIVE" not in raw)


async def test_ping_counts_as_a_sign_of_life(stream: StreamChannel, phone: Phone) -> None:
    opened = stream.heard_at
    await phone.post("clock", machine_forward=61)
    await until(lambda: stream.heard_at > opened)


async def test_burst_is_heard_whole_and_once(stream: StreamChannel, bot: Bot, phone: Phone) -> None:
    for number in range(300):
        await phone.say(VILLAGER, str(number))
    await until(lambda: len(bot.heard) == 300)
    assert {incoming.text for incoming in bot.heard} == {str(number) for number in range(300)}
    await until(lambda: nothing_waits(phone))
