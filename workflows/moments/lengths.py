"""Lengths of time as people say them: "one and a half years", "three days and two hours". Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from msgspec import Struct

from workflows.moments.bounds import unit_of
from workflows.moments.signs import pattern, words
from workflows.moments.spans import GRAINS, STEPS, Grain, Span, days, months, week_of, years
from workflows.numerals import read_number

SECONDS = {
    "year": 365 * 86400, "quarter": 90 * 86400, "month": 30 * 86400, "week": 7 * 86400, "day": 86400, "hour": 3600,
    "quarter_hour": 900, "minute": 60, "second": 1,
}  # fmt: skip
_HALF = {
    "year": (relativedelta(months=6), Grain.MONTH),
    "quarter": (relativedelta(days=45), Grain.DAY),
    "month": (relativedelta(days=15), Grain.DAY),
    "week": (relativedelta(hours=84), Grain.HOUR),
    "day": (relativedelta(hours=12), Grain.HOUR),
    "hour": (relativedelta(minutes=30), Grain.MINUTE),
    "minute": (relativedelta(seconds=30), Grain.SECOND),
}


class Length(Struct, frozen=True):
    """A length: as a step in the calendar, in seconds (a year of 365 days, a month of 30), and how fine it was said."""

    step: relativedelta
    seconds: float
    grain: Grain

    def before(self, now: datetime) -> Span:
        """When it was so long ago."""
        return _as_said(now - self.step, self.grain)

    def after(self, now: datetime) -> Span:
        """When it has passed."""
        return _as_said(now + self.step, self.grain)


def _as_said(moment: datetime, grain: Grain) -> Span:
    """As exactly as it was said: "in three weeks" is a week, "in two hours" a moment."""
    day = moment.date()
    match grain:
        case Grain.YEAR | Grain.QUARTER | Grain.MONTH:
            whole = years(day.year) if grain is Grain.YEAR else months(day.year, day.month)
            return whole or days(day)
        case Grain.WEEK:
            return week_of(day)
        case Grain.DAY:
            return days(day)
    return Span(moment, moment + timedelta(minutes=1), Grain.MINUTE)


def read(said: str) -> Length | None:
    """Read a length; None when it says no number ("some days")."""
    step, seconds, grain = relativedelta(), 0.0, Grain.ALL
    for one in _each(said):
        if one is None:
            return None
        step, seconds, grain = step + one.step, seconds + one.seconds, min(grain, one.grain)
    return Length(step, seconds, grain) if grain is not Grain.ALL else None


def _each(said: str) -> Iterator[Length | None]:
    half_mark, few = words()["half_mark"], words()["few"]
    for found in pattern(words()["each_of"]).finditer(said):
        unit = unit_of(found["unit"])
        amount = 0.5 if found["amount"] == half_mark else read_number(_lower(found["amount"]))
        if amount is None or found["amount"] in few:
            yield None
            continue
        yield _of(amount + (0.5 if found["more"] or found["half"] else 0), unit)


def _of(amount: float, unit: str) -> Length:
    whole, rest = int(amount), amount - int(amount)
    step, grain = whole * STEPS[unit], GRAINS[unit]
    if rest == 0.5 and unit in _HALF:
        half, finer = _HALF[unit]
        return Length(step + half, amount * SECONDS[unit], finer)
    if rest:
        return Length(step + relativedelta(seconds=round(rest * SECONDS[unit])), amount * SECONDS[unit], Grain.SECOND)
    return Length(step, amount * SECONDS[unit], grain)


def _lower(said: str) -> str:
    """Of two figures side by side ("two, three days") the lower one."""
    return said[0] if len(said) == 2 and not said.isascii() and not set(said) & set(words()["scales"]) else said
