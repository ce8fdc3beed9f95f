"""The sandbox's two times: machine time for tickets, tokens and windows; business time that people read and may turn.

Both run with the wall; each has its own offset. Machine time never touches business time and the other way round.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(slots=True)
class Windows:
    """Every span of machine time the sandbox keeps, in seconds; mutable, so that a running one can be turned."""

    ticket: float = 90
    ping: float = 60
    closing: float = 10
    """Silence between SYSTEM disconnect and the closed socket."""
    redelivery: float = 60
    redeliveries: int = 3
    """How often an unacknowledged bot message comes again; 0 is the documented fire-and-forget."""
    event_retries: tuple[float, ...] = (10, 30)
    tap: float = 2
    reorder: float = 1
    """How long the fault `reorder` holds a frame back when no other frame overtakes it."""
    token: float = 7200
    session: float = 5400
    auth_code: float = 300
    download_code: float = 7200
    download_url: float = 600
    recall: float = 86400


class MachineTime:
    """Wall seconds plus an offset that tests push forward."""

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self._offset = 0.0

    def now(self) -> float:
        """Return seconds since 1970."""
        return self._base() + self._offset

    def now_ms(self) -> int:
        """Return milliseconds since 1970, as DingTalk stamps its frames."""
        return int(self.now() * 1000)

    def forward(self, seconds: float) -> None:
        """Jump ahead; ValueError for a jump back."""
        if seconds < 0:
            raise ValueError("machine time only goes forward")
        self._offset += seconds


class BusinessClock:
    """The turnable clock of the demo: forward only, each turn a new version that waiting apps hear at once."""

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self.offset = 0.0
        self.version = int(base() * 1000)
        """Raised by each turn. It begins at the moment of the start: two lives of a sandbox share no version."""
        self._waiting: set[asyncio.Future[None]] = set()

    def now(self) -> datetime:
        """Return business time, Asia/Shanghai."""
        return datetime.fromtimestamp(self._base() + self.offset, SHANGHAI)

    def iso(self) -> str:
        """Return business time as the inbox shows it."""
        return self.now().isoformat(timespec="milliseconds")

    def turn_to(self, moment: datetime) -> None:
        """Turn to a moment (naive means Shanghai); ValueError when it lies in the past."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
        self.forward((aware - self.now()).total_seconds())

    def forward(self, seconds: float) -> None:
        """Turn ahead and wake everybody who waits; ValueError for a turn back."""
        if seconds < 0:
            raise ValueError("business time only goes forward")
        self.offset += seconds
        self.version += 1
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def turned(self, after: int, seconds: float) -> None:
        """Return once the version is no longer `after`, or when the wait is over."""
        if self.version != after:
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return
        finally:
            self._waiting.discard(future)
