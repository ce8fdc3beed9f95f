"""Hours as people say them: a part of the day, an hour understood by it, or from one hour to another. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from dateutil.relativedelta import relativedelta
from msgspec.structs import replace

from workflows.moments.signs import words
from workflows.moments.spans import Grain, Lean, Span, View, behind, days, number

NOON = 12
LONGEST_WAY = timedelta(hours=10)
"""Farther than this "from three to two" does not reach: it is said the wrong way round."""


@cache
def _named_parts() -> Mapping[str, str]:
    return {word: name for name, part in words()["parts_of_day"].items() for word in part["words"]}


def part_named(word: str) -> str:
    """Name the part of the day that a word means."""
    return _named_parts()[word]


def part(said: Mapping[str, str], before: Span | None, view: View) -> Span | None:
    """A part of the day that was said, or of today."""
    if before is not None and before.grain is not Grain.DAY:
        return None
    name = part_named(said["part"])
    rule = words()["parts_of_day"][name]
    midnight = (before or days(view.now.date())).start
    span = _between(midnight, rule["from"], rule["to"], name)
    return span if before is not None else _leaning(span, view)


def _between(midnight: Any, first: float, last: float, name: str) -> Span:
    return Span(midnight + timedelta(hours=first), midnight + timedelta(hours=last), Grain.PART, name)


def _leaning(span: Span, view: View) -> Span:
    """Today's, or tomorrow's when today's has passed and the next is meant; yesterday's likewise."""
    day = timedelta(days=1)
    if view.lean is Lean.NEXT and span.end <= view.now:
        return replace(span, start=span.start + day, end=span.end + day)
    if view.lean is Lean.PAST and span.start > view.now:
        return replace(span, start=span.start - day, end=span.end - day)
    return span


def whole_day(said: Mapping[str, str], before: Span | None, view: View) -> Span | None:
    """All day: of the day that was said, or today."""
    return before or days(view.now.date())


def spoken(said: Mapping[str, str]) -> tuple[int, int]:
    """The hour and minute as they were said, from 0 to 24; "ten to eight" is 7:50, "8 pm" is 20:00."""
    if "english" in said:
        return number(said["hour5"]) % NOON + NOON * (said["english"] in "pP"), number(said.get("minute5", "0"))
    hour = number(next(said[name] for name in ("hour", "hour2", "hour3", "hour4") if name in said))
    less = _minutes(said.get("less") or said.get("less4") or "0")
    minute = _minutes(said.get("quarter") or said.get("minute") or said.get("minute2") or "0")
    return (hour - 1, 60 - less) if less else (hour, minute)


def clock(said: Mapping[str, str], before: Span | None, view: View) -> Span | None:
    """An hour with its minutes."""
    hour, minute = spoken(said)
    second = number(said.get("second") or said.get("second2") or "0")
    return _at(hour, minute, second, before, view) if hour <= 24 and minute < 60 else None


def _minutes(said: str) -> int:
    return int(words()["quarters"].get(said) or number(said))


def _at(hour: int, minute: int, second: int, before: Span | None, view: View) -> Span | None:
    if before is not None and before.grain not in (Grain.DAY, Grain.PART):
        return None
    name = before.part if before is not None and before.grain is Grain.PART else ""
    day = before.day if before is not None else view.now.date()
    meant = _of_part(hour, name) if name else hour
    start = days(day).start + timedelta(hours=meant, minutes=minute, seconds=second)
    length = timedelta(seconds=1) if second else timedelta(minutes=1) if minute else timedelta(hours=1)
    found = Span(start, start + length, Grain.MINUTE if minute or second else Grain.HOUR, name)
    if before is None and not hour:  # midnight has no other half
        return _leaning(found, view)
    return _next_of(found, view) if before is None else _leaning(found, view) if before.named is None else found


def _next_of(found: Span, view: View) -> Span:
    """An hour alone may mean the other half of the day as well; the next one is asked for, or as it was said."""
    half = timedelta(hours=NOON)
    if view.lean is Lean.NEXT and found.start <= view.now and found.start.hour < NOON and found.start + half > view.now:
        return replace(found, start=found.start + half, end=found.end + half)
    return _leaning(found, view)


def _of_part(hour: int, name: str) -> int:
    """The hour of the day that a spoken hour means in a part of the day."""
    if hour > NOON:
        return hour
    first, last = words()["parts_of_day"][name]["hours"]
    if first == 0:
        return hour % NOON if hour == NOON and name in words()["small_hours"] else hour
    return min((hour + 2 * NOON, hour + NOON, hour), key=lambda one: max(first - one, one - last, 0))


def two_hours(said: Mapping[str, str], before: Span | None, view: View) -> Span | None:
    """From one hour to another, said with one "o'clock"."""
    first = _at(number(said.get("first") or said["first2"]), 0, 0, before, view)
    last = _at(number(said.get("last") or said["last2"]), 0, 0, before, view)
    if first is None or last is None:
        return None
    last = behind(first, last, relativedelta(hours=NOON), LONGEST_WAY)
    return replace(first, end=last.start if "last2" in said else last.end)


def now(said: Mapping[str, str], before: Span | None, view: View) -> Span | None:
    """This moment."""
    return Span(view.now, view.now + timedelta(seconds=1), Grain.SECOND) if before is None else None


def same_hour(said: Mapping[str, str], before: Span | None, view: View) -> Span | None:
    """This time of day, on the day that was said."""
    if before is None or before.grain is not Grain.DAY:
        return None
    start = before.start.replace(hour=view.now.hour, minute=view.now.minute)
    return Span(start, start + timedelta(minutes=1), Grain.MINUTE)
