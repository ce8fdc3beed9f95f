"""What the sandbox sends down the stream and our stream answers, frame by frame, held against the documentation."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from bot.dingtalk import bodies
from bot.dingtalk.bodies import CardSpace
from bot.dingtalk.client import Client
from bot.dingtalk.endpoints import Endpoints
from bot.dingtalk.handlers import Callbacks
from bot.dingtalk.stream import StreamChannel
from bot.dingtalk.wire import Frame, to_event, to_incoming, to_tap
from tests.conformance.conftest import expected
from tests.conformance.shapes import flaws
from tests.integration.bot.dingtalk.phone import CREDENTIAL, Phone, until

FRAMES = expected("frames.yaml")
VILLAGER, CADRE, GROUP = "v-0101", "c-0103", "cidliushu="
A_FILE = {"name": "通知.txt", "text": "样例"}
SAYINGS: dict[str, dict[str, Any]] = {
    "text alone": {"text": "路灯坏了"},
    "text in a group": {"text": "停水不", "group": GROUP, "mentions": [CADRE]},
    "picture": {"pictures": 1},
    "rich text": {"pictures": 2, "text": "路灯"},
    "audio": {"audio": {"recognition": "俺家灯不明了"}},
    "video": {"video": A_FILE},
    "file": {"file": A_FILE},
    "unknown": {"sticker": "好的"},
}
EVENTS: dict[str, dict[str, Any]] = {
    "user_add_org": {"data": {"userId": [VILLAGER]}},
    "user_active_org": {"data": {"userId": [VILLAGER]}},
    "user_modify_org": {"data": {"userId": [VILLAGER]}, "member": {"title": "组长"}},
    "user_dept_change": {"data": {"userId": [VILLAGER]}},
    "user_role_change": {"data": {"userId": [VILLAGER]}},
    "user_leave_org": {"data": {"userId": ["v-0601"]}},
    "chat_update_title": {"data": {"openConversationId": GROUP, "title": "柳树一家亲"}},
    "chat_disband": {"data": {"openConversationId": GROUP}},
    "chat_add_member": {"data": {"openConversationId": GROUP, "userId": [VILLAGER]}},
    "chat_remove_member": {"data": {"openConversationId": GROUP, "userId": [VILLAGER]}},
}


class Reader:
    """Takes every frame and reads it as the app does."""

    def __init__(self) -> None:
        self.read: list[object] = []

    async def on_message(self, frame: Frame) -> None:
        self.read.append(to_incoming(frame.data, "account-1"))

    async def on_tap(self, frame: Frame) -> Mapping[str, Any]:
        self.read.append(to_tap(frame.data, "account-1", frame_id=frame.id, at=frame.at))
        return bodies.tap_answer({"status": "收下了"}, {"mine": "1"})

    async def on_event(self, frame: Frame) -> bool:
        self.read.append(to_event(frame.headers, frame.data, "account-1"))
        return True

    async def on_late_tap(self, frame: Frame) -> None:
        raise AssertionError("nothing is late here")


@pytest.fixture
async def reader(endpoints: Endpoints, phone: Phone) -> AsyncIterator[Reader]:
    reader = Reader()
    callbacks = Callbacks(reader.on_message, reader.on_tap, reader.on_event, {}, reader.on_late_tap)
    stream = StreamChannel(CREDENTIAL, endpoints, callbacks)
    stream.start()
    await stream.until_open()
    yield reader
    await stream.stop()


async def exchange(phone: Phone, topic: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Wait for the one frame of a topic and its ack."""

    async def is_acked() -> bool:
        kept = await phone.get("wire")
        down = [one["down"] for one in kept if "down" in one and one["down"]["headers"]["topic"] == topic]
        up = {one["up"]["headers"]["messageId"]: one["up"] for one in kept if "up" in one}
        pairs.extend(
            (frame, up[frame["headers"]["messageId"]]) for frame in down if frame["headers"]["messageId"] in up
        )
        return bool(pairs)

    pairs: list[tuple[dict[str, Any], dict[str, Any]]] = []
    await until(is_acked)
    return pairs[0]


