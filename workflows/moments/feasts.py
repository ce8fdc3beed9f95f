"""Feasts, the terms of the sun and New Year's Eve, as days. Pure; the names stand in words.yaml."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from chinese_calendar.utils import get_solar_terms

from township import lunar
from workflows.moments.signs import words
from workflows.moments.spans import Grain, Span, View, day_of, days, midnight, number


def feast(said: Mapping[str, str], before: Span | None, view: View) -> Span | None:
    """A feast, in the year that was said or in the one that fits."""
    name = said["feast"]
    rule = words()["feasts"].get(name)
    if rule is None:
        return _in_years(before, view, lambda year: _term(name, year))
    return _in_years(before, view, lambda year: _on(rule, year))


def after_rest(said: Mapping[str, str], before: Span | None, view: View) -> Span | None:
    """The so manieth day, or so manieth Monday, after the days off around a feast."""
    name, nth = said["feast"], number(said["n"])

    def make(year: int) -> Span | None:
        first = _on(words()["feasts"][name], year)
        if first is None:
            return None
        last = first.day + timedelta(days=words()["rests"][name] - 1)
        if "day" not in said:
            return days(last + timedelta(days=nth))
        ahead = (words()["weekdays"][said["day"]] - last.weekday() - 1) % 7 + 1
        return days(last + timedelta(days=ahead, weeks=nth - 1))

    return _in_years(before, view, make)


def eve(said: Mapping[str, str], before: Span | None, view: View) -> Span | None:
    """New Year's Eve: the last day of the lunar year that was said."""

    def make(year: int) -> Span | None:
        found = lunar.last_day(year)
        return days(found, moon=True) if found else None

    this = lunar.month_of(view.now.date())
    return _in_years(before, view, make, this.year if this else None)


def before_new_year(said: Mapping[str, str], before: Span | None, view: View) -> Span | None:
    """From now up to the next New Year of the farmers."""
    firsts = (lunar.date_of(view.now.year + by, 1, 1) for by in (0, 1))
    ends = next((midnight(one) for one in firsts if one and midnight(one) > view.now), None)
    return Span(view.now, ends, Grain.MONTH) if before is None and ends else None


def _in_years(
    before: Span | None, view: View, make: Callable[[int], Span | None], this: int | None = None
) -> Span | None:
    if before is not None:
        return make(before.start.year) if Grain.YEAR <= before.grain < Grain.ALL else None
    return view.choose(lambda by: make((this or view.now.year) + by))


def _on(rule: Mapping[str, Sequence[int]], year: int) -> Span | None:
    if "sun" in rule:
        return day_of(year, *rule["sun"])
    if "moon" in rule:
        found = lunar.date_of(year, *rule["moon"])
        return days(found, moon=True) if found else None
    month, nth, weekday = rule["weekday"]
    first = date(year, month, 1)
    return days(first + timedelta(days=(weekday - first.weekday()) % 7, weeks=nth - 1))


@cache
def _terms(year: int) -> Mapping[str, date]:
    known = 1900 <= year <= 2100
    return {name: day for day, name in get_solar_terms(date(year, 1, 1), date(year, 12, 31))} if known else {}


def _term(name: str, year: int) -> Span | None:
    found = _terms(year).get(name)
    return days(found) if found else None
