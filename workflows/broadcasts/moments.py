"""The minute of a broadcast, read from what people say: a day, a part of the day, an hour, or every Monday. Pure.

`find` takes the parts that stand in a text; `Spoken.settle` makes a moment of them, with what was said before.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from township.clock import SHANGHAI
from workflows.broadcasts.policy import Level, quiet
from workflows.numerals import read_date, read_number

MORNING, NOON, AFTERNOON, NIGHT = "morning", "noon", "afternoon", "night"
_HALVES = {MORNING: range(13), NOON: range(11, 15), AFTERNOON: range(12, 20), NIGHT: range(17, 25)}
DAYS_AHEAD = 62
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@cache
def words() -> dict[str, Any]:
    """Read words.yaml, numbers put into the patterns that need them."""
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("words.yaml").read_text("utf-8"))
    number = found["number"]
    return {
        name: value.replace("{number}", number) if isinstance(value, str) else value for name, value in found.items()
    }


@dataclass(frozen=True, slots=True)
class Spoken:
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
        return _DAYS[day.weekday()] in weekdays.split(",")
    return "BYMONTHDAY" not in parts or day.day == int(parts["BYMONTHDAY"])


@dataclass(frozen=True, slots=True)
class Found:
    """A time in a text, and where it stood."""

    spoken: Spoken
    start: int
    end: int


@cache
def _pattern() -> re.Pattern[str]:
    known = words()
    every, day, half, clock = (f"(?P<{name}>{known[name]})" for name in ("every", "day", "half", "clock"))
    timed = f"(?:{every}的?)?(?:{day}的?)?(?:{half})?(?:{clock})?"
    return re.compile(f"(?P<ago>{known['ago']})|(?P<now>{known['now']})|{timed}")


def find(text: str, now: datetime) -> Found | None:
    """Find the first time that stands in a text; None when there is none."""
    for match in _pattern().finditer(text):
        if match.group() and (spoken := _spoken(match, now.astimezone(SHANGHAI).date())) is not None:
            return Found(spoken, match.start(), match.end())
    return None


def _spoken(match: re.Match[str], today: date) -> Spoken | None:
    if match["ago"]:
        return Spoken(after=_length(match["many"], match["unit"]))
    if match["now"]:
        return Spoken(is_now=True)
    hour, minute = (_number(match["hour"]), _minute(match)) if match["clock"] else (None, 0)
    if (hour is not None and hour > 24) or minute > 59:
        return None
    rule, working = _rule(match) if match["every"] else ("", False)
    day = _day(match["day"], today) if match["day"] else None
    if match["day"] and day is None:
        return None
    half = _half(match["half"]) if match["half"] else ""
    return Spoken(day, half, hour, minute, rule, working)


def _length(many: str, unit: str) -> timedelta:
    amount = 0.5 if _number(many) == 0 else float(_number(many))
    return timedelta(hours=amount) if unit not in words()["minutes"] else timedelta(minutes=amount)


def _number(text: str) -> int:
    return int(read_number(text) or 0)


def _minute(match: re.Match[str]) -> int:
    if match["quarter"]:
        return int(words()["quarters"][match["quarter"]])
    return _number(match["spoken"] or match["minute"] or "0")


def _half(said: str) -> str:
    halves: dict[str, list[str]] = words()["halves"]
    return next(half for half, known in halves.items() if said in known)


def _rule(match: re.Match[str]) -> tuple[str, bool]:
    """Read "every ..." as RFC 5545; every working day is every day on which people work."""
    if match["working"]:
        return "FREQ=DAILY", True
    if match["monthday"]:
        return f"FREQ=MONTHLY;BYMONTHDAY={_number(match['monthday'])}", False
    if match["weekdays"]:
        known = words()["weekdays"]
        said = sorted({known[mark] for mark in match["weekdays"] if mark in known})
        return f"FREQ=WEEKLY;BYDAY={','.join(_DAYS[one] for one in said)}", False
    return "FREQ=DAILY", False


def _day(said: str, today: date) -> date | None:
    """Read a day; a weekday that has passed is next week's, a day of the month the next one."""
    known = words()
    if said in known["bare_days"]:
        return today + timedelta(days=known["bare_days"][said])
    if on_date := re.fullmatch(known["date"], said):
        return _dated(on_date, today)
    found = read_date(said, today)
    return found + timedelta(weeks=1) if found is not None and found < today else found


def _dated(match: re.Match[str], today: date) -> date | None:
    month, day = _number(match["month"] or "0"), _number(match["day"])
    ahead = (today + timedelta(days=n) for n in range(366))
    return next((one for one in ahead if one.day == day and month in (0, one.month)), None)
