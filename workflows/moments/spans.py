"""A stretch of time as it was said: where it begins and ends, and how fine it is. Pure arithmetic of the calendar."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import IntEnum

from dateutil.relativedelta import relativedelta
from msgspec import Struct
from msgspec.structs import replace

from township.clock import SHANGHAI
from workflows.numerals import read_number


class Grain(IntEnum):
    """How fine something was said, from fine to coarse."""

    SECOND = 0
    MINUTE = 1
    HOUR = 2
    PART = 3
    DAY = 4
    WEEK = 5
    TEN = 6
    MONTH = 7
    QUARTER = 8
    HALF = 9
    YEAR = 10
    DECADE = 11
    CENTURY = 12
    ALL = 13


class Lean(IntEnum):
    """Which of several is meant by a day without its year, month or week."""

    PAST = -1
    THIS = 0
    NEXT = 1


STEPS: Mapping[str, relativedelta] = {
    "year": relativedelta(years=1), "quarter": relativedelta(months=3), "month": relativedelta(months=1),
    "week": relativedelta(weeks=1), "day": relativedelta(days=1), "hour": relativedelta(hours=1),
    "quarter_hour": relativedelta(minutes=15), "minute": relativedelta(minutes=1), "second": relativedelta(seconds=1),
}  # fmt: skip
GRAINS: Mapping[str, Grain] = {
    "year": Grain.YEAR, "quarter": Grain.QUARTER, "month": Grain.MONTH, "week": Grain.WEEK, "day": Grain.DAY,
    "hour": Grain.HOUR, "quarter_hour": Grain.MINUTE, "minute": Grain.MINUTE, "second": Grain.SECOND,
}  # fmt: skip


class Span(Struct, frozen=True):
    """From `start` up to, not including, `end`."""

    start: datetime
    end: datetime
    grain: Grain
    part: str = ""
    """The part of the day, by which an hour is understood."""
    moon: bool = False
    """Said by the farmers' calendar."""
    named: date | None = None
    """The day that was said, where an hour or a part of a day follows; None: only the hour was."""

    @property
    def day(self) -> date:
        """The day on which it begins."""
        return self.start.date()


class View(Struct, frozen=True):
    """From where one looks: the moment, and which of several is meant."""

    now: datetime
    lean: Lean = Lean.THIS

    def choose(self, make: Callable[[int], Span | None]) -> Span | None:
        """Take this one, the next or the one before of what comes round again; `make` gives it by its distance."""
        match self.lean:
            case Lean.NEXT:
                return _first(make(n) for n in range(5) if (one := make(n)) and one.end > self.now)
            case Lean.PAST:
                return _first(make(-n) for n in range(5) if (one := make(-n)) and one.start <= self.now)
        return _first(make(n) for n in (0, 1, -1, 2, 3, 4))


def _first(spans: Iterable[Span | None]) -> Span | None:
    return next((one for one in spans if one is not None), None)


def number(said: str) -> int:
    """Read a whole number that a pattern has found."""
    return int(read_number(said) or 0)


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time(), SHANGHAI)


def days(first: date, many: int = 1, grain: Grain = Grain.DAY, *, moon: bool = False) -> Span:
    """So many whole days."""
    return Span(midnight(first), midnight(first + timedelta(days=many)), grain, moon=moon)


def day_of(year: int, month: int, day: int) -> Span | None:
    """One day by its numbers; None when there is none such."""
    try:
        return days(date(year, month, day))
    except ValueError:
        return None


def months(year: int, month: int, many: int = 1, grain: Grain = Grain.MONTH) -> Span | None:
    """So many whole months; the month may lie outside 1 to 12."""
    years, month = divmod(month - 1, 12)
    if not 1 <= year + years < 9000:
        return None
    first = date(year + years, month + 1, 1)
    return Span(midnight(first), midnight(first + relativedelta(months=many)), grain)


def years(first: int, many: int = 1, grain: Grain = Grain.YEAR) -> Span | None:
    """So many whole years."""
    return months(first, 1, 12 * many, grain)


def week_of(day: date, by: int = 0) -> Span:
    """The week of a day, Monday to Sunday, or one so many weeks later."""
    return days(day - timedelta(days=day.weekday()) + timedelta(weeks=by), 7, Grain.WEEK)


def behind(first: Span, last: Span, step: relativedelta, most: timedelta) -> Span:
    """Put the end of a range that was said shortly behind its beginning ("from eleven to two"); not if that is far."""
    moved = last
    while moved.start <= first.start:
        moved = replace(moved, start=moved.start + step, end=moved.end + step)
    return moved if moved.start - first.start <= most else last


def around(span: Span, grain: Grain) -> Span | None:
    """The stretch of that grain in which a span begins: what the end of a range takes over from its beginning."""
    day = span.day
    match grain:
        case Grain.YEAR:
            return years(day.year)
        case Grain.MONTH:
            return months(day.year, day.month)
        case Grain.WEEK:
            return week_of(day)
    return days(day)
