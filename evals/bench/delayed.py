"""Whether a rehearsal on phones said and promised the same moments, only as much later as its steps took. Pure."""

import re
from datetime import datetime, timedelta

from township.clock import SHANGHAI
from township.workdays import Calendar

SLOWER = timedelta(hours=1)
QUICKER = timedelta(minutes=1)
IN_WORDS = re.compile(r"(\d{1,2})月(\d{1,2})日（周.）(\d{1,2}):(\d\d)")
"""A moment as people are told it."""


def moment(text: str, now: datetime) -> datetime:
    """Read a moment as it is written in a rehearsal, in this year or the next."""
    year = now.year + (int(text[:2]) < now.month)
    return datetime.fromisoformat(f"{year}-{text}").replace(tzinfo=SHANGHAI)


def says(found: str, part: str, now: datetime) -> bool:
    """Tell whether `part` was said, its moments perhaps as much later as the steps took."""
    wanted = [_told(one, now) for one in IN_WORDS.finditer(part)]
    pattern = IN_WORDS.pattern.join(re.escape(piece) for piece in IN_WORDS.sub("\0", part).split("\0"))
    return part in found or any(
        all(is_near(one, _told(other, now)) for one, other in zip(wanted, IN_WORDS.finditer(said[0]), strict=True))
        for said in re.finditer(pattern, found)
    )


def _told(found: re.Match[str], now: datetime) -> datetime:
    """The moment that somebody was told, in this year or the next."""
    month, day, hour, minute = map(int, found.groups())
    return datetime(now.year + (month < now.month), month, day, hour, minute, tzinfo=SHANGHAI)


def is_near(wanted: datetime, found: datetime) -> bool:
    """Tell whether a promise is no later than the steps took, on the clock or in hours of work: lunch lies between."""
    if found < wanted - QUICKER:
        return False
    return found <= wanted + SLOWER or timedelta(minutes=Calendar().between(wanted, found)) <= SLOWER
