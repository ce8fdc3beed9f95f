"""A broadcast that comes again: its rule as RFC 5545, when it falls next, and how it is said. Pure.

Each occurrence has the minute of its wall clock in Shanghai; days off are left out where that was ordered.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from dateutil.rrule import rrulestr

from township.clock import SHANGHAI
from township.texts import Texts

FURTHEST = 400
"""Occurrences that are looked at before a rule counts as over: a year of days off is no recurrence."""


def rule_of(first: datetime, rule: str) -> str:
    """Write a rule with its first occurrence, as it is stored."""
    here = first.astimezone(SHANGHAI)
    return f"DTSTART;TZID=Asia/Shanghai:{here:%Y%m%dT%H%M%S}\nRRULE:{rule}"


def following(stored: str, after: datetime, *, is_off: Callable[[date], bool] | None = None) -> datetime | None:
    """Find the next occurrence after a moment; `is_off` says which days are left out."""
    for number, moment in enumerate(_occurrences(stored, after)):
        if number >= FURTHEST:
            return None
        if is_off is None or not is_off(moment.date()):
            return moment
    return None


def _occurrences(stored: str, after: datetime) -> Iterator[datetime]:
    rule = rrulestr(stored, tzids=lambda _: SHANGHAI)
    yield from (moment.astimezone(SHANGHAI) for moment in rule.xafter(after.astimezone(SHANGHAI)))


def in_words(rule: str, minute: datetime, texts: Texts, *, skips_days_off: bool) -> str:
    """Say a rule: "every Monday 08:00"."""
    parts = dict(part.split("=") for part in rule.split("RRULE:")[-1].split(";"))
    here = minute.astimezone(SHANGHAI)
    said = {"time": f"{here:%H:%M}", "day": parts.get("BYMONTHDAY", ""), "weekdays": ""}
    if weekdays := parts.get("BYDAY"):
        names = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), texts.say("weekday_names"), strict=True))
        said["weekdays"] = texts.say("between_names").join(names[one] for one in weekdays.split(","))
    words = texts.say(f"every_{parts['FREQ'].lower()}", **said)
    return texts.say("every_but_days_off", words=words) if skips_days_off else words
