"""As of which day a question is to be answered: "how much was it in 2025" means the end of 2025. Pure.

Only a day that is over counts, and only where it says when a rule held: "born in 2019" and "the 2027 premium" do not.
"""

import calendar
from dataclasses import dataclass
from datetime import date, datetime

from knowledge.structure.patterns import pattern
from township.clock import SHANGHAI


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment of which a question speaks, and the question without it."""

    at: datetime
    question: str
    is_past: bool
    also: datetime | None = None
    """Of a year alone its middle as well: a notice may have been over by its end."""


def moment(question: str, at: datetime) -> Moment:
    """Read the day that a question names; without one, now."""
    now = at.astimezone(SHANGHAI)
    if found := pattern("year_asked").search(question):
        day = _day(int(found["year"]), found["month"], found["day"])
        if day and day < now.date():
            rest = (question[: found.start()] + question[found.end() :]).strip("，, ")
            middle = None if found["month"] else _at(date(day.year, 6, 30))
            return Moment(_at(day), rest or question, is_past=True, also=middle)
    if found := pattern("years_ago").search(question):
        day = _day(now.year - 2, None, None)
        if day:
            return Moment(_at(day), question.replace(found[0], ""), is_past=True, also=_at(date(day.year, 6, 30)))
    if found := pattern("last_year").search(question):
        rest = question.replace(found[0], "", 1).strip("，, ")
        return Moment(now.replace(year=now.year - 1, day=min(now.day, 28)), rest or question, is_past=True)
    return Moment(at, question, is_past=False)


def _day(year: int, month: str | None, day: str | None) -> date | None:
    """Give the day; of a year or month alone its last, by which all of its changes have been made."""
    number = int(month) if month else 12
    try:
        return date(year, number, int(day) if day else calendar.monthrange(year, number)[1])
    except (ValueError, calendar.IllegalMonthError):
        return None


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
