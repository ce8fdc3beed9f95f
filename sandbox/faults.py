"""Switchable faults: each armed fault has a name, how often it still strikes, and options that narrow it.

Where a fault strikes is written at its joint; what each does, and with which options: docs/reference/sandbox.md.
"""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sandbox.encoding import Json


class FaultKind(StrEnum):
    """What can go wrong at DingTalk's side or on the way."""

    drop_ack = "drop_ack"
    late_ack = "late_ack"
    duplicate = "duplicate"
    reorder = "reorder"
    disconnect = "disconnect"
    disconnect_reply = "disconnect_reply"
    second_bot = "second_bot"
    outsider = "outsider"
    unpublished = "unpublished"
    unknown_type = "unknown_type"
    quota_exhausted = "quota_exhausted"
    hang_open = "hang_open"
    hang_token = "hang_token"
    hang_webhook = "hang_webhook"
    hang_api = "hang_api"
    hang_websocket = "hang_websocket"
    lost_answer = "lost_answer"
    html = "html"
    qps = "qps"
    token_expired = "token_expired"
    webhook_expired = "webhook_expired"
    content_unsafe = "content_unsafe"
    deliver_failed = "deliver_failed"
    not_reached = "not_reached"
    download_expired = "download_expired"
    upload_failed = "upload_failed"


_FRAME, _SPEAKER, _CALL = ("kind",), ("sender",), ("path",)
OPTIONS: Final[Mapping[FaultKind, tuple[str, ...]]] = MappingProxyType(
    {
        FaultKind.drop_ack: _FRAME,
        FaultKind.late_ack: _FRAME,
        FaultKind.duplicate: _FRAME,
        FaultKind.reorder: _FRAME,
        FaultKind.disconnect: (*_FRAME, "how"),
        FaultKind.disconnect_reply: (*_CALL, "how"),
        FaultKind.second_bot: (*_FRAME, "acks"),
        FaultKind.outsider: _SPEAKER,
        FaultKind.unpublished: _SPEAKER,
        FaultKind.unknown_type: _SPEAKER,
        FaultKind.quota_exhausted: ("pool", "field"),
        FaultKind.hang_api: _CALL,
        FaultKind.lost_answer: _CALL,
        FaultKind.html: _CALL,
        FaultKind.qps: _CALL,
        FaultKind.token_expired: _CALL,
        FaultKind.content_unsafe: _CALL,
        FaultKind.not_reached: ("list",),
        FaultKind.upload_failed: ("code",),
    }
)
"""The options of each kind beside `every`, which all have; the others have none."""

CHOICES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "kind": ("bot", "card", "event"),
        "how": ("goodbye", "abrupt"),
        "acks": ("yes", "no"),
        "pool": ("api", "push"),
        "field": ("errMsg", "errorMessage"),
        "list": ("invalid", "slowed", "filtered"),
    }
)
"""What an option may be, where it is not free; the first of `how`, `field`, `list` holds when nothing is said."""


@dataclass(slots=True)
class Fault:
    """One armed fault. `times` None strikes until it is cleared."""

    kind: FaultKind
    times: int | None = None
    options: dict[str, str] = field(default_factory=dict)
    every: int = 1
    """Strikes each n-th occasion only."""
    struck: int = 0
    met: int = 0

    def option(self, name: str, default: str = "") -> str:
        """Return an option as it was given."""
        return self.options.get(name, default)

    def as_json(self) -> Json:
        """Return the fault as the control API lists it."""
        return {"fault": self.kind, "times": self.times, "every": self.every, "struck": self.struck, **self.options}


class Faults:
    """The armed faults, asked at each joint whether they strike."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []
        self._cleared = asyncio.Event()

    def arm(self, fault: Fault) -> None:
        """Arm a fault."""
        self._armed.append(fault)

    def clear(self, kind: FaultKind | None = None) -> None:
        """Disarm one kind, or all; what hangs is let go."""
        self._armed = [fault for fault in self._armed if kind is not None and fault.kind is not kind]
        self._cleared.set()
        self._cleared = asyncio.Event()

    def armed(self) -> list[Json]:
        """List what is armed."""
        return [fault.as_json() for fault in self._armed]

    def strikes(self, fault_kind: FaultKind, /, chance: float = 1.0, **about: str) -> Fault | None:
        """Return the armed fault of this kind that meets the occasion, and use up one of its times.

        `chance` is that of a fault that is armed for good; one that has its times strikes for certain.
        """
        for fault in self._armed:
            if fault.kind is fault_kind and all(_meets(fault, name, value) for name, value in about.items()):
                fault.met += 1
                if fault.met % fault.every or (fault.times is None and chance < 1.0 and random.random() >= chance):
                    continue
                self._use_up(fault)
                return fault
        return None

    async def hang(self, seconds: float = 120) -> None:
        """Wait until the faults are cleared, or for the longest patience of any client."""
        try:
            await asyncio.wait_for(self._cleared.wait(), seconds)
        except TimeoutError:
            return

    def _use_up(self, fault: Fault) -> None:
        fault.struck += 1
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._armed.remove(fault)


def _meets(fault: Fault, name: str, value: str) -> bool:
    wanted = fault.options.get(name)
    return wanted is None or (wanted in value if name == "path" else wanted == value)
