"""Chats, media, tokens, faults and frames: bounded, signed, and forgetful where they should be."""

from sandbox import frames
from sandbox.chats import KEPT, Chats, Message
from sandbox.clocks import MachineTime, Windows
from sandbox.encoding import loads
from sandbox.faults import Fault, FaultKind, Faults
from sandbox.frames import Frame, FrameType
from sandbox.media import MAX_ITEMS, MediaStore, sample_picture, sample_voice
from sandbox.tokens import Tokens
from sandbox.town import load


def a_line(chats: Chats, to: str = "v-0101", group: str | None = None) -> Message:
    seq = chats.next_seq()
    line = Message(seq, f"m{seq}", "bot", group, "text", "x", "", 0, to="" if group else to)
    chats.add(line)
    return line


def test_a_chat_keeps_its_newest_lines() -> None:
    chats = Chats(load())
    lines = [a_line(chats) for _ in range(KEPT + 10)]
    kept = chats.inbox("v-0101", limit=KEPT * 2)
    assert [line.id for line in kept] == [line.id for line in lines[10:]]
    assert [line.id for line in chats.inbox("v-0101", after=lines[-3].seq)] == [lines[-2].id, lines[-1].id]


def test_own_chat_and_groups_are_one_row_in_order() -> None:
    chats = Chats(load())
    first, second, third = a_line(chats), a_line(chats, group="cidliushu="), a_line(chats)
    a_line(chats, to="c-0201")
    assert chats.inbox("v-0101") == [first, second, third]
    assert chats.inbox("v-0102") == [second]
    assert chats.inbox("c-0201", is_reading=False)[0].to == "c-0201"
    assert "c-0201" not in chats.read
    chats.remove(second)
    assert chats.inbox("v-0102") == []


def test_media_make_room_and_addresses_are_signed() -> None:
    machine = MachineTime(lambda: 1000.0)
    media = MediaStore(machine, Windows())
    first = media.put(b"x", "a", "text/plain")
    signature = media.address("http://h", first).partition("Signature=")[2]
    assert media.is_signed(first.id, "1600", signature)
    assert not media.is_signed(first.id, "1601", signature)
    assert not media.is_signed(first.id, "x", signature)
    for _ in range(MAX_ITEMS):
        media.put(b"y", "b", "text/plain")
    assert media.get(first.id) is None


def test_samples_are_what_they_say() -> None:
    assert sample_picture(1) != sample_picture(2)
    assert len(sample_voice(1000)) == 44 + 8000
    assert len(sample_voice(10_000_000)) == 44 + 480_000


def test_a_session_means_its_conversation_until_it_dies() -> None:
    machine = MachineTime(lambda: 1000.0)
    tokens = Tokens(machine, Windows(), "a", "b")
    text, until = tokens.session("v-0101", "cidliushu=", 1_000_000)
    assert until == 6_400_000
    session = tokens.read_session(text)
    assert session is not None
    assert (session.account, session.group, session.is_alive) == ("v-0101", "cidliushu=", True)
    machine.forward(5400)
    late = tokens.read_session(text)
    assert late is not None
    assert not late.is_alive
    assert tokens.read_session(text + "0") is None
    assert tokens.read_session("x") is None


def test_a_fault_strikes_as_often_as_it_is_told_and_where_it_is_told() -> None:
    faults = Faults()
    assert not faults.strikes(FaultKind.qps)
    faults.arm(Fault(FaultKind.qps, 2, {"path": "/v1.0/card"}))
    assert not faults.strikes(FaultKind.qps, path="/v1.0/robot/ding/send")
    assert [bool(faults.strikes(FaultKind.qps, path="/v1.0/card/instances")) for _ in range(3)] == [True, True, False]
    faults.arm(Fault(FaultKind.html))
    assert all(faults.strikes(FaultKind.html) for _ in range(5))
    faults.clear(FaultKind.qps)
    assert faults.strikes(FaultKind.html)
    faults.clear()
    assert faults.armed() == []


def test_a_frame_carries_its_data_as_text() -> None:
    extra = (("eventId", "e1"), ("eventBornTime", 5))
    text = Frame(FrameType.EVENT, "*", "m1", '{"a":"路灯"}', extra).encode("app", "c1", 1000)
    frame = loads(text)
    assert frame["data"] == '{"a":"路灯"}'
    assert frame["headers"] == {
        "appId": "app",
        "connectionId": "c1",
        "contentType": "application/json",
        "messageId": "m1",
        "time": "1000",
        "topic": "*",
        "eventId": "e1",
        "eventBornTime": 5,
    }


def test_acks_in_every_shape() -> None:
    whole = frames.read_ack('{"code":200,"headers":{"messageId":"m"},"data":"{\\"response\\":{\\"a\\":1}}"}')
    assert whole is not None
    assert (whole.code, whole.data) == (200, {"response": {"a": 1}})
    bare = frames.read_ack('{"headers":{"messageId":"m"},"data":"OK"}')
    assert bare is not None
    assert (bare.code, bare.data) == (0, {})
    for nothing in ("", "x", "[]", "{}", '{"headers":{}}', '{"headers":{"messageId":1}}', b"\xff"):
        assert frames.read_ack(nothing) is None
