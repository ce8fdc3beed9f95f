"""A point of a clock: `80%` of its length, or `+1 working day` after its end. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from township.errors import Mistake
from township.workdays import Calendar
from workflows.clocks import durations
from workflows.clocks.durations import Duration

POINT = re.compile(r"\s*(?:(?P<percent>\d{1,3})\s*%|\+\s*(?P<after>.+))\s*")


@dataclass(frozen=True, slots=True)
class Point:
    """So many percent of a clock, or so long after its end."""

    percent: int = 100
    """From 1 to 100."""
    after: Duration | None = None

    def length(self, whole: timedelta) -> timedelta:
        """The share of a promise's length at which the point lies, before what comes after its end."""
        return whole * self.percent / 100

    def then(self, reached: datetime, calendar: Calendar) -> datetime:
        """Add what comes after the end."""
        return self.after.after(reached, calendar) if self.after else reached

    def __str__(self) -> str:
        return f"+{self.after}" if self.after else f"{self.percent}%"


def parse(text: str) -> Point:
    """Read `80%` or `+1 working day`; anything else is a Mistake."""
    match = POINT.fullmatch(text)
    if match is None or (match["percent"] and not 1 <= int(match["percent"]) <= 100):
        raise Mistake("unreadable_point", text=text)
    return Point(after=durations.parse(match["after"])) if match["after"] else Point(int(match["percent"]))
