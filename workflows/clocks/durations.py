"""Lengths of time in a promise: `30 minutes`, `4 working hours`, `3 working days`.

The words, Chinese ones too, stand in words.yaml.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from township.errors import Mistake
from township.workdays import Calendar


@cache
def words() -> dict[str, Any]:
    """The lexicon of this package."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("words.yaml").read_text("utf-8"))
    return loaded


MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 7 * 1440, "working minute": 1, "working hour": 60}
LONGEST = 10 * 366 * MINUTES["day"]
"""Minutes of ten years: who writes more has slipped."""


@dataclass(frozen=True, slots=True)
class Duration:
    """So many units of working time or of plain time."""

    amount: int
    unit: str
    """minute, hour, day, week, and working minute, hour, day"""

    @property
    def is_working(self) -> bool:
        """Working time stops at night and on days off."""
        return self.unit.startswith("working ")

    def length(self, calendar: Calendar) -> timedelta:
        """How long it is: in working time a day is as long as the town's usual day."""
        each = calendar.day_minutes if self.unit == "working day" else MINUTES[self.unit]
        return timedelta(minutes=self.amount * each)

    def after(self, start: datetime, calendar: Calendar) -> datetime:
        """When it has passed since `start`."""
        return advance(start, self.length(calendar), calendar, working=self.is_working)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


def parse(text: str) -> Duration:
    """Read a length of time; anything else is a Mistake."""
    match = re.fullmatch(r"\s*(\d+)\s*(.+?)\s*", text)
    if match:
        for unit, names in words()["units"].items():
            if match[2] in names and 0 < int(match[1]) * MINUTES.get(unit, MINUTES["day"]) <= LONGEST:
                return Duration(int(match[1]), unit)
    raise Mistake("unreadable_duration", text=text)


def advance(start: datetime, length: timedelta, calendar: Calendar, *, working: bool) -> datetime:
    """Go forward by working time or by plain time."""
    if length <= timedelta():
        return start
    return calendar.add(start, length) if working else start + length


def measure(start: datetime, end: datetime, calendar: Calendar, *, working: bool) -> timedelta:
    """Measure what passed, the inverse of `advance`."""
    return calendar.worked(start, end) if working else end - start
