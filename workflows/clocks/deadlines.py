"""Clocks of a case: a log of run and pause segments from which every deadline is derived, and explained in words.

Pure. A clock starts when the villager's message is stored, not when a cadre takes the case, and nothing but its own
pause rule stops it: a return (退单) does not. An outside body stops doing, never telling.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from township.clock import SHANGHAI
from township.texts import Texts
from township.workdays import Calendar
from workflows.clocks.durations import Duration, advance, measure
from workflows.definition import ClockKind, LateStep, Waits

STAGE_CLOCK = "stage."
KEPT = "kept"
"""How the clock of a stage is named, before the stage."""


class Segment(Struct, frozen=True):
    """From `since` on the clock runs, or rests for the reason `why`: `villager`, `outside` or `kept`."""

    since: datetime
    why: str = ""

    @property
    def runs(self) -> bool:
        return not self.why


class Clock(Struct, frozen=True):
    """One promise of one case."""

    name: str
    title: str
    kind: ClockKind
    within: Duration
    segments: tuple[Segment, ...]
    late: tuple[LateStep, ...] = ()
    fired: int = 0
    """How many late steps have been taken."""
    extended: timedelta = timedelta()
    """What was added, in the time that the clock counts in."""
    fixed_due: datetime | None = None
    """A date that was promised in so many words: it stands, whatever the calendar."""

    @property
    def is_running(self) -> bool:
        return self.segments[-1].runs

    @property
    def is_working(self) -> bool:
        return self.within.is_working

    @property
    def is_of_stage(self) -> bool:
        """Begins when a case comes to a stage; the others begin with the message."""
        return self.name.startswith(STAGE_CLOCK)

    @property
    def pledged(self) -> datetime | None:
        """When somebody said that the matter will be done."""
        of_doing = self.kind is ClockKind.DOING and not self.is_of_stage
        return self.fixed_due if of_doing else None

    def rests(self, why: str, now: datetime) -> "Clock":
        """The clock resting from now on for a reason."""
        return self if self.segments[-1].why == why else replace(self, segments=(*self.segments, Segment(now, why)))

    def goes_on(self, now: datetime) -> "Clock":
        """The clock running from now on."""
        return self if self.is_running else replace(self, segments=(*self.segments, Segment(now)))

    def to_json(self) -> dict[str, Any]:
        """Turn into what `from_json` reads; the late steps stay in the definition."""
        return {
            "segments": [[segment.since.isoformat(), segment.why] for segment in self.segments],
            "within": str(self.within),
            "extended": int(self.extended.total_seconds()),
            "fixed_due": self.fixed_due.isoformat() if self.fixed_due else None,
        }


def pauses(kind: ClockKind, waits: Waits) -> str:
    """Say why a clock of this kind rests while a stage waits for somebody; empty: it runs."""
    return "" if kind is ClockKind.TELLING or waits is Waits.OFFICE else waits.value


def spent(clock: Clock, now: datetime, calendar: Calendar) -> timedelta:
    """Measure how long the clock has run."""
    return sum((length for length in _runs(clock, now, calendar)), timedelta())


def _runs(clock: Clock, now: datetime, calendar: Calendar) -> Iterator[timedelta]:
    ends = [segment.since for segment in clock.segments[1:]] + [max(now, clock.segments[-1].since)]
    for segment, end in zip(clock.segments, ends, strict=True):
        if segment.runs:
            yield measure(segment.since, end, calendar, working=clock.is_working)


def whole(clock: Clock, calendar: Calendar) -> timedelta:
    """The full length of the promise, extensions included."""
    return clock.within.length(calendar) + clock.extended


def due(clock: Clock, calendar: Calendar) -> datetime | None:
    """When the promise ends if nothing stops it again; None while it rests."""
    return _reached(clock, whole(clock, calendar), calendar)


def _reached(clock: Clock, length: timedelta, calendar: Calendar) -> datetime | None:
    last = clock.segments[-1]
    if not last.runs:
        return None
    if clock.fixed_due is not None:
        return _share_of_fixed(clock, clock.fixed_due, length, calendar)
    before = spent(clock, last.since, calendar) if len(clock.segments) > 1 else timedelta()
    if length <= before:
        return _passed(clock, length, calendar)
    return advance(last.since, length - before, calendar, working=clock.is_working)


def _share_of_fixed(clock: Clock, ends: datetime, length: timedelta, calendar: Calendar) -> datetime:
    """A share of the way from now on to a date that was promised; nothing is left of it when that has passed."""
    share = length / whole(clock, calendar)
    since = clock.segments[-1].since
    if share >= 1 or ends <= since:
        return ends
    left = measure(since, ends, calendar, working=clock.is_working) * share
    return min(ends, advance(since, left, calendar, working=clock.is_working))


def _passed(clock: Clock, length: timedelta, calendar: Calendar) -> datetime:
    """When a share of the promise was reached in an earlier segment."""
    ends = [segment.since for segment in clock.segments[1:]]
    for segment, end in zip(clock.segments, ends, strict=False):
        ran = measure(segment.since, end, calendar, working=clock.is_working) if segment.runs else timedelta()
        if segment.runs and ran >= length:
            return advance(segment.since, length, calendar, working=clock.is_working)
        length -= ran
    return clock.segments[-1].since


def next_step(clock: Clock, calendar: Calendar) -> datetime | None:
    """When the next late step is to be taken; None while the clock rests or when none is left."""
    if clock.fired >= len(clock.late) or not clock.is_running:
        return None
    point = clock.late[clock.fired].at
    reached = _reached(clock, point.length(whole(clock, calendar)), calendar)
    return point.then(reached, calendar) if reached else None


def is_late(clock: Clock, now: datetime, calendar: Calendar) -> bool:
    """Say whether the promise is broken by now."""
    ends = due(clock, calendar)
    return ends <= now if ends else spent(clock, now, calendar) > whole(clock, calendar)


def explain(clock: Clock, now: datetime, calendar: Calendar, texts: Texts) -> str:
    """Say in words why the clock shows what it shows."""
    first = clock.segments[0].since
    said = {"title": clock.title, "moment": say_moment(first, texts)}
    to_the_day = clock.is_of_stage and clock.fixed_due is not None
    if to_the_day:
        parts = [texts.say("clock_to_the_day", **said)]
    else:
        begun = "clock_of_stage" if clock.is_of_stage else "clock_started"
        parts = [texts.say(begun, **said, within=say_length(clock, texts))]
    if clock.is_working and not to_the_day and not calendar.is_working(first):
        parts.append(texts.say("clock_waits_for_office", moment=say_moment(calendar.next_working(first), texts)))
    ends = [segment.since for segment in clock.segments[1:]]
    for segment, end in zip(clock.segments, ends, strict=False):
        if not segment.runs:
            start, until = say_moment(segment.since, texts), say_moment(end, texts)
            parts.append(texts.say(f"clock_rested_{segment.why}", start=start, end=until))
    if clock.extended:
        parts.append(texts.say("clock_extended", hours=f"{round(clock.extended.total_seconds() / 3600, 1):g}"))
    return "".join([*parts, *_state_in_words(clock, now, calendar, texts)])


def _state_in_words(clock: Clock, now: datetime, calendar: Calendar, texts: Texts) -> Iterator[str]:
    ends = due(clock, calendar)
    if clock.pledged is not None:
        yield texts.say("clock_pledged", day=say_day(clock.pledged, texts))
    if ends is None:
        last = clock.segments[-1]
        over = "clock_left" if clock.is_of_stage and last.why == KEPT else f"clock_rests_{last.why}"
        yield texts.say(over, moment=say_moment(last.since, texts))
        return
    yield texts.say("clock_late" if ends <= now else "clock_due", moment=say_moment(ends, texts))
    if calendar.is_estimated(now, ends):
        yield texts.say("clock_estimated")


def say_moment(moment: datetime, texts: Texts) -> str:
    """Say a moment as people read it."""
    local = moment.astimezone(SHANGHAI)
    weekday = texts.say("weekdays")[local.weekday()]
    return texts.say("moment", month=local.month, day=local.day, weekday=weekday, hour=local.hour, minute=local.minute)


def say_day(moment: datetime, texts: Texts) -> str:
    """Say the day of a moment."""
    local = moment.astimezone(SHANGHAI)
    return texts.say("say_date", month=local.month, day=local.day, weekday=texts.say("weekdays")[local.weekday()])


def say_length(clock: Clock, texts: Texts) -> str:
    """Say the length of a promise."""
    return texts.say(f"length_{clock.within.unit.replace(' ', '_')}", amount=clock.within.amount)
