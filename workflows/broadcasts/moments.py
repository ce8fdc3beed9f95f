"""The minute of a broadcast, read from what people say: a day, a part of the day, an hour, or every Monday. Pure.

`find` takes the parts that stand in a text; `Spoken.settle` makes a moment of them, with what was said before.
"""

from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from ruamel.yaml import YAML

from township.clock import SHANGHAI
from workflows.broadcasts.policy import Level, quiet
from workflows.clocks import recurrence
from workflows.moments import clocks, reading

MORNING, NOON, AFTERNOON, NIGHT = "morning", "noon", "afternoon", "night"
_HALVES = {MORNING: range(13), NOON: range(11, 15), AFTERNOON: range(12, 20), NIGHT: range(17, 25)}
DAYS_AHEAD = 62


@cache
def words() -> dict[str, Any]:
    """Read words.yaml."""
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("words.yaml").read_text("utf-8"))
    return found


class Spoken(Struct, frozen=True):
    """The parts of a time that were said; the rest is taken from before, or asked for."""

    day: date | None = None
    half: str = ""
    hour: int | None = None
    minute: int = 0
    rule: str = ""
    """RFC 5545 without its start; empty: once."""
    working_days: bool = False
    """Every working day: the calendar says which."""
    after: timedelta | None = None
    """So long from now."""
    is_now: bool = False
    """As soon as it is approved."""

    @property
    def is_whole(self) -> bool:
        """Say whether a minute follows from it."""
        return self.is_now or self.after is not None or self.hour is not None

    def over(self, before: "Spoken") -> "Spoken":
        """Put what is said now over what was said before: "make it eight" keeps day and evening."""
        if self.is_now or self.after is not None:
            return self
        if before.is_now or before.after is not None:
            return self
        half, hour, minute = self.half, self.hour, self.minute
        if hour is None and half in ("", before.half):
            half, hour, minute = before.half, before.hour, before.minute
        elif hour is not None and hour <= 12 and not half and not self.rule:
            half = before.half
        rule = self.rule or ("" if self.day else before.rule)
        day = self.day or (None if self.rule else before.day)
        keeps_days = before.working_days and bool(rule) and not self.rule
        return Spoken(day, half, hour, minute, rule, self.working_days or keeps_days)

    def settle(self, now: datetime, level: Level = Level.DAILY) -> datetime | None:
        """Find the minute that is meant, the next that fits; None when there is none, or when it is "now"."""
        if self.after is not None:
            return (now + self.after).replace(second=0, microsecond=0)
        if self.hour is None or self.is_now:
            return None
        days = (
            [self.day] if self.day else [now.astimezone(SHANGHAI).date() + timedelta(days=n) for n in range(DAYS_AHEAD)]
        )
        days = [one for one in days if not self.rule or fits(self.rule, one)]
        found = [moment for one in days for moment in self._on(one) if moment > now]
        return next((one for one in found if quiet(level, one) is None), found[0] if found else None)

    def _on(self, day: date) -> list[datetime]:
        """The moments on a day that the hour may mean: "eight" alone is morning or evening."""
        hour = self.hour or 0
        if self.half:
            hours = [one for one in (hour, hour + 12) if one in _HALVES[self.half]] or [hour]
            hours = [24] if self.half == NIGHT and hour == 12 else hours[-1:] if self.half != MORNING else hours[:1]
        else:
            hours = [hour] if hour > 12 or hour == 0 else [hour, hour + 12]
        midnight = datetime.combine(day, time(), SHANGHAI)
        return [midnight + timedelta(hours=one, minutes=self.minute) for one in hours if one <= 24]


def fits(rule: str, day: date) -> bool:
    """Say whether a rule falls on a day, by its weekdays or day of the month."""
    parts = dict(part.split("=") for part in rule.split(";"))
    if weekdays := parts.get("BYDAY"):
        return recurrence.DAYS[day.weekday()] in weekdays.split(",")
    return "BYMONTHDAY" not in parts or day.day == int(parts["BYMONTHDAY"])


class Found(Struct, frozen=True):
    """A time in a text, and where it stood."""

    spoken: Spoken
    start: int
    end: int


def find(text: str, now: datetime) -> Found | None:
    """Find the first time that stands in a text; None when there is none."""
    if every := recurrence.pattern().search(text):
        rule, working = recurrence.said(every)
        rest = _at(text[every.end() :], now)
        spoken, length = (rest.spoken, rest.end) if rest and rest.start == 0 else (Spoken(), 0)
        return Found(replace(spoken, day=None, rule=rule, working_days=working), every.start(), every.end() + length)
    return _at(text, now)


def _at(text: str, now: datetime) -> Found | None:
    found = ((moment, _spoken(moment)) for moment in reading.find(text, now, reading.Lean.NEXT))
    return next((Found(spoken, *moment.at) for moment, spoken in found if spoken is not None), None)


def _spoken(moment: reading.Moment) -> Spoken | None:
    """Take the parts of a time: a day, a part of it, an hour, so long from now, or now."""
    signs = {sign.name: sign.said for sign in moment.signs}
    if moment.length is not None:
        is_soon = moment.kind is reading.Kind.POINT and moment.grain <= reading.Grain.HOUR
        return Spoken(after=timedelta(seconds=moment.length.seconds)) if is_soon else None
    if "now" in signs:
        return Spoken(is_now=True)
    if moment.day is None and not signs.keys() & {"part", "clock"}:
        return None
    hour, minute = clocks.spoken(signs["clock"]) if "clock" in signs else (None, 0)
    half = _half(clocks.part_named(signs["part"]["part"])) if "part" in signs else ""
    return Spoken(moment.day, half, hour, minute)


def _half(part: str) -> str:
    halves: dict[str, list[str]] = words()["halves"]
    return next(half for half, known in halves.items() if part in known)
