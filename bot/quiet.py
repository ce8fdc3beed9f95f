"""When a person may be nudged: in the day, on working days. Pure.

Replies to who has just spoken and emergencies are no nudges and never wait here.
"""

from datetime import datetime, time, timedelta

from township.clock import SHANGHAI
from township.workdays import Calendar

FROM = time(8, 0)
UNTIL = time(18, 0)


def quiet_until(calendar: Calendar, now: datetime) -> datetime | None:
    """Say when the next nudge may leave; None: now."""
    here = now.astimezone(SHANGHAI)
    if _is_day(calendar, here) and FROM <= here.time() < UNTIL:
        return None
    return _morning(calendar, here if here.time() < FROM else here + timedelta(days=1))


def next_morning(calendar: Calendar, now: datetime) -> datetime:
    """Say when the notices that a sparing purse holds back leave as one: in the morning of the next working day."""
    return _morning(calendar, now.astimezone(SHANGHAI) + timedelta(days=1))


def next_month(calendar: Calendar, now: datetime) -> datetime:
    """Say when the pools are full again: in the morning of the first working day of the next month."""
    here = now.astimezone(SHANGHAI)
    return _morning(calendar, (here.replace(day=1) + timedelta(days=32)).replace(day=1))


def _morning(calendar: Calendar, day: datetime) -> datetime:
    while not _is_day(calendar, day):
        day += timedelta(days=1)
    return datetime.combine(day.date(), FROM, SHANGHAI)


def _is_day(calendar: Calendar, moment: datetime) -> bool:
    return bool(calendar.day(moment.date()).spans)
