"""When a round falls: by its rule, moved or left out where people do not work. Pure."""

from datetime import date, datetime, timedelta

from msgspec import Struct

from township.workdays import Calendar
from workflows.clocks import recurrence
from workflows.kinds import DaysOff, Rounds

MOST_DAYS = 15
"""So far a round is moved to a working day; no holiday is longer."""


class Planned(Struct, frozen=True):
    """A round: the moment by its rule, and the one at which it begins."""

    nominal: datetime
    at: datetime


def following(rounds: Rounds, after: datetime, now: datetime, calendar: Calendar) -> Planned | None:
    """Find the round after a moment; those that passed while nobody looked are passed over, but for the last."""
    stored, skips = rounds.every.stored(after), rounds.every.works or rounds.holidays is DaysOff.SKIP

    def is_off(day: date) -> bool:
        return skips and not calendar.day(day).spans

    nominal = recurrence.following(stored, after, is_off=is_off)
    while nominal is not None:
        later = recurrence.following(stored, nominal, is_off=is_off)
        if later is None or moved(rounds, later, calendar) > now:
            return Planned(nominal, moved(rounds, nominal, calendar))
        nominal = later
    return None


def moved(rounds: Rounds, nominal: datetime, calendar: Calendar) -> datetime:
    """Move a moment off a day on which nobody works, where that was ordered."""
    step = {DaysOff.BEFORE: -1, DaysOff.AFTER: 1}.get(rounds.holidays)
    if step is None:
        return nominal
    for days in range(MOST_DAYS):
        moment = nominal + timedelta(days=step * days)
        if calendar.day(moment.date()).spans:
            return moment
    return nominal
