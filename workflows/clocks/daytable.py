"""The official table of a year: read from the State Council's notice as published, or from a list of days. Pure.

The notice names holidays and make-up days (调休); what it does not name goes by weekdays. A list has a day a line, CSV
or JSONL.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from ruamel.yaml import YAML

from township.errors import Mistake

LEAST = 360
"""A list of fewer days is not the table of a year."""


class YearTable(Struct, frozen=True):
    """Which days of one year people work, as far as they are named."""

    year: int
    works: Mapping[date, bool] = field(default_factory=dict)


@cache
def words() -> dict[str, Any]:
    """How a notice is written, and how columns are called."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(
        Path(__file__).with_name("daytable.yaml").read_text("utf-8")
    )
    return loaded


def read(text: str) -> list[YearTable]:
    """Read a notice or a list, the years in order; what is neither is a Mistake."""
    if found := _listed(text):
        years = sorted({day.year for day in found})
        tables = [YearTable(year, {day: work for day, work in found.items() if day.year == year}) for year in years]
        if all(len(table.works) >= LEAST for table in tables):
            return tables
        raise Mistake("day_table_incomplete", days=len(found), least=LEAST)
    if (notice := _notice(text)) is not None:
        return [notice]
    raise Mistake("unreadable_day_table")


def _listed(text: str) -> dict[date, bool]:
    rows = _json_lines(text) if text.lstrip().startswith("{") else csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    found: dict[date, bool] = {}
    for row in rows:
        day, work = (_cell(row, names) for names in (words()["day_columns"], words()["work_columns"]))
        if day is None or work is None:
            return {}
        try:
            found[date.fromisoformat(str(day).strip())] = str(work).strip().lower() in words()["yes"]
        except ValueError as error:
            raise Mistake("unreadable_day", text=str(day)) from error
    return found


def _json_lines(text: str) -> Iterator[Mapping[str, Any]]:
    for line in text.splitlines():
        if line.strip():
            yield json.loads(line)


def _cell(row: Mapping[str, Any], names: list[str]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _notice(text: str) -> YearTable | None:
    named = re.search(words()["year"], text)
    if named is None:
        return None
    year, works = int(named[1]), dict[date, bool]()
    for found in re.finditer(words()["holiday"], text):
        first = _date(year, found["month"], found["day"])
        last = _date(year, found["last_month"] or found["month"], found["last_day"]) if found["last_day"] else first
        days = ((first + timedelta(days=n)) for n in range((last - first).days + 1))
        works |= dict.fromkeys(days, False)
    for sentence in re.finditer(words()["make_up"], text):
        for found in re.finditer(words()["date"], sentence[0]):
            works[_date(year, found["month"], found["day"])] = True
    return YearTable(year, works) if works else None


def _date(year: int, month: str, day: str) -> date:
    try:
        return date(year, int(month), int(day))
    except ValueError as error:
        raise Mistake("unreadable_day", text=f"{year}-{month}-{day}") from error
