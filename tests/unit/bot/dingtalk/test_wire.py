import json
import re
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dingtalk import wire
from bot.messages import Attachment, MessageKind, Quote
from township.clock import SHANGHAI

CREATED = 1795395600000
SENT_AT = datetime.fromtimestamp(CREATED / 1000, SHANGHAI)
TABLE = Path(__file__).parents[4] / "docs/reference/messages.md"

BODIES: dict[str, dict[str, Any]] = {
    "text": {"text": {"content": "路灯坏了"}},
    "picture": {"content": {"downloadCode": "code-1", "pictureDownloadCode": "code-p"}},
    "richText": {"content": {"richText": [{"text": "看这里"}, {"type": "picture", "downloadCode": "code-2"}]}},
    "audio": {"content": {"downloadCode": "code-3", "recognition": "喂俺家灯不明了", "duration": 4120}},
    "video": {"content": {"downloadCode": "code-4", "videoType": "mp4", "duration": 9000}},
    "file": {"content": {"downloadCode": "code-5", "fileName": "通知.docx", "spaceId": "1", "fileId": "2"}},
    "unknownMsgType": {"content": {"unknownMsgType": "暂不支持接收"}},
}
SITUATIONS = ("one-to-one", "group", "quoted", "outsider", "quota exhausted")
READ_AS = {
    "text": (MessageKind.text, "路灯坏了", ()),
    "picture": (MessageKind.picture, "", (Attachment("picture", "code-1"),)),
    "richText": (MessageKind.rich_text, "看这里", (Attachment("picture", "code-2"),)),
    "audio": (MessageKind.audio, "喂俺家灯不明了", (Attachment("audio", "code-3", duration_ms=4120),)),
    "video": (MessageKind.video, "", (Attachment("video", "code-4", duration_ms=9000),)),
    "file": (MessageKind.file, "", (Attachment("file", "code-5", "通知.docx"),)),
    "unknownMsgType": (MessageKind.unknown, "", ()),
}


def a_frame(msgtype: str = "text", situation: str = "one-to-one") -> dict[str, Any]:
    """Build the data of a robot message as the platform would send it in this situation."""
    data: dict[str, Any] = {
        "msgId": "msg-1",
        "msgtype": msgtype,
        "conversationId": "cid-1",
        "conversationType": "1",
        "createAt": CREATED,
        "senderId": "$:LWCP_v1:$abc",
        "senderNick": "王婶",
        "senderStaffId": "v-0101",
        "senderUnionId": "union-1",
        "senderCorpId": "dingsandbox",
        "robotCode": "robot-1",
        "sessionWebhook": "https://oapi.dingtalk.com/robot/sendBySession?session=x",
        "sessionWebhookExpiredTime": CREATED + 5_400_000,
        **json.loads(json.dumps(BODIES[msgtype])),
    }
    match situation:
        case "group":
            data |= {"conversationType": "2", "conversationTitle": "柳树村群", "isInAtList": True, "atUsers": []}
            if msgtype == "text":
                data["text"] = {"content": " 路灯坏了"}
            if msgtype == "richText":
                data["content"]["richText"].insert(0, {"text": "@小邻"})
        case "quoted":
            holder = data["text"] if msgtype == "text" else data["content"]
            replied = {"msgId": "m-0", "msgType": "text", "senderId": "s-0", "content": {"text": "修好了吗"}}
            holder |= {"isReplyMsg": True, "repliedMsg": replied}
        case "outsider":
            for name in ("senderStaffId", "senderCorpId", "senderUnionId"):
                del data[name]
        case "quota exhausted":
            data.pop("text", None)
            data.pop("content", None)
            data |= {"code": 20001, "errMsg": "受调用量超量影响，当前我的消息服务已经暂停"}
    return data


def table_cells() -> dict[tuple[str, str], str]:
    rows = [line.strip("|\n ").split("|") for line in TABLE.read_text(encoding="utf-8").splitlines() if "|" in line]
    head = [cell.strip() for cell in rows[0]]
    cells = {}
    for row in rows[2:]:
        if not (name := re.fullmatch(r"\s*`(\w+)`\s*", row[0])):
            break
        cells |= {(name[1], column): cell.strip() for column, cell in zip(head[1:], row[1:], strict=True)}
    return cells


CELLS = table_cells()


def test_table_has_a_cell_for_every_kind_in_every_situation() -> None:
    assert set(CELLS) == {(msgtype, situation) for msgtype in BODIES for situation in SITUATIONS}
    assert all(CELLS.values())


