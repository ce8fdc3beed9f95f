"""The words that channel and dialogue share: what came in, before anybody knows what it means.

Nothing here knows DingTalk's field names (see `bot/dingtalk/wire.py`) or what to answer (see `bot/dialogue/`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MessageKind(StrEnum):
    """What a person sent, as far as the channel lets us see."""

    text = "text"
    picture = "picture"
    rich_text = "rich_text"
    audio = "audio"
    video = "video"
    file = "file"
    unknown = "unknown"
    """A sticker, a place, a card: the channel withholds the content."""
    silent = "silent"
    """Something was said, but the month's quota is used up and the words were kept back."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture, audio, video or file that can be fetched once with its code."""

    kind: str
    """`picture`, `audio`, `video` or `file`."""
    download_code: str
    name: str = ""
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """The earlier message that this one answers."""

    message_id: str
    kind: str
    sender_id: str
    text: str
    """Empty when a card or a picture is quoted."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of one person in one conversation."""

    message_id: str
    account_id: str
    conversation_id: str
    is_group: bool
    group_title: str
    sender_id: str
    """Opaque, and all we know of somebody outside the organisation."""
    sender_staff_id: str
    """Empty for outsiders and while the robot is unpublished."""
    sender_nick: str
    sender_union_id: str
    kind: MessageKind
    text: str
    """What was typed, or what the channel recognised in the audio."""
    by_voice: bool
    attachments: tuple[Attachment, ...]
    quote: Quote | None
    sent_at: datetime
    session_webhook: str
    webhook_expires_at: datetime | None
    robot_code: str


@dataclass(frozen=True, slots=True)
class Tap:
    """A button pressed on a card."""

    out_track_id: str
    account_id: str
    staff_id: str
    action: str
    params: Mapping[str, str]
    frame_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DirectoryEvent:
    """A change in the organisation or its groups that the channel reports."""

    event_id: str
    kind: str
    account_id: str
    data: Mapping[str, object] = field(default_factory=dict)
    at: datetime | None = None
