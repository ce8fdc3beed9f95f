"""The two clocks: business time, which people read and a demonstration may turn, and machine time, which nobody turns.

Deadlines, schedules and validity ask `now()`; leases, retries, tokens and rate limits ask `machine()`.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from township.errors import Mistake

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Where time comes from. Both answers are aware datetimes."""

    def now(self) -> datetime:
        """Business time in Asia/Shanghai."""

    def machine(self) -> datetime:
        """Machine time in UTC."""


class SystemClock:
    """The clock of a real township: business time is machine time."""

    def now(self) -> datetime:
        return datetime.now(SHANGHAI)

    def machine(self) -> datetime:
        return datetime.now(UTC)


class OffsetClock(SystemClock):
    """The clock of a demonstration: business time runs ahead of machine time by an offset that only grows."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        return (self.machine() + self._offset).astimezone(SHANGHAI)

    def turn_to(self, moment: datetime) -> None:
        """Make business time `moment`; a moment that has passed is a Mistake."""
        ahead = moment - self.machine()
        if ahead < self._offset - timedelta(seconds=1):
            raise Mistake("clock_runs_forward_only", asked=moment.isoformat(), now=self.now().isoformat())
        self._offset = max(ahead, self._offset)


class TurnedClock:
    """A clock that stands still until it is turned: for tests and rehearsals."""

    def __init__(self, start: datetime) -> None:
        self._business = start.astimezone(SHANGHAI)
        self._machine = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._business

    def machine(self) -> datetime:
        return self._machine

    def forward(self, step: timedelta) -> None:
        """Let both clocks run on by `step`."""
        if step < timedelta():
            raise Mistake("clock_runs_forward_only", asked=str(step), now=self._business.isoformat())
        self._business += step
        self._machine += step

    def turn_to(self, moment: datetime) -> None:
        """Turn business time to `moment`; machine time runs on by as much."""
        self.forward(moment - self._business)
