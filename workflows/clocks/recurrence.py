"""What comes again: its rule as RFC 5545, when it falls next, how it is read and said. Pure.

Each occurrence has the minute of its wall clock in Shanghai; days off are left out where that was ordered.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from dateutil.rrule import rrulestr
from msgspec import Struct
from ruamel.yaml import YAML

from township.clock import SHANGHAI
from township.errors import Mistake
from township.texts import Texts
from workflows.numerals import read_number

FURTHEST = 400
"""Occurrences that are looked at before a rule counts as over: a year of days off is no recurrence."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Every(Struct, frozen=True):
    """What comes again as a service says it: "every Wednesday 08:00"."""

    source: str
    rule: str
    """RFC 5545 without its start."""
    at: time
    works: bool = False
    """Only on days on which people work."""

    def stored(self, since: datetime) -> str:
        """Its rule with a first occurrence on or after a day."""
        return rule_of(datetime.combine(since.astimezone(SHANGHAI).date(), self.at, SHANGHAI), self.rule)


@cache
def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return {**loaded, "every": loaded["every"].replace("{number}", loaded["number"])}


@cache
def pattern() -> re.Pattern[str]:
    """How people say that something comes again."""
    return re.compile(f"(?P<every>{_words()['every']})的?")


def said(match: re.Match[str]) -> tuple[str, bool]:
    """Read "every ..." as RFC 5545; every working day is every day on which people work."""
    if match["working"]:
        return "FREQ=DAILY", True
    if match["monthday"]:
        return f"FREQ=MONTHLY;BYMONTHDAY={int(read_number(match['monthday']) or 0)}", False
    if match["weekdays"]:
        known = _words()["weekdays"]
        days = sorted({known[mark] for mark in match["weekdays"] if mark in known})
        return f"FREQ=WEEKLY;BYDAY={','.join(DAYS[one] for one in days)}", False
    return "FREQ=DAILY", False


def parse(text: str) -> Every:
    """Read "every Wednesday 08:00"; anything else is a Mistake."""
    found = re.fullmatch(f"{pattern().pattern}{_words()['hour']}", text.strip())
    if found is None:
        raise Mistake("unreadable_every", text=text)
    rule, works = said(found)
    return Every(text, rule, time(int(found["hour"]), int(found["minute"])), works)


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
    told = {"time": f"{here:%H:%M}", "day": parts.get("BYMONTHDAY", ""), "weekdays": ""}
    if weekdays := parts.get("BYDAY"):
        names = dict(zip(DAYS, texts.say("weekday_names"), strict=True))
        told["weekdays"] = texts.say("between_names").join(names[one] for one in weekdays.split(","))
    words = texts.say(f"every_{parts['FREQ'].lower()}", **told)
    return texts.say("every_but_days_off", words=words) if skips_days_off else words
