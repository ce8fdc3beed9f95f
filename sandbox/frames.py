"""The frames of the stream, pure: what goes down, and what an ack says. `data` is a JSON string in both directions."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox.encoding import Json, as_object, dumps

BOT_TOPIC = "/v1.0/im/bot/messages/get"
CARD_TOPIC = "/v1.0/card/instances/callback"


class FrameType(StrEnum):
    """The three types of frames that go down."""

    SYSTEM = "SYSTEM"
    EVENT = "EVENT"
    CALLBACK = "CALLBACK"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame before it is given to a connection."""

    type: FrameType
    topic: str
    message_id: str
    data: str
    extra: tuple[tuple[str, str | int], ...] = ()
    """More headers: eventId, eventType and so on."""

    def encode(self, app_id: str, connection_id: str, now_ms: int) -> str:
        """Return the text that goes down one connection."""
        headers = {
            "appId": app_id,
            "connectionId": connection_id,
            "contentType": "application/json",
            "messageId": self.message_id,
            "time": str(now_ms),
            "topic": self.topic,
            **dict(self.extra),
        }
        return dumps({"specVersion": "1.0", "type": self.type, "headers": headers, "data": self.data}).decode()


@dataclass(frozen=True, slots=True)
class Ack:
    """What came up the stream: whose ack, its code, and `data` decoded."""

    message_id: str
    code: int
    data: Json


def read_ack(raw: str | bytes) -> Ack | None:
    """Read an ack; None when the text is no ack."""
    frame = as_object(raw)
    headers = frame.get("headers") if frame else None
    if frame is None or not isinstance(headers, dict) or not isinstance(headers.get("messageId"), str):
        return None
    data = frame.get("data")
    inner = as_object(data) if isinstance(data, str) else data
    code = frame.get("code")
    return Ack(headers["messageId"], code if isinstance(code, int) else 0, inner if isinstance(inner, dict) else {})
