"""Who is away from when until when, and who stands in, read from one sentence of a cadre. Pure; see deputies.py."""

import re
from datetime import date, timedelta

from bot.dialogue.hearing import words
from bot.dialogue.meaning.commands import Absent
from workflows.moments.reading import read_day
from workflows.numerals import read_number

LONGEST = 90
"""Days after which it is no absence but another post."""


def read(heard: str, today: date) -> Absent | None:
    """Read "I am away until Friday, let Liu stand in" in plain form; None when it says no such thing."""
    found = words.load().patterns["absence.away"].match(heard)
    if found is None:
        return None
    since = (_day(found["since"], today) if found["since"] else None) or today
    deputy = words.load().find("absence.deputy", heard[found.end() :])
    until = _last_day(found, since, today) or (since if deputy else None)
    if until is None or not since <= until <= today + timedelta(days=LONGEST):
        return None
    return Absent(_without_self(found["who"]), deputy["deputy"] if deputy else "", since, until)


def day(said: str, today: date) -> date | None:
    """Read a day that somebody names alone."""
    return _day(said.strip(), today)


def _last_day(found: re.Match[str], since: date, today: date) -> date | None:
    if found["until"]:
        return _day(found["until"], today)
    days = read_number(found["days"]) if found["days"] else None
    return since + timedelta(days=int(days) - 1) if days else None


def _day(said: str, today: date) -> date | None:
    """Read a day, the next such; the end of a month too; "the 27" alone is the next 27th."""
    if end := words.load().fits("absence.end", said):
        month = 12 if end["year"] else today.month
        return date(today.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    if known := read_day(said, today):
        return known
    alone = words.load().find("absence.day_of_month", said)
    number = int(read_number(alone["day"]) or 0) if alone else 0
    ahead = (today + timedelta(days=n) for n in range(62))
    return next((one for one in ahead if one.day == number), None)


def _without_self(who: str) -> str:
    return "" if words.load().fits("absence.self", who) else who
