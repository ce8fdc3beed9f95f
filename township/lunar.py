"""The farmers' calendar: from a lunar year, month and day to a date and back, 1901 to 2099. Pure; see lunar.yaml."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML

FIRST_YEAR = 1901
LAST_MONTH = 12


class Month(Struct, frozen=True):
    """One month of a lunar year."""

    year: int
    month: int
    is_leap: bool
    first: date
    days: int

    def day(self, number: int) -> date | None:
        """The date of its so manieth day; None when it has not so many."""
        return self.first + timedelta(days=number - 1) if 0 < number <= self.days else None


@cache
def _facts() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("lunar.yaml").read_text("utf-8"))
    return loaded


@cache
def _words() -> tuple[str, ...]:
    return tuple(_facts()["years"].split())


@cache
def months(year: int) -> tuple[Month, ...]:
    """List the months of a lunar year in order, a leap month after the month that it repeats; empty when unknown."""
    at = year - FIRST_YEAR
    return tuple(_months(year, _words()[at])) if 0 <= at < len(_words()) else ()


def _months(year: int, word: str) -> Iterator[Month]:
    first = date(year, 1, 1) + timedelta(days=int(word[:2]))
    leap, long = int(word[2], 16), int(word[3:], 16)
    order = [(n, is_leap) for n in range(1, LAST_MONTH + 1) for is_leap in (False, True) if not is_leap or n == leap]
    for position, (number, is_leap) in enumerate(order):
        days = 29 + (long >> position & 1)
        yield Month(year, number, is_leap, first, days)
        first += timedelta(days=days)


def month_of(day: date) -> Month | None:
    """Find the lunar month in which a date lies."""
    near = (*months(day.year - 1), *months(day.year))
    return next((one for one in near if one.first <= day < one.first + timedelta(days=one.days)), None)


def month(year: int, number: int, *, is_leap: bool = False) -> Month | None:
    """Find a month of a lunar year."""
    return next((one for one in months(year) if (one.month, one.is_leap) == (number, is_leap)), None)


def later(start: Month, by: int) -> Month | None:
    """Find the month so many months later (earlier when negative)."""
    around = [one for year in range(start.year - 1, start.year + 3) for one in months(year)]
    at = around.index(start) + by if start in around else -1
    return around[at] if 0 <= at < len(around) else None


def date_of(year: int, number: int, day: int, *, is_leap: bool = False) -> date | None:
    """Find the date of a lunar day; None when there is no such day."""
    found = month(year, number, is_leap=is_leap)
    return found.day(day) if found else None


def last_day(year: int) -> date | None:
    """New Year's Eve of a lunar year."""
    known = months(year)
    return known[-1].day(known[-1].days) if known else None


def name_of(day: date) -> str:
    """Say a date as farmers do; empty outside the table."""
    return "".join(names_of(day))


def names_of(day: date) -> tuple[str, str]:
    """Say month and day of a date as farmers do; empty outside the table."""
    found = month_of(day)
    if found is None:
        return "", ""
    leap = _facts()["leap"] if found.is_leap else ""
    return f"{leap}{_facts()['month_names'][found.month - 1]}", str(_facts()["day_names"][(day - found.first).days])
