"""Stretches that are counted or cut out of a longer one: the third week of, the first months of, the end of. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from workflows.moments.signs import words
from workflows.moments.spans import (
    GRAINS,
    STEPS,
    Grain,
    Span,
    View,
    around,
    behind,
    day_of,
    days,
    months,
    number,
    week_of,
    years,
)

Said = Mapping[str, str]
THURSDAY = timedelta(days=3)
QUARTER, HALF, YEAR = 3, 6, 12
HALF_A_MONTH, HALF_A_YEAR = timedelta(days=16), timedelta(days=184)
"""Farther than this the end of a range is not looked for when it is said as a smaller day or month."""


def unit_of(said: str) -> str:
    """Name the unit of a count."""
    return str(words()["units"][said.lstrip(words()["counter"])])


def nth(said: Said, before: Span | None, view: View) -> Span | None:
    """The so manieth unit of what was said, or from now on."""
    many, unit = number(said["n"]), unit_of(said["unit"])
    if before is None and unit == "quarter":
        before = years(view.now.year)
    if before is None and unit == "day":
        before = days(view.now.date())
    if before is None:
        return years(view.now.year + many - 1) if unit == "year" else None
    if unit == "day" and before.grain is Grain.DAY and many:
        return _shifted(before, many - 1)
    if GRAINS[unit] >= before.grain or many < 1:
        return None
    if unit == "week":
        return _nth_week(before, many)
    start = before.start + (many - 1) * STEPS[unit]
    return _inside(before, start, start + STEPS[unit], GRAINS[unit])


def _nth_week(before: Span, many: int) -> Span | None:
    """In a year weeks count as in ISO 8601, in a month from its first Monday."""
    if before.grain is Grain.YEAR:
        first = week_of(date(before.start.year, 1, 4)).start
    else:
        first = before.start + timedelta(days=-before.start.weekday() % 7)
    start = first + timedelta(weeks=many - 1)
    return Span(start, start + timedelta(weeks=1), Grain.WEEK) if start < before.end else None


def some(said: Said, before: Span | None, view: View) -> Span | None:
    """The first or last units of what was said; without it those before now."""
    many, unit = number(said.get("n") or said["n2"]), unit_of(said.get("unit") or said["unit2"])
    is_last = said.get("which", said.get("which2")) in words()["last"]
    step = many * STEPS[unit]
    if before is None and unit == "quarter":
        before = years(view.now.year)
    if before is None and unit == "day" and many == 1 and not is_last:
        return days(view.now.date() - timedelta(days=1))
    if before is None:
        return None if is_last else Span(view.now - step, view.now, GRAINS[unit])
    if unit == "day" and before.grain is Grain.DAY and not is_last:
        return _shifted(before, -many)
    if GRAINS[unit] >= before.grain:
        return None
    if not is_last:
        return _inside(before, before.start, before.start + step, GRAINS[unit])
    end = _last_week(before) if unit == "week" else before.end
    return _inside(before, end - step, end, GRAINS[unit])


def _last_week(before: Span) -> datetime:
    """The end of the last week that mostly lies inside."""
    week = week_of((before.end - timedelta(days=1)).date())
    return week.end if week.start + THURSDAY < before.end else week.start


def _inside(before: Span, start: datetime, end: datetime, grain: Grain) -> Span | None:
    return Span(start, end, grain) if before.start <= start < before.end else None


def quarter(said: Said, before: Span | None, view: View) -> Span | None:
    """A quarter of a year, by number or seen from this one."""
    if "rel" in said:
        this = (view.now.month - 1) // QUARTER
        return months(view.now.year, (this + words()["relatives"][said["rel"]]) * QUARTER + 1, QUARTER, Grain.QUARTER)
    first = (max(number(said.get("n") or said["q"]), 1) - 1) * QUARTER + 1
    return months(_year_of(before, view), first, QUARTER, Grain.QUARTER)


def _year_of(before: Span | None, view: View) -> int:
    return before.start.year if before is not None and before.grain < Grain.ALL else view.now.year


def half(said: Said, before: Span | None, view: View) -> Span | None:
    """A half of a year or month."""
    second = words()["halves"][said["half"]]
    if unit_of(said["unit"]) == "year":
        fits = before is None or before.grain >= Grain.YEAR
        return months(_year_of(before, view), 1 + HALF * second, HALF, Grain.HALF) if fits else None
    month = before if before is not None else months(view.now.year, view.now.month)
    if month is None or month.grain is not Grain.MONTH:
        return None
    middle = month.start + timedelta(days=15)
    return Span(middle, month.end, Grain.TEN) if second else Span(month.start, middle, Grain.TEN)


def season(said: Said, before: Span | None, view: View) -> Span | None:
    """Three months, spring from March."""
    first = words()["seasons"][said.get("season") or said["season2"]] + 1
    return months(_year_of(before, view), first, QUARTER, Grain.QUARTER)


def ten(said: Said, before: Span | None, view: View) -> Span | None:
    """Ten days of a month; the last ten are what is left of it."""
    month = before if before is not None else months(view.now.year, view.now.month)
    if month is None or month.grain is not Grain.MONTH:
        return None
    nth_ten = words()["tens"][said["ten"]]
    start = month.start + timedelta(days=10 * nth_ten)
    return Span(start, month.end if nth_ten == 2 else start + timedelta(days=10), Grain.TEN)


def century(said: Said, before: Span | None, view: View) -> Span | None:
    """A century by number."""
    if "rel" in said:
        this = view.now.year // 100 + words()["relatives"][said["rel"]]
        return years(this * 100, 100, Grain.CENTURY)
    first = (number(said["n"]) - 1) * 100
    return years(first, 100, Grain.CENTURY) if first > 0 else None


def decade(said: Said, before: Span | None, view: View) -> Span | None:
    """Ten years, of the century that was said or the last such."""
    ten_of = number(said["n"])
    if "century" in said or (before is not None and before.grain is Grain.CENTURY):
        base = (number(said["century"]) - 1) * 100 if "century" in said else before.start.year if before else 0
        return years(base + ten_of, 10, Grain.DECADE)
    this = view.now.year // 100 * 100 + ten_of
    return years(this if this <= view.now.year else this - 100, 10, Grain.DECADE)


_EDGES = {
    Grain.MONTH: {"start": (0, 5), "middle": (9, 20), "end": (24, 31)},
    Grain.QUARTER: {"start": (0, 1), "middle": (1, 2), "end": (2, 3)},
    Grain.HALF: {"start": (0, 2), "middle": (2, 4), "end": (4, 6)},
    Grain.YEAR: {"start": (0, 1), "middle": (5, 7), "end": (10, 12)},
    Grain.DECADE: {"start": (0, 3), "middle": (3, 7), "end": (7, 10)},
    Grain.CENTURY: {"start": (0, 20), "middle": (40, 60), "end": (80, 100)},
}
"""From and up to how many days, months or years of it."""


def edge(said: Said, before: Span | None, view: View) -> Span | None:
    """The beginning, the middle or the end of what was said."""
    if before is None or before.grain not in _EDGES:
        return None
    first, last = _EDGES[before.grain][words()["edges"][said["edge"]]]
    unit = "day" if before.grain is Grain.MONTH else "year" if before.grain >= Grain.DECADE else "month"
    start, end = before.start + first * STEPS[unit], min(before.start + last * STEPS[unit], before.end)
    return Span(start, end, Grain.TEN if before.grain is Grain.MONTH else Grain(before.grain - 1))


def _this(unit: str, before: Span | None, view: View) -> Span | None:
    """The year, quarter, month or week that was said, or this one."""
    if before is not None:
        return before if before.grain is GRAINS[unit] else None
    if unit == "quarter":
        return months(view.now.year, (view.now.month - 1) // QUARTER * QUARTER + 1, QUARTER, Grain.QUARTER)
    return around(days(view.now.date()), GRAINS[unit])


def edge_of(said: Said, before: Span | None, view: View) -> Span | None:
    """The beginning, the middle or the end of a year, quarter or month."""
    return edge(said, _this(unit_of(said["of"]), before, view), view)


def whole(said: Said, before: Span | None, view: View) -> Span | None:
    """All of a year, month or week."""
    return _this(unit_of(said["of"]), before, view)


def nth_weekday(said: Said, before: Span | None, view: View) -> Span | None:
    """The so manieth Friday of a month, or its first or last."""
    if before is not None:
        return _weekday_of(before, said)
    return view.choose(lambda by: _weekday_of(months(view.now.year, view.now.month + by), said))


def _weekday_of(month: Span | None, said: Said) -> Span | None:
    if month is None or month.grain is not Grain.MONTH:
        return None
    weekday = words()["weekdays"][said["day"]]
    if said.get("which") in words()["last"]:
        last = month.end.date() - timedelta(days=1)
        return days(last - timedelta(days=(last.weekday() - weekday) % 7))
    ahead = (weekday - month.start.weekday()) % 7
    start = month.start + timedelta(days=ahead, weeks=number(said.get("n", "1")) - 1)
    return days(start.date()) if start < month.end else None


def cycle(said: Said, before: Span | None, view: View) -> Span | None:
    """A year by stem and branch or by its animal: the nearest such, 4 AD began both cycles."""
    known, this = words(), view.now.year
    if "animal" in said:
        ahead = (4 + known["animals"].index(said["animal"]) - this) % 12
        return years(this + (ahead if ahead <= 6 else ahead - 12))
    stem, branch = known["stems"].index(said["stem"]), known["branches"].index(said["branch"])
    near = (this + by for n in range(31) for by in (n, -n))
    found = next((year for year in near if (year - 4) % 10 == stem and (year - 4) % 12 == branch), None)
    return years(found) if found else None


def shift(said: Said, before: Span | None, view: View) -> Span | None:
    """So many days before or after the day that was said."""
    if before is None or before.grain is not Grain.DAY:
        return None
    return _shifted(before, number(said["n"]) * (1 if said["way"] in words()["forward"] else -1))


def _shifted(before: Span, many: int) -> Span:
    return replace(days(before.day + timedelta(days=many)), moon=before.moon)


def two_days(said: Said, before: Span | None, view: View) -> Span | None:
    """From one day of a month to another."""
    if before is not None:
        return _days_of(before, said) if before.grain is Grain.MONTH else None
    return view.choose(lambda by: _days_of(months(view.now.year, view.now.month + by), said))


def _days_of(month: Span | None, said: Said) -> Span | None:
    if month is None:
        return None
    year, nth_month = month.start.year, month.start.month
    first, last = (day_of(year, nth_month, number(said[name])) for name in ("first", "last"))
    if first is None or last is None:
        return None
    return replace(first, end=behind(first, last, STEPS["month"], HALF_A_MONTH).end)


def two_months(said: Said, before: Span | None, view: View) -> Span | None:
    """From one month of a year to another."""
    year = _year_of(before, view)
    first, last = (months(year, number(said[name])) for name in ("first", "last"))
    return replace(first, end=behind(first, last, STEPS["year"], HALF_A_YEAR).end) if first and last else None


def relative_hour(said: Said, before: Span | None, view: View) -> Span | None:
    """The hour or minute before now, or the one that comes."""
    unit = unit_of(said["unit"])
    step, by = STEPS[unit], int(words()["relatives"][said["rel"]])
    if before is not None:
        return None
    return Span(view.now + min(by, 0) * step, view.now + max(by, 1) * step if by >= 0 else view.now, GRAINS[unit])
