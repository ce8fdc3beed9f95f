"""The two quota pools of a month: API calls, and webhook and stream pushes in both readings of the rules.

Nobody outside knows whether a sessionWebhook reply counts as a push, so both readings are kept and the worse one is
held against the limit unless told otherwise. Login, tokens, directory and directory events are free.
"""

from collections import Counter
from dataclasses import dataclass, field

from sandbox.clocks import BusinessClock
from sandbox.encoding import Json


@dataclass(slots=True)
class Month:
    """What one calendar month of business time has used."""

    api: int = 0
    stream: int = 0
    webhook: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    frames: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> Json:
        """Return the figures; `push` is the worse reading."""
        return {
            "api": self.api,
            "push": self.stream + self.webhook,
            "push_readings": {"webhook_free": self.stream, "webhook_counts": self.stream + self.webhook},
            "calls": dict(self.calls),
            "frames": dict(self.frames),
        }


class Meter:
    """Counts calls and pushes by business month, and knows the limits."""

    def __init__(self, business: BusinessClock) -> None:
        self._business = business
        self._version = -1
        self._current = Month()
        self._name = ""
        self.months: dict[str, Month] = {}
        self.api_limit: int | None = None
        self.push_limit: int | None = None
        self.webhook_counts = True

    def call(self, name: str, *, is_free: bool) -> bool:
        """Count an API call; False when it lies beyond the limit of the month."""
        month = self._month()
        month.calls[name] += 1
        if is_free:
            return True
        month.api += 1
        return self.api_limit is None or month.api <= self.api_limit

    def push(self, kind: str, *, is_free: bool = False) -> bool:
        """Count a frame pushed down a stream; False when it lies beyond the limit of the month."""
        month = self._month()
        month.frames[kind] += 1
        if is_free:
            return True
        month.stream += 1
        return not self._is_beyond(month)

    def webhook(self) -> None:
        """Count a reply through a sessionWebhook."""
        month = self._month()
        month.webhook += 1
        month.calls["webhook"] += 1

    def reset(self) -> None:
        """Forget everything counted."""
        self.months.clear()
        self._version = -1

    def as_json(self) -> Json:
        """Return this month, the limits and the months before."""
        current = self._month()
        limits = {"api": self.api_limit, "push": self.push_limit, "webhook_counts": self.webhook_counts}
        months = {name: month.as_json() for name, month in self.months.items()}
        return {"month": self._name, **current.as_json(), "limits": limits, "months": months}

    def _is_beyond(self, month: Month) -> bool:
        if self.push_limit is None:
            return False
        return month.stream + (month.webhook if self.webhook_counts else 0) > self.push_limit

    def _month(self) -> Month:
        # The month is looked up when the clock was turned and every 256 calls, not for each message.
        if self._version != self._business.version or not self._current.stream & 255:
            self._version = self._business.version
            self._name = self._business.now().strftime("%Y-%m")
            self._current = self.months.setdefault(self._name, Month())
        return self._current
