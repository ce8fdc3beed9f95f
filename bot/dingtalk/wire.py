"""Their JSON to our words: robot messages, card taps and directory events. Pure.

The other direction is `bodies.py`. Field names and their oddities: docs/reference/messages.md.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.messages import Attachment, DirectoryEvent, Incoming, MessageKind, Quote, Tap
from township.clock import SHANGHAI

Json = Mapping[str, object]

WEBHOOK_LIFE = timedelta(minutes=90)
"""A sessionWebhook lives for 5,400 s from the creation of its message."""

QUOTA_EXHAUSTED = "20001"

_KINDS = {
    "text": MessageKind.text,
    "picture": MessageKind.picture,
    "richText": MessageKind.rich_text,
    "audio": MessageKind.audio,
    "video": MessageKind.video,
    "file": MessageKind.file,
}
_MENTION = re.compile(r"\s*@\S{1,30}\s*")
_MENTION_BEFORE = re.compile(r"^\s*@\S{1,30}\s+")


class MalformedFrame(ValueError):
    """A frame that cannot be read; `what` names the field and what is wrong with it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Frame:
    """What came down the stream, opened as far as its envelope goes."""

    id: str
    """messageId of the envelope: the same when the frame is delivered again."""
    data: Json
    headers: Json
    at: datetime


def to_incoming(data: Json, account_id: str, *, received_at: datetime | None = None) -> Incoming:
    """Read the data of `/v1.0/im/bot/messages/get`.

    `received_at` stands in where the frame has no createAt. Raises MalformedFrame.
    """
    is_group = str(data.get("conversationType", "")) == "2"
    kind, body = _kind_and_body(data)
    expires = _optional_time(data, "sessionWebhookExpiredTime")
    return Incoming(
        message_id=_required(data, "msgId"),
        account_id=account_id,
        conversation_id=_required(data, "conversationId"),
        is_group=is_group,
        group_title=_string(data, "conversationTitle") if is_group else "",
        sender_id=_required(data, "senderId", instead="senderStaffId"),
        sender_staff_id=_string(data, "senderStaffId"),
        sender_nick=_string(data, "senderNick"),
        sender_union_id=_string(data, "senderUnionId"),
        kind=kind,
        text=_text(kind, body, in_group=is_group),
        by_voice=kind is MessageKind.audio,
        attachments=tuple(_attachments(kind, body)),
        quote=_quote(data, body),
        sent_at=_sent_at(data, expires, received_at),
        session_webhook=_string(data, "sessionWebhook"),
        webhook_expires_at=expires,
        robot_code=_string(data, "robotCode"),
    )


def to_tap(data: Json, account_id: str, *, frame_id: str, at: datetime) -> Tap:
    """Read the data of `/v1.0/card/instances/callback`, wherever this template generation put the action."""
    action, params = "", dict[str, str]()
    for place in _action_places(data):
        params = params or _strings(_mapping(place.get("params")))
        action = action or _first(place.get("actionIds")) or _string(place, "actionId")
    action = params.get("action") or action
    if not action:
        raise MalformedFrame("card callback: no action in content, value, actionData or actionId")
    return Tap(
        out_track_id=_required(data, "outTrackId"),
        account_id=account_id,
        staff_id=_required(data, "userId"),
        action=action,
        params=params,
        frame_id=frame_id,
        at=at,
    )


def to_event(headers: Json, data: Json, account_id: str) -> DirectoryEvent:
    """Read an EVENT frame: names in the headers, or in the data as the documentation prints them."""
    inner = data.get("data")
    body = inner if isinstance(inner, Mapping) else data
    names = {**data, **headers}
    kind = _string(names, "eventType") or _string(data, "EventType")
    if not kind:
        raise MalformedFrame("event: eventType is missing")
    born = _optional_time(names, "eventBornTime")
    return DirectoryEvent(_required(names, "eventId"), kind, account_id, dict(body), born)


def parse_object(text: object, what: str) -> dict[str, object]:
    """Return the JSON object in `text`, which may already be one. Raises MalformedFrame naming `what`."""
    if isinstance(text, str | bytes):
        try:
            text = json.loads(text)
        except ValueError as error:
            raise MalformedFrame(f"{what} is not JSON") from error
    if not isinstance(text, dict):
        raise MalformedFrame(f"{what} is not a JSON object")
    return text


