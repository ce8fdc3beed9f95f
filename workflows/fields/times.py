"""Days, hours, periods and lengths of time, read with the one reader of times (`workflows/moments/`). Pure.

A day is kept as `2026-12-16`, an hour as `15:30`, a day with its hour as `2026-12-16T15:30`, a period as its first and
last of either, a length in minutes (a month has 30 days).
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from township import lunar
from township.clock import SHANGHAI
from township.errors import Mistake
from workflows.clocks.durations import words
from workflows.definition import FormField
from workflows.fields.known import Known
from workflows.moments.reading import Kind, Lean, Moment, find
from workflows.moments.spans import Grain
from workflows.numerals import read_number

KEPT_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:[+-]\d\d:\d\d)?")
"""As it is kept, and as a browser sends it."""
EARLY = 6
"""Hours before it are said with their part of the day."""
MONTH_AHEAD = 70
"""Days in which a market day surely falls."""


def day(raw: Any, spec: FormField, known: Known) -> str | None:
    """Read a day."""
    if isinstance(raw, date):
        return raw.isoformat()
    if not isinstance(raw, str):
        return None
    if market := market_day(raw, spec, known):
        return market.isoformat()
    found = moment_in(_as_day(raw), spec, known)
    one = (found.day or _counted(found, known)) if found and found.kind is not Kind.EVERY else None
    return one.isoformat() if one else None


def _counted(found: Moment, known: Known) -> date | None:
    """The day so many weeks, months or years ahead or ago."""
    if found.kind is not Kind.POINT or found.length is None or found.start is None:
        return None
    step = found.length.step
    counted: datetime = known.moment + (step if found.start > known.moment else -step)
    return counted.date()


def _as_day(raw: str) -> str:
    """A bare number that answers "which day" is a day of the month, alone or behind a month; so is 12.16."""
    said = raw.strip().rstrip(words()["endings"])
    if re.fullmatch(words()["bare_day"], said):
        return f"{said}{words()['day_sign']}"
    if dotted := re.fullmatch(words()["dotted_day"], said):
        return f"{dotted['month']}/{dotted['day']}"
    return f"{said}{words()['day_sign']}" if read_number(said) is not None and len(said) <= 3 else raw


def moment_in(said: str, spec: FormField, known: Known) -> Moment | None:
    """Find the time of a sentence, as this field means it; of two that are left open, none is taken: a Mistake."""
    found = find(said, known.moment, Lean.PAST if spec.past else Lean.NEXT)
    if is_either(said, found):
        raise Mistake("time_either", name=spec.name)
    return next(iter(found), None)


def is_either(said: str, found: Sequence[Moment]) -> bool:
    """Say whether two times are named between which nobody has chosen yet ("tomorrow or the day after")."""
    return any(re.search(words()["either"], said[one.at[1] : other.at[0]]) for one, other in pairwise(found))


def names_day_only(said: str, spec: FormField, known: Known) -> bool:
    """Say whether a day is named and no hour."""
    found = moment_in(said, spec, known)
    return found is not None and found.day is not None and not found.has_hour


def names_no_day(said: str, spec: FormField, known: Known) -> bool:
    """Say whether an hour is named and no day."""
    found = moment_in(said, spec, known)
    return found is not None and found.day is None and found.has_hour


def market_day(raw: str, spec: FormField, known: Known) -> date | None:
    """The next market day, where people only say "on market day"; its lunar days are written in the form."""
    if not spec.market or not any(word in raw for word in words()["market"]):
        return None
    ahead = (known.today + timedelta(days=n) for n in range(MONTH_AHEAD))
    return next((one for one in ahead if _lunar_figure(one) in spec.market), None)


def _lunar_figure(one: date) -> int | None:
    month = lunar.month_of(one)
    return ((one - month.first).days + 1) % 10 if month else None


def hour(raw: Any, spec: FormField, known: Known) -> str | None:
    """Read an hour of the day, whatever hour it is now: nine is in the morning, three in the afternoon."""
    if isinstance(raw, time):
        return raw.isoformat("minutes")
    if isinstance(raw, str) and raw.strip().rstrip(words()["endings"]) in words()["noon"]:
        return time(12).isoformat("minutes")
    early = replace(known, now=known.moment.replace(hour=EARLY, minute=0, second=0, microsecond=0))
    found = moment_in(raw, spec, early) if isinstance(raw, str) else None
    return found.start.strftime("%H:%M") if found and found.has_hour and found.start else None


def moment(raw: Any, spec: FormField, known: Known) -> str | None:
    """Read a day with its hour."""
    if isinstance(raw, datetime):
        return _minute(raw)
    if not isinstance(raw, str):
        return None
    if KEPT_MOMENT.fullmatch(raw):
        return _minute(datetime.fromisoformat(raw))
    found = moment_in(raw, spec, known)
    return _minute(found.start) if found and found.has_hour and found.start else None


def _minute(when: datetime) -> str:
    local = when.astimezone(SHANGHAI) if when.tzinfo else when
    return local.replace(tzinfo=None).isoformat("T", "minutes")


def period(raw: Any, spec: FormField, known: Known) -> dict[str, str] | None:
    """Read from when until when; the last day belongs to it. What runs backwards is a Mistake."""
    if isinstance(raw, Mapping):
        return _ends(str(raw["from"]), str(raw["to"]), spec) if {"from", "to"} <= set(raw) else None
    said = _as_days(raw) if isinstance(raw, str) else ""
    if lasting := lasting_from(find(said, known.moment, Lean.NEXT)):
        return lasting
    found = moment_in(said, spec, known) if said else None
    if found is not None and found.kind is Kind.BACKWARDS:
        raise Mistake("period_backwards", name=spec.name)
    if found is None or found.start is None or found.end is None:
        return None
    if found.grain <= Grain.HOUR or found.start.time() != time() or found.end.time() != time():
        return {"from": _minute(found.start), "to": _minute(found.end)}
    last = found.end.date() - timedelta(days=1)
    return {"from": found.start.date().isoformat(), "to": last.isoformat()}


def _as_days(raw: str) -> str:
    """Two days that are said shortly are a first and a last."""
    said = raw.strip().rstrip(words()["endings"])
    if re.fullmatch(words()["bare_days"], said):
        return f"{said}{words()['day_sign']}"
    return str(words()["two_days"].get(said, raw))


def lasting_from(found: Sequence[Moment]) -> dict[str, str] | None:
    """The days of a day and how many of them there are: "three days from tomorrow"."""
    if len(found) != 2 or found[0].day is None or found[1].kind is not Kind.LENGTH or found[1].length is None:
        return None
    first, length = found[0].day, found[1].length
    if length.grain < Grain.DAY or found[0].has_hour:
        return None
    last = first + length.step - timedelta(days=1)
    return {"from": first.isoformat(), "to": last.isoformat()} if last >= first else None


def _ends(first: str, last: str, spec: FormField) -> dict[str, str]:
    """Both ends as they are kept; a day without its hour lies on either side of its hours."""
    same = min(len(first), len(last))
    if last[:same] < first[:same]:
        raise Mistake("period_backwards", name=spec.name)
    return {"from": first, "to": last}


def duration(raw: Any, spec: FormField, known: Known) -> int | None:
    """Read a length of time in minutes; "three or four days" is none."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    is_vague = isinstance(raw, str) and re.search(words()["vague"], raw)
    found = moment_in(raw, spec, known) if isinstance(raw, str) and not is_vague else None
    return round(found.length.seconds / 60) if found and found.length else None


def same_month(before: str, said: str, *, moon: bool) -> str | None:
    """Put another day into the month of a day that was said before: "not the eighth, the eighteenth"."""
    bare = said.strip(words()["day_marks"])
    nth = int(read_number(bare) or 0) if bare else 0
    if not nth:
        return None
    day = date.fromisoformat(before)
    if moon:
        month = lunar.month_of(day)
        found = month.day(nth) if month else None
        return found.isoformat() if found else None
    try:
        return day.replace(day=nth).isoformat()
    except ValueError:
        return None
