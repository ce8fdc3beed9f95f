"""The calendar of a town: its own rows over the published years."""

from datetime import date
from functools import lru_cache

import sqlalchemy as sa

from township.db import Tx, upsert
from township.statements import Statement
from township.workdays import Calendar, Day, Span
from workflows.models import calendar_days


def calendar_of(tx: Tx, town_id: str) -> Calendar:
    """Read the calendar of a town; built anew only when its rows have changed."""
    return _calendar(tuple((row["day"], row["spans"]) for row in _DAYS.rows(tx, its_town=town_id)))


_DAYS = Statement(
    sa.select(calendar_days.c.day, calendar_days.c.spans)
    .where(calendar_days.c.town_id == sa.bindparam("its_town"))
    .order_by(calendar_days.c.day)
)


@lru_cache(maxsize=64)
def _calendar(rows: tuple[tuple[date, str], ...]) -> Calendar:
    return Calendar({day: Day(tuple(Span.parse(span) for span in spans.split())) for day, spans in rows})


def set_days(tx: Tx, town_id: str, days: dict[date, str], source: str) -> None:
    """Import days of a town: the spans of each as `08:30-12:00 14:00-17:30`, empty on a day off."""
    for day, spans in days.items():
        Day(tuple(Span.parse(span) for span in spans.split()))
        row = {"town_id": town_id, "day": day, "spans": spans, "source": source}
        upsert(tx, calendar_days, row, ["town_id", "day"])
