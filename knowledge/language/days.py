"""The day that a question names: today, Wednesday, the 25th, the National Day, the first of the first moon. Pure."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from township import lunar as moons

WEEK = 7


def asked(question: str, today: date) -> date | None:
    """Read the day, today or later, that a question in plain words is about; None when it names none."""
    words = load()
    for name, offset in words["near"].items():
        if name in question:
            return today + timedelta(days=offset)
    if found := re.search(words["weekday"], question):
        monday = today - timedelta(days=today.weekday())
        day = monday + timedelta(days=words["weekdays"][found["day"]] + (WEEK if found["next"] else 0))
        return day if day >= today else day + timedelta(days=WEEK)
    for name, (month, number) in words["lunar"].items():
        if name in question:
            return _of_moon(month, number, today)
    for name, (month, number) in words["solar"].items():
        if name in question:
            day = date(today.year, month, number)
            return day if day >= today else date(today.year + 1, month, number)
    return _numbered(question, today)


def is_of_now(question: str) -> bool:
    """Tell whether a question is about how things stand at this moment, though it names no day."""
    return bool(re.search(load()["asked_of_all"], question))


def lunar(day: date) -> tuple[str, str]:
    """Say month and day of the lunar calendar as people do."""
    return moons.names_of(day)


def weekday(day: date) -> str:
    """Say the day of the week."""
    return str(load()["said"]["weekdays"][day.weekday()])


@cache
def load() -> Mapping[str, Any]:
    """Read the words for days."""
    return dict(YAML(typ="safe", pure=True).load(Path(__file__).with_name("days.yaml").read_text("utf-8")))


def _of_moon(month: int, number: int, today: date) -> date | None:
    for year in (today.year - 1, today.year, today.year + 1):
        day = moons.date_of(year, month, number)
        if day and day >= today:
            return day
    return None


def _numbered(question: str, today: date) -> date | None:
    """Read "the 25th" or "on 25 November"; of a day that is over nothing can be told."""
    found = re.search(load()["dated"], question)
    if not found:
        return None
    try:
        day = date(today.year, int(found["month"] or today.month), int(found["day"]))
    except ValueError:
        return None
    return day if day >= today else None
