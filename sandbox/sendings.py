"""What the bot sent through the robot API, by processQueryKey: for recall and for read receipts; bounded."""

import base64
from collections import OrderedDict
from dataclasses import dataclass, field
from secrets import token_bytes

from sandbox.chats import Message

MAX_SENDINGS = 20_000


@dataclass(slots=True)
class Sending:
    """The lines of one call, by the account they went to (a group: its id)."""

    at: float
    group: str | None
    lines: dict[str, Message] = field(default_factory=dict)
    is_recalled: bool = False


class Sendings:
    """All sendings by key."""

    def __init__(self) -> None:
        self._sendings: OrderedDict[str, Sending] = OrderedDict()

    def add(self, sending: Sending) -> str:
        """Store a sending and return its processQueryKey."""
        key = base64.b64encode(token_bytes(24)).decode()
        self._sendings[key] = sending
        if len(self._sendings) > MAX_SENDINGS:
            self._sendings.popitem(last=False)
        return key

    def get(self, key: str) -> Sending | None:
        """Return a sending."""
        return self._sendings.get(key)
