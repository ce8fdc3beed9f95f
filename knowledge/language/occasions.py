"""What a question says of its day: today and the days to come, for which a village has notices; or last year. Pure.

A fact that hangs on the day (a market by the moon, an office that is closed on holidays) is told with what day it is.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

from knowledge.language import days
from knowledge.models import Level
from knowledge.retriever import Hit
from knowledge.structure.patterns import pattern
from knowledge.wording import quoting
from township.workdays import Calendar


def day_asked(question: str, today: date) -> date | None:
    """Give the day, today or later, that a question in plain words is about; None when it is about no certain one."""
    return days.asked(question, today) or (today if days.is_of_now(question) else None)


def note(topics: frozenset[str], day: date) -> str:
    """Say what day it is that a fact on these topics is asked for; empty where the fact does not hang on it."""
    words, texts = days.load(), quoting.texts()
    spoken = texts.say("month", year=day.year, month=day.month, day=day.day)
    if topics & set(words["lunar_topics"]):
        month, number = days.lunar(day)
        return texts.say("day_lunar", day=spoken, month=month, number=number)
    if not topics & set(words["working_topics"]):
        return ""
    known = _calendar().day(day)
    name = "day_estimated" if known.estimated else "day_workday" if known.spans else "day_off"
    return texts.say(name, day=spoken, weekday=days.weekday(day))


@cache
def _calendar() -> Calendar:
    """The published days of work and rest; what a town has changed for itself is not known here."""
    return Calendar()


def notice(hits: Sequence[Hit], topics: frozenset[str], day: date) -> Hit | None:
    """Choose the clause of a village's notice that names the topic and a day that is not over."""
    return next((hit for hit in hits if _is_of(hit, topics) and _last_day(hit.text, day) >= day), None)


def _is_of(hit: Hit, topics: frozenset[str]) -> bool:
    return hit.level is Level.village and any(topic in hit.text for topic in topics)


def _last_day(text: str, day: date) -> date:
    """Find the last day that a notice names; a month without a year is of this one."""
    found = [date.min]
    for match in _dated().finditer(text):
        days = re.findall(r"\d{1,2}", match["days"])
        try:
            found += [date(int(match["year"] or day.year), int(match["month"]), int(number)) for number in days]
        except ValueError:
            continue
    return max(found)


@cache
def _dated() -> re.Pattern[str]:
    return pattern("days_named")
