"""Days of the farmers' calendar as people name them: with a month, in the next one, or by the day alone. Pure."""

from collections.abc import Callable, Mapping
from datetime import date

from township import lunar
from workflows.moments.signs import words
from workflows.moments.spans import Grain, Span, View, days, number

EVE = (12, 30)
"""What people call the last day of the year, also where its month has 29 days."""


def number_of(said: str) -> int:
    """Read the number of a lunar month."""
    return int(words()["moon_months"].get(said) or number(said))


def day_number(said: str) -> int:
    """Read the number of a lunar day ("the eighth of the first ten")."""
    return int(words()["moon_days"].get(said[0], 0)) + number(said[1:] or "0") if _is_marked(said) else number(said)


def _is_marked(said: str) -> bool:
    return said[0] in words()["moon_days"]


def month(nth: int, before: Span | None, view: View) -> Span | None:
    """A lunar month, in the year that was said or in the one that fits."""

    def make(year: int) -> Span | None:
        found = lunar.month(year, nth)
        return days(found.first, found.days, Grain.MONTH, moon=True) if found else None

    return _in_years(before, view, make)


def day(nth_month: int, nth: int, before: Span | None, view: View, *, is_leap: bool = False) -> Span | None:
    """A lunar day by month and day."""

    def make(year: int) -> Span | None:
        is_eve = (nth_month, nth) == EVE
        found = lunar.last_day(year) if is_eve else lunar.date_of(year, nth_month, nth, is_leap=is_leap)
        return days(found, moon=True) if found else None

    return _in_years(before, view, make)


def around(day: date) -> Span | None:
    """The lunar month in which a day lies."""
    found = lunar.month_of(day)
    return days(found.first, found.days, Grain.MONTH, moon=True) if found else None


def following(span: Span) -> Span | None:
    """The same day of the lunar month after."""
    here = lunar.month_of(span.day)
    there = lunar.later(here, 1) if here else None
    found = there.day((span.day - here.first).days + 1) if here and there else None
    return days(found, moon=True) if found else None


def new_year_day(said: Mapping[str, str], before: Span | None, view: View) -> Span | None:
    """A day of the new year's first ten."""
    return day(1, day_number(said["day"]), before, view)


def day_from_now(by: int, nth: int, view: View) -> Span | None:
    """A day of the lunar month so many months from this one."""
    today = lunar.month_of(view.now.date())
    there = lunar.later(today, by) if today else None
    found = there.day(nth) if there else None
    return days(found, moon=True) if found else None


def day_in(before: Span | None, nth: int, view: View) -> Span | None:
    """A lunar day of the month that was said, or of the one that fits."""
    if before is None or before.grain is Grain.ALL:
        return view.choose(lambda by: day_from_now(by, nth, view))
    there = lunar.month_of(before.day) if before.grain is Grain.MONTH else None
    found = there.day(nth) if there else None
    return days(found, moon=True) if found else None


def _in_years(before: Span | None, view: View, make: Callable[[int], Span | None]) -> Span | None:
    if before is not None and before.grain < Grain.ALL:
        return make(before.start.year)
    today = lunar.month_of(view.now.date())
    year = today.year if today else view.now.year
    return view.choose(lambda by: make(year + by))
