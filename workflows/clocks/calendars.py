"""The calendar of a town: its own rows over the published years.

A year whose official table was imported is as its weekdays are, but for its rows: the table of a year is some forty of
them, for every change of a case asks for the calendar.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import sqlalchemy as sa

from township.db import Tx, upsert
from township.editions import Edition
from township.statements import Statement
from township.workdays import USUAL, WEEKEND, Calendar, Day, Span
from workflows.models import calendar_days


def calendar_of(tx: Tx, town_id: str, edition: Edition | None = None) -> Calendar:
    """Read the calendar of a town, in an edition only once; built anew only when its rows have changed."""

    def read() -> Calendar:
        return _calendar(
            tuple((row["day"], row["spans"], row["whole_year"]) for row in _DAYS.rows(tx, its_town=town_id))
        )

    return edition.keep(("calendar", town_id), read) if edition else read()


_DAYS = Statement(
    sa.select(calendar_days.c.day, calendar_days.c.spans, calendar_days.c.whole_year)
    .where(calendar_days.c.town_id == sa.bindparam("its_town"))
    .order_by(calendar_days.c.day)
)


@lru_cache(maxsize=64)
def _calendar(rows: tuple[tuple[date, str, bool], ...]) -> Calendar:
    days = {day: Day(_spans(spans)) for day, spans, _ in rows}
    return Calendar(days, published=[day.year for day, _, whole_year in rows if whole_year])


def _spans(text: str) -> tuple[Span, ...]:
    return tuple(Span.parse(span) for span in text.split())


def set_days(tx: Tx, town_id: str, days: Mapping[date, str], source: str) -> None:
    """Import days of a town: the spans of each as `08:30-12:00 14:00-17:30`, empty on a day off."""
    _put(tx, town_id, days, source)


def set_year(tx: Tx, town_id: str, year: int, works: Mapping[date, bool], source: str) -> int:
    """Import the official table of a year: what it does not name goes by weekdays. Returns the days that differ.

    What the town has set for single days of that year before is overruled. Deadlines are derived anew by
    `timers.replan`.
    """
    tx.execute(sa.delete(calendar_days).where(calendar_days.c.town_id == town_id, *_of_year(year)))
    first = date(year, 1, 1)
    worked = {first: works.get(first, first.weekday() < WEEKEND), **works}
    usual = " ".join(map(str, USUAL))
    differ = {
        day: usual if work else "" for day, work in worked.items() if day == first or work != (day.weekday() < WEEKEND)
    }
    _put(tx, town_id, differ, source, first)
    return len(differ)


def _of_year(year: int) -> tuple[sa.ColumnElement[bool], ...]:
    return calendar_days.c.day >= date(year, 1, 1), calendar_days.c.day <= date(year, 12, 31)


def _put(tx: Tx, town_id: str, days: Mapping[date, str], source: str, first: date | None = None) -> None:
    for day, spans in days.items():
        Day(_spans(spans))
        row = {"town_id": town_id, "day": day, "spans": spans, "source": source, "whole_year": day == first}
        upsert(tx, calendar_days, row, ["town_id", "day"])
