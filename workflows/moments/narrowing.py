"""What each sign of time means: it narrows what was said before it, from coarse to fine, or begins anew. Pure.

A sign that does not fit what stands before it gives None; then a new expression begins.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from msgspec.structs import replace

from workflows.moments import bounds, clocks, feasts, moons
from workflows.moments.signs import Sign, words
from workflows.moments.spans import Grain, Span, View, day_of, days, months, number, week_of, years

Said = Mapping[str, str]
Narrow = Callable[[Said, Span | None, View], Span | None]
AHEAD = 11
"""Years ahead that two figures may mean; the rest lies in the century before."""


def narrow(sign: Sign, before: Span | None, view: View) -> Span | None:
    """Narrow what was said before by a sign; None when it does not fit, or when there is no such day."""
    grain, meaning = _MEANINGS[sign.name]
    if before is not None and before.grain <= grain and sign.name not in _BESIDE:
        return None
    found = meaning(sign.said, before, view)
    if found is None:
        return None
    named = found.day if found.grain is Grain.DAY else before.named if before else None
    return replace(found, named=named, moon=found.moon or (before is not None and before.moon))


def _date(said: Said, before: Span | None, view: View) -> Span | None:
    for mark in ("", "2", "3", "4"):
        if f"year{mark}" in said:
            year = _full_year(said[f"year{mark}"], view)
            return day_of(year, int(said[f"month{mark}"]), int(said[f"day{mark}"]))
    return None


def _full_year(said: str, view: View) -> int:
    year = number(said)
    if len(said) != 2:
        return year
    century = view.now.year // 100 * 100
    return century + year if year <= view.now.year % 100 + AHEAD else century - 100 + year


def _year(said: Said, before: Span | None, view: View) -> Span | None:
    return years(_full_year(said.get("year") or said.get("short") or said.get("zero") or said["digits"], view))


def _era(said: Said, before: Span | None, view: View) -> Span | None:
    nth = 1 if said["year"] == words()["first_year"] else number(said["year"])
    return years(words()["eras"][said["era"]] + nth - 1)


def _relative_year(said: Said, before: Span | None, view: View) -> Span | None:
    return years(view.now.year + words()["relative_years"][said["rel"]])


def _shift(said: str) -> int:
    bare = said.rstrip(words()["counter"])
    return int(words()["relatives"][bare])


def _relative_month(said: Said, before: Span | None, view: View) -> Span | None:
    return months(view.now.year, view.now.month + _shift(said["rel"]))


def _year_month(said: Said, before: Span | None, view: View) -> Span | None:
    return months(int(said["year"]), int(said["month"]))


def _month(said: Said, before: Span | None, view: View) -> Span | None:
    if said["month"] in words()["moon_months"] or (before and before.moon):
        return moons.month(moons.number_of(said["month"]), before, view)
    month = _month_number(said["month"])
    return _in_years(before, view, lambda year: months(year, month))


def _month_number(said: str) -> int:
    return int(words()["sun_months"].get(said) or number(said))


def _in_years(before: Span | None, view: View, make: Callable[[int], Span | None]) -> Span | None:
    if before is not None and before.grain < Grain.ALL:
        return make(before.start.year)
    return view.choose(lambda by: make(view.now.year + by))


def _month_day(said: Said, before: Span | None, view: View) -> Span | None:
    day = said.get("day") or said["bare"]
    is_moon = said["month"] in words()["moon_months"] or day[0] in words()["moon_days"] or "leap" in said
    if is_moon or (before and before.moon):
        month = moons.number_of(said["month"])
        return moons.day(month, moons.day_number(day), before, view, is_leap="leap" in said)
    month, nth = _month_number(said["month"]), number(day)
    return _in_years(before, view, lambda year: day_of(year, month, nth))


def _slash(said: Said, before: Span | None, view: View) -> Span | None:
    month, day = (int(said.get(name) or said.get(f"{name}2") or said[f"{name}3"]) for name in ("month", "day"))
    return _in_years(before, view, lambda year: day_of(year, month, day))


def _moon_day(said: Said, before: Span | None, view: View) -> Span | None:
    return moons.day_from_now(_shift(said["rel"]), moons.day_number(said["day"]), view)


def _day(said: Said, before: Span | None, view: View) -> Span | None:
    if "moon" in said or (before and before.moon):
        nth = moons.day_number(said.get("moon") or said.get("till") or said["day"])
        return moons.day_in(before, nth, view)
    nth = number(said.get("till") or said["day"])
    if before is not None:
        return day_of(before.start.year, before.start.month, nth) if before.grain is Grain.MONTH else None

    def make(by: int) -> Span | None:
        month = months(view.now.year, view.now.month + by)
        return day_of(month.start.year, month.start.month, nth) if month else None

    return view.choose(make)


def _relative_day(said: Said, before: Span | None, view: View) -> Span | None:
    known = words()
    by = known["relative_days"].get(said["day"])
    ahead = int(known["short_days"][said["day"]] if by is None else by) + ("past" in said)
    day = view.now.date() + timedelta(days=ahead)
    if before is None or before.grain not in (Grain.MONTH, Grain.YEAR) or ahead:
        return days(day)
    return day_of(before.start.year, day.month if before.grain is Grain.YEAR else before.start.month, day.day)


def _next_day(said: Said, before: Span | None, view: View) -> Span | None:
    return days((before.day if before else view.now.date()) + timedelta(days=1))


def _week(said: Said, before: Span | None, view: View) -> Span | None:
    return week_of(view.now.date(), _shift(said["rel"]))


def _weekday(said: Said, before: Span | None, view: View) -> Span | None:
    nth = words()["weekdays"][said["day"]]
    if before is not None and before.grain is Grain.DAY:
        return before  # "1 June, a Saturday": the date holds
    return _in_week(said, before, view, lambda week: days(week.day + timedelta(days=nth)))


def _weekend(said: Said, before: Span | None, view: View) -> Span | None:
    return _in_week(said, before, view, lambda week: days(week.day + timedelta(days=5), 2))


def _in_week(said: Said, before: Span | None, view: View, make: Callable[[Span], Span]) -> Span | None:
    if "rel" in said:
        return make(week_of(view.now.date(), _shift(said["rel"])))
    if before is not None:
        return make(before) if before.grain is Grain.WEEK else None
    return view.choose(lambda by: make(week_of(view.now.date(), by)))


def _moon(said: Said, before: Span | None, view: View) -> Span | None:
    if before is not None:
        return replace(before, moon=True)
    return replace(days(date(view.now.year, 1, 1)), grain=Grain.ALL, moon=True)


def _sun(said: Said, before: Span | None, view: View) -> Span | None:
    return before or replace(days(date(view.now.year, 1, 1)), grain=Grain.ALL)


_MEANINGS: dict[str, tuple[Grain, Narrow]] = {
    "date": (Grain.DAY, _date),
    "year_month": (Grain.MONTH, _year_month),
    "slash": (Grain.DAY, _slash),
    "year": (Grain.YEAR, _year),
    "bare_year": (Grain.YEAR, _year),
    "era": (Grain.YEAR, _era),
    "relative_year": (Grain.YEAR, _relative_year),
    "relative_month": (Grain.MONTH, _relative_month),
    "month": (Grain.MONTH, _month),
    "month_day": (Grain.DAY, _month_day),
    "moon_day": (Grain.DAY, _moon_day),
    "moon": (Grain.SECOND, _moon),
    "sun": (Grain.SECOND, _sun),
    "day": (Grain.DAY, _day),
    "relative_day": (Grain.DAY, _relative_day),
    "next_day": (Grain.DAY, _next_day),
    "weekday": (Grain.DAY, _weekday),
    "week": (Grain.WEEK, _week),
    "weekend": (Grain.DAY, _weekend),
    "nth": (Grain.SECOND, bounds.nth),
    "some": (Grain.SECOND, bounds.some),
    "quarter": (Grain.QUARTER, bounds.quarter),
    "half": (Grain.SECOND, bounds.half),
    "season": (Grain.QUARTER, bounds.season),
    "ten": (Grain.TEN, bounds.ten),
    "century": (Grain.CENTURY, bounds.century),
    "decade": (Grain.DECADE, bounds.decade),
    "edge": (Grain.SECOND, bounds.edge),
    "edge_of": (Grain.SECOND, bounds.edge_of),
    "whole": (Grain.SECOND, bounds.whole),
    "nth_weekday": (Grain.DAY, bounds.nth_weekday),
    "cycle": (Grain.YEAR, bounds.cycle),
    "new_year_day": (Grain.DAY, moons.new_year_day),
    "feast": (Grain.DAY, feasts.feast),
    "after_feast": (Grain.DAY, feasts.after_rest),
    "may_day": (Grain.DAY, _month_day),
    "eve": (Grain.DAY, feasts.eve),
    "shift": (Grain.SECOND, bounds.shift),
    "part": (Grain.PART, clocks.part),
    "whole_day": (Grain.DAY, clocks.whole_day),
    "clock": (Grain.HOUR, clocks.clock),
    "two_hours": (Grain.HOUR, clocks.two_hours),
    "relative_hour": (Grain.HOUR, bounds.relative_hour),
    "two_days": (Grain.DAY, bounds.two_days),
    "two_months": (Grain.MONTH, bounds.two_months),
    "now": (Grain.SECOND, clocks.now),
    "same_hour": (Grain.MINUTE, clocks.same_hour),
    "before_new_year": (Grain.SECOND, feasts.before_new_year),
    "no_time": (Grain.SECOND, lambda said, before, view: None),
}
_BESIDE = frozenset({"weekday", "moon", "sun", "shift", "next_day", "whole_day"})
"""May follow something as fine as themselves."""
