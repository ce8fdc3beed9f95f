"""When a broadcast may be heard: levels, quiet hours, lateness and how often. Pure; the figures are in policy.yaml."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from msgspec import Struct
from ruamel.yaml import YAML

from township.clock import SHANGHAI
from township.workdays import Span

BEFORE = timedelta(minutes=5)
"""How long before a quiet time the last minute lies that is offered."""


class Level(StrEnum):
    """How grave a broadcast is; 1 is the gravest."""

    URGENT = "urgent"
    IMPORTANT = "important"
    DAILY = "daily"
    LEISURE = "leisure"

    @property
    def is_reserved(self) -> bool:
        """Say whether the purse keeps calls for it (levels 1 and 2)."""
        return self in (Level.URGENT, Level.IMPORTANT)


class Policy(Struct, frozen=True):
    """The figures of a town."""

    quiet: tuple[Span, ...]
    late: timedelta
    unasked: timedelta
    same: timedelta
    daily: int
    longest: int
    ahead: timedelta


@cache
def policy() -> Policy:
    """Read policy.yaml."""
    found = YAML(typ="safe", pure=True).load(Path(__file__).with_name("policy.yaml").read_text("utf-8"))
    return Policy(
        tuple(_span(text) for text in found["quiet"]),
        timedelta(minutes=found["late"]),
        timedelta(minutes=found["unasked"]),
        timedelta(minutes=found["same"]),
        found["daily"],
        found["longest"],
        timedelta(days=found["ahead"]),
    )


def _span(text: str) -> Span:
    """Read `21:00-06:30`; an end before the start lies on the next day."""
    first, last = (time.split(":") for time in text.split("-"))
    start, end = (int(hour) * 60 + int(minute) for hour, minute in (first, last))
    return Span(start, end if end > start else end + 1440)


def quiet(level: Level, at: datetime) -> tuple[datetime, datetime] | None:
    """Find the quiet time in which a minute lies, from when until when; None where this level may be heard."""
    if level is Level.URGENT:
        return None
    here = at.astimezone(SHANGHAI)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in (midnight - timedelta(days=1), midnight):
        for span in policy().quiet:
            start, end = day + timedelta(minutes=span.start), day + timedelta(minutes=span.end)
            if start <= here < end:
                return start, end
    return None


def nearest(level: Level, at: datetime, now: datetime) -> tuple[datetime, ...]:
    """Offer the minutes before and after the quiet time in which a minute lies, as far as they are still to come."""
    found = quiet(level, at)
    if found is None:
        return (at,)
    start, end = found
    return tuple(moment for moment in (start - BEFORE, end) if moment > now)


def too_late(minute: datetime, now: datetime) -> bool:
    """Say whether a minute is so long gone that its broadcast no longer leaves."""
    return now - minute > policy().late
