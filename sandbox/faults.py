"""Switchable faults: each armed fault has a name, how often it still strikes, and options that narrow it."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.encoding import Json


class FaultKind(StrEnum):
    """What can go wrong at DingTalk's side or on the way."""

    drop_ack = "drop_ack"
    late_ack = "late_ack"
    duplicate = "duplicate"
    reorder = "reorder"
    disconnect = "disconnect"
    hang_open = "hang_open"
    hang_token = "hang_token"
    hang_webhook = "hang_webhook"
    hang_api = "hang_api"
    hang_websocket = "hang_websocket"
    webhook_expired = "webhook_expired"
    token_expired = "token_expired"
    qps = "qps"
    quota_exhausted = "quota_exhausted"
    deliver_failed = "deliver_failed"
    html = "html"
    unpublished = "unpublished"
    download_expired = "download_expired"
    content_unsafe = "content_unsafe"


@dataclass(slots=True)
class Fault:
    """One armed fault. `times` None strikes until it is cleared; options: `kind` of frame, `path` part, `pool`."""

    kind: FaultKind
    times: int | None = None
    options: dict[str, str] = field(default_factory=dict)
    struck: int = 0

    def as_json(self) -> Json:
        """Return the fault as the control API lists it."""
        return {"fault": self.kind, "times": self.times, "struck": self.struck, **self.options}


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

    def strikes(self, fault_kind: FaultKind, /, **about: str) -> bool:
        """Say whether an armed fault of this kind meets the occasion, and use up one of its times."""
        if not self._armed:
            return False
        for fault in self._armed:
            if fault.kind is fault_kind and all(_meets(fault.options.get(key), value) for key, value in about.items()):
                fault.struck += 1
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._armed.remove(fault)
                return True
        return False

    async def hang(self, seconds: float = 120) -> None:
        """Wait until the faults are cleared, or for the longest patience of any client."""
        try:
            await asyncio.wait_for(self._cleared.wait(), seconds)
        except TimeoutError:
            return


def _meets(option: str | None, value: str) -> bool:
    return option is None or option in value