@pytest.mark.parametrize(("msgtype", "situation"), sorted(CELLS))
def test_every_cell_of_the_table_is_read(msgtype: str, situation: str) -> None:
    incoming = wire.to_incoming(a_frame(msgtype, situation), "account-1")
    kind, text, attachments = READ_AS[msgtype]
    if situation == "quota exhausted":
        kind, text, attachments = MessageKind.silent, "", ()
    assert (incoming.kind, incoming.text, incoming.attachments) == (kind, text, attachments)
    assert incoming.is_group == (situation == "group")
    assert incoming.group_title == ("柳树村群" if situation == "group" else "")
    assert incoming.sender_staff_id == ("" if situation == "outsider" else "v-0101")
    assert incoming.sender_id == "$:LWCP_v1:$abc"
    assert incoming.quote == (Quote("m-0", "text", "s-0", "修好了吗") if situation == "quoted" else None)
    assert incoming.by_voice == (msgtype == "audio" and situation != "quota exhausted")
    assert (incoming.message_id, incoming.conversation_id, incoming.account_id) == ("msg-1", "cid-1", "account-1")
    assert incoming.sent_at == SENT_AT
    assert incoming.webhook_expires_at == SENT_AT + timedelta(minutes=90)


@pytest.mark.parametrize("msgtype", sorted(BODIES))
@pytest.mark.parametrize(
    "notice",
    [{"errMsg": "暂停"}, {"errorMessage": "暂停"}, {"code": "20001"}, {"errorCode": 20001, "errorMessage": "暂停"}],
)
def test_quota_notice_is_heard_under_each_of_its_names(msgtype: str, notice: dict[str, Any]) -> None:
    data = a_frame(msgtype)
    data.pop("text", None)
    data.pop("content", None)
    assert wire.to_incoming(data | notice, "a").kind is MessageKind.silent


def test_words_are_read_even_beside_an_error_message() -> None:
    assert wire.to_incoming(a_frame() | {"errMsg": ""}, "a").text == "路灯坏了"
    assert wire.to_incoming(a_frame() | {"errMsg": "ok"}, "a").kind is MessageKind.text


def test_body_that_is_missing_without_a_word_is_silent() -> None:
    data = a_frame("audio")
    del data["content"]
    assert wire.to_incoming(data, "a").kind is MessageKind.silent


def test_msgtype_nobody_has_seen_is_unknown() -> None:
    data = a_frame() | {"msgtype": "hologram"}
    assert wire.to_incoming(data, "a").kind is MessageKind.unknown


@pytest.mark.parametrize(
    ("segments", "text"),
    [
        (["@小邻", " 路灯坏了"], "路灯坏了"),
        (["@小邻 路灯坏了"], "路灯坏了"),
        (["@小邻", "\n", "桥栏杆断了"], "桥栏杆断了"),
        (["路灯坏了", " @李海 看看"], "路灯坏了 @李海 看看"),
        (["路灯坏了"], "路灯坏了"),
        ([], ""),
    ],
)
def test_repeated_mention_is_cut_in_groups_only(segments: list[str], text: str) -> None:
    data = a_frame("richText", "group")
    data["content"] = {"richText": [{"text": segment} for segment in segments]}
    assert wire.to_incoming(data, "a").text == text
    data["conversationType"] = "1"
    assert wire.to_incoming(data, "a").text == "".join(segments).strip()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"text": "修好了吗"}, "修好了吗"),
        ({"content": "修好了吗"}, "修好了吗"),
        ("修好了吗", "修好了吗"),
        ('{"text": "修好了吗"}', "修好了吗"),
        ({"richText": [{"text": "修好"}, {"text": "了吗"}]}, "修好了吗"),
        ({"richText": [{"msgType": "text", "content": "修好了吗"}]}, "修好了吗"),
        ({"recognition": "修好了吗"}, "修好了吗"),
        (None, ""),
        ({}, ""),
    ],
)
def test_quoted_words_are_found_in_every_shape(content: object, text: str) -> None:
    data = a_frame(situation="quoted")
    data["text"]["repliedMsg"]["content"] = content
    quote = wire.to_incoming(data, "a").quote
    assert quote is not None
    assert quote.text == text


def test_quoted_card_has_no_words() -> None:
    data = a_frame()
    data["text"]["repliedMsg"] = {"msgId": "m-9", "msgType": "interactiveCard", "senderId": "robot"}
    assert wire.to_incoming(data, "a").quote == Quote("m-9", "interactiveCard", "robot", "")


@pytest.mark.parametrize("name", ["msgId", "conversationId", "msgtype"])
@pytest.mark.parametrize("bad", [None, "", {}, []])
def test_missing_field_is_named(name: str, bad: object) -> None:
    with pytest.raises(wire.MalformedFrame, match=name):
        wire.to_incoming(a_frame() | {name: bad}, "a")


def test_sender_without_any_name_is_malformed() -> None:
    data = a_frame(situation="outsider")
    del data["senderId"]
    with pytest.raises(wire.MalformedFrame, match="senderId"):
        wire.to_incoming(data, "a")


def test_time_of_sending_falls_back_on_webhook_then_arrival() -> None:
    data = a_frame()
    del data["createAt"]
    assert wire.to_incoming(data, "a").sent_at == SENT_AT
    del data["sessionWebhookExpiredTime"]
    arrival = SENT_AT + timedelta(seconds=3)
    assert wire.to_incoming(data, "a", received_at=arrival).sent_at == arrival
    with pytest.raises(wire.MalformedFrame, match="createAt"):
        wire.to_incoming(data, "a")