def wrong(frame: dict[str, Any], data: str, ack: dict[str, Any], answer: str, envelope: str = "envelope") -> list[str]:
    """List what is wrong with a frame and its ack."""
    found = flaws(frame, FRAMES[envelope], "down") + flaws(json.loads(frame["data"]), FRAMES[data], f"down {data}")
    found += flaws(ack, FRAMES["ack"], "up")
    return found or flaws(json.loads(ack["data"]), FRAMES[answer], f"up {answer}")


@pytest.mark.parametrize("kind", SAYINGS)
async def test_a_message_of_each_kind_is_as_documented_and_read(kind: str, reader: Reader, phone: Phone) -> None:
    await phone.post("say", **{"as": VILLAGER, **SAYINGS[kind]})
    frame, ack = await exchange(phone, "/v1.0/im/bot/messages/get")
    assert wrong(frame, kind, ack, "ack of message") == []
    assert len(reader.read) == 1


async def test_a_quotation_is_as_documented_and_read(reader: Reader, phone: Phone, client: Client) -> None:
    await client.send_to_people([VILLAGER], bodies.text("修好了吗？"))
    (line,) = (await phone.get("inbox", **{"as": VILLAGER}))["messages"]
    await phone.say(VILLAGER, "好了", quote=line["id"])
    frame, ack = await exchange(phone, "/v1.0/im/bot/messages/get")
    assert wrong(frame, "text quoting", ack, "ack of message") == []


async def test_a_message_over_the_quota_is_as_documented_and_read(reader: Reader, phone: Phone) -> None:
    await phone.fault("quota_exhausted", times=1, pool="push")
    await phone.say(VILLAGER, "路灯坏了")
    frame, ack = await exchange(phone, "/v1.0/im/bot/messages/get")
    assert wrong(frame, "over the quota", ack, "ack of message") == []


async def test_a_tap_is_as_documented_and_answered_so(reader: Reader, phone: Phone, client: Client) -> None:
    await client.create_and_deliver_card(
        template_id="t.schema", out_track_id="one", space=CardSpace(CADRE), params={"title": "路灯"}
    )
    tapped = await phone.post("tap", **{"as": CADRE, "outTrackId": "one", "action": "accept", "params": {"a": "b"}})
    assert tapped["ok"]
    frame, ack = await exchange(phone, "/v1.0/card/instances/callback")
    assert wrong(frame, "tap", ack, "ack of tap") == []


@pytest.mark.parametrize("kind", EVENTS)
async def test_an_event_of_each_kind_is_as_documented_and_read(kind: str, reader: Reader, phone: Phone) -> None:
    await phone.post("event", type=kind, **EVENTS[kind])
    frame, ack = await exchange(phone, "*")
    assert frame["headers"]["eventType"] == kind
    assert wrong(frame, kind, ack, "ack of event", "event envelope") == []
    (event,) = reader.read
    assert event.kind == kind


async def test_a_ping_is_as_documented_and_echoed(reader: Reader, phone: Phone) -> None:
    await phone.post("clock", machine_forward=61)
    frame, ack = await exchange(phone, "ping")
    assert wrong(frame, "ping", ack, "ack of ping") == []
    assert json.loads(ack["data"]) == json.loads(frame["data"])


async def test_a_goodbye_is_as_documented(reader: Reader, phone: Phone) -> None:
    await phone.post("disconnect")
    kept = await phone.get("wire")
    (goodbye,) = [one["down"] for one in kept if "down" in one and one["down"]["headers"]["topic"] == "disconnect"]
    assert flaws(goodbye, FRAMES["envelope"]) + flaws(json.loads(goodbye["data"]), FRAMES["disconnect"]) == []