def moment(milliseconds: object) -> datetime | None:
    """Return the time of a millisecond stamp (number or digits), or None when it is none."""
    try:
        return datetime.fromtimestamp(int(str(milliseconds)) / 1000, SHANGHAI)
    except (ValueError, OverflowError, OSError):
        return None


def _kind_and_body(data: Json) -> tuple[MessageKind, Json]:
    kind = _KINDS.get(_required(data, "msgtype"), MessageKind.unknown)
    body = _mapping(data.get("text") if kind is MessageKind.text else data.get("content"))
    if _is_over_quota(data) or (not body and kind is not MessageKind.unknown):
        return MessageKind.silent, {}
    return kind, body


def _is_over_quota(data: Json) -> bool:
    """Over the month's limit the body is missing; two documents disagree on the error's name, so both count."""
    if "text" in data or "content" in data:
        return False
    codes = (data.get("code"), data.get("errCode"), data.get("errorCode"))
    return QUOTA_EXHAUSTED in map(str, codes) or bool(data.get("errMsg") or data.get("errorMessage"))


def _text(kind: MessageKind, body: Json, *, in_group: bool) -> str:
    if kind is MessageKind.text:
        return _string(body, "content").strip()
    if kind is MessageKind.audio:
        return _string(body, "recognition").strip()
    if kind is MessageKind.rich_text:
        segments = [_string(part, "text") for part in _parts(body)]
        return "".join(_without_mention(segments) if in_group else segments).strip()
    return ""


def _without_mention(segments: list[str]) -> list[str]:
    """Take away the robot's name, which HarmonyOS repeats at the head of a rich text in a group."""
    first, *rest = segments or [""]
    if rest and _MENTION.fullmatch(first):
        return rest
    return [_MENTION_BEFORE.sub("", first), *rest]


def _attachments(kind: MessageKind, body: Json) -> Iterator[Attachment]:
    if kind is MessageKind.rich_text:
        for part in _parts(body):
            if code := _string(part, "downloadCode") or _string(part, "pictureDownloadCode"):
                yield Attachment("picture", code)
    elif code := _string(body, "downloadCode") or _string(body, "pictureDownloadCode"):
        yield Attachment(kind.value, code, _string(body, "fileName"), _number(body, "duration"))


def _quote(data: Json, body: Json) -> Quote | None:
    for place in (body, data):
        replied = _mapping(place.get("repliedMsg"))
        if replied:
            return Quote(
                message_id=_string(replied, "msgId"),
                kind=_string(replied, "msgType"),
                sender_id=_string(replied, "senderId"),
                text=_quoted_text(replied.get("content")),
            )
    return None


def _quoted_text(content: object) -> str:
    if isinstance(content, str):
        parsed = _mapping(content)
        return _quoted_text(parsed) if parsed else content.strip()
    if not isinstance(content, Mapping):
        return ""
    written = _string(content, "text") or _string(content, "content") or _string(content, "recognition")
    segments = (_string(part, "text") or _string(part, "content") for part in _parts(content))
    return (written or "".join(segments)).strip()


def _parts(body: Json) -> Iterator[Json]:
    parts = body.get("richText")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping):
            yield part


def _action_places(data: Json) -> Iterator[Json]:
    for name in ("content", "value", "actionData"):
        holder = _mapping(data.get(name))
        yield _mapping(holder.get("cardPrivateData"))
        yield holder
    yield data


def _sent_at(data: Json, expires: datetime | None, received_at: datetime | None) -> datetime:
    sent = _optional_time(data, "createAt") or (expires - WEBHOOK_LIFE if expires else received_at)
    if sent is None:
        raise MalformedFrame("createAt is missing or not a time in milliseconds")
    return sent


def _optional_time(data: Json, name: str) -> datetime | None:
    return moment(data[name]) if data.get(name) else None


def _required(data: Json, name: str, *, instead: str = "") -> str:
    value = _string(data, name) or (_string(data, instead) if instead else "")
    if not value:
        raise MalformedFrame(f"{name} is missing or empty")
    return value


def _string(data: Json, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _number(data: Json, name: str) -> int:
    value = _string(data, name)
    return int(value) if value.isdigit() else 0


def _mapping(value: object) -> Json:
    """Return the object, parsed where it travels as a JSON string; anything else counts as empty."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, Mapping) else {}


def _strings(params: Json) -> dict[str, str]:
    return {
        str(name): value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in params.items()
    }


def _first(ids: object) -> str:
    return str(ids[0]) if isinstance(ids, list) and ids else ""