@pytest.mark.parametrize("stamp", ["never", 10**30, [], "12:00"])
def test_odd_time_does_not_crash(stamp: object) -> None:
    assert wire.to_incoming(a_frame() | {"createAt": stamp}, "a").sent_at == SENT_AT


PRIVATE = {"cardPrivateData": {"actionIds": ["accept"], "params": {"note": "好"}}}


@pytest.mark.parametrize(
    "place",
    [
        {"content": json.dumps(PRIVATE), "value": json.dumps(PRIVATE)},
        {"value": json.dumps(PRIVATE)},
        {"content": PRIVATE},
        {"content": "not json", "actionData": json.dumps(PRIVATE)},
        {"actionData": {"actionIds": ["accept"], "params": {"note": "好"}}},
        {"actionIds": ["accept"], "params": {"note": "好"}},
        {"actionId": "accept", "params": {"note": "好"}},
        {"content": "{}", "value": "", "actionId": "other", "params": {"note": "好", "action": "accept"}},
    ],
)
def test_action_is_found_wherever_the_template_put_it(place: dict[str, Any]) -> None:
    data = {"type": "actionCallback", "outTrackId": "card-1", "userId": "c-0103", **place}
    tap = wire.to_tap(data, "account-1", frame_id="frame-1", at=SENT_AT)
    assert (tap.action, tap.params["note"], tap.staff_id, tap.out_track_id) == ("accept", "好", "c-0103", "card-1")
    assert (tap.frame_id, tap.account_id, tap.at) == ("frame-1", "account-1", SENT_AT)


def test_params_that_are_no_strings_travel_as_json() -> None:
    data = {"outTrackId": "c", "userId": "u", "actionId": "x", "params": {"days": 3, "place": {"village": "柳树村"}}}
    params = wire.to_tap(data, "a", frame_id="f", at=SENT_AT).params
    assert params == {"days": "3", "place": '{"village": "柳树村"}'}


@pytest.mark.parametrize("name", ["outTrackId", "userId", "actionId"])
def test_tap_without_card_person_or_action_is_malformed(name: str) -> None:
    data = {"outTrackId": "c", "userId": "u", "actionId": "x"}
    del data[name]
    with pytest.raises(wire.MalformedFrame, match=name):
        wire.to_tap(data, "a", frame_id="f", at=SENT_AT)


HEADERS = {"eventId": "e-1", "eventType": "user_add_org", "eventBornTime": str(CREATED), "eventCorpId": "ding"}


@pytest.mark.parametrize(
    ("headers", "data"),
    [
        (HEADERS, {"userId": ["v-0101"], "timeStamp": "1"}),
        ({}, HEADERS | {"data": {"userId": ["v-0101"]}}),
        ({"eventId": "e-1", "eventBornTime": CREATED}, {"EventType": "user_add_org", "userId": ["v-0101"]}),
    ],
)
def test_event_is_read_in_each_of_its_shapes(headers: dict[str, Any], data: dict[str, Any]) -> None:
    event = wire.to_event(headers, data, "account-1")
    assert (event.event_id, event.kind, event.account_id) == ("e-1", "user_add_org", "account-1")
    assert event.data["userId"] == ["v-0101"]
    assert event.at == SENT_AT


def test_event_without_type_or_id_is_malformed() -> None:
    with pytest.raises(wire.MalformedFrame, match="eventType"):
        wire.to_event({"eventId": "e"}, {}, "a")
    with pytest.raises(wire.MalformedFrame, match="eventId"):
        wire.to_event({"eventType": "check_in"}, {}, "a")


@pytest.mark.parametrize("bad", ["", "{", "[]", "3", None, b"\xff\xfe"])
def test_text_that_is_no_object_is_named(bad: Any) -> None:
    with pytest.raises(wire.MalformedFrame, match="frame"):
        wire.parse_object(bad, "frame")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from([*a_frame(), "text", "content", "errMsg", "richText", "isReplyMsg", "repliedMsg", "actionIds"])


@given(st.sampled_from(sorted(BODIES)), st.dictionaries(names, json_values, max_size=4))
def test_whatever_stands_in_a_field_is_read_or_named(msgtype: str, odd: dict[str, Any]) -> None:
    data = a_frame(msgtype) | odd
    with suppress(wire.MalformedFrame):
        incoming = wire.to_incoming(data, "a")
        assert incoming.message_id
        assert incoming.kind in MessageKind


@given(st.dictionaries(st.sampled_from(["content", "value", "actionData", "params", "actionIds"]), json_values))
def test_whatever_stands_in_a_tap_is_read_or_named(odd: dict[str, Any]) -> None:
    with suppress(wire.MalformedFrame):
        tap = wire.to_tap({"outTrackId": "c", "userId": "u", **odd}, "a", frame_id="f", at=SENT_AT)
        assert tap.action
        assert all(isinstance(value, str) for value in tap.params.values())
