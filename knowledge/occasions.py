"""What a question says of its day: today and the days to come, for which a village has notices; or last year. Pure."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

from knowledge.models import Level
from knowledge.patterns import pattern
from knowledge.retriever import Hit

LAST_YEAR = 1


def asked_as_of(question: str, at: datetime) -> datetime:
    """Say as of when a question is to be answered: "what did it say last year" means a year ago."""
    if not pattern("last_year").search(question):
        return at
    return at.replace(year=at.year - LAST_YEAR, day=min(at.day, 28))


def asks_of_a_day(question: str) -> bool:
    """Tell whether a question is about today or a day to come."""
    return bool(pattern("one_day").search(question))


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
