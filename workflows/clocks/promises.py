"""How the clocks of a case follow its stages: started, rested, run on, kept, extended. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from township.clock import SHANGHAI
from township.workdays import Calendar
from workflows.clocks import deadlines
from workflows.clocks.deadlines import Clock, Segment, due, is_late, pauses
from workflows.clocks.durations import Duration
from workflows.definition import CLOSED, ClockKind, Definition, LateStep, Promise, Stage, Waits
from workflows.house import house


class Where(Struct, frozen=True):
    """Where a case stands, as far as its clocks follow: its stage, those in which somebody acts, those entered now."""

    stage: str
    places: tuple[str, ...]
    fresh: tuple[str, ...]

    @property
    def open(self) -> tuple[str, ...]:
        return () if self.stage == CLOSED else tuple(dict.fromkeys((self.stage, *self.places)))


KEPT = deadlines.KEPT
STAGE_CLOCK = deadlines.STAGE_CLOCK
TO_THE_DAY = Duration(1, "working day")
TO_PLEDGE = Duration(10, "working day")
"""So long after what was promised somebody may still say that it will be done; as long as an extension may be."""


def late_steps(definition: Definition, clock: str) -> tuple[LateStep, ...]:
    """The late steps of a clock: its own, or those of the house."""
    owner: Stage | Promise
    if clock.startswith(STAGE_CLOCK):
        owner = definition.stage(clock.removeprefix(STAGE_CLOCK))
        if owner.showing and owner.late is None:
            return ()  # nobody is late: what is shown ends by itself
    else:
        owner = definition.workflow.clocks[clock]
    return house().late if owner.late is None else owner.late


def promised(definition: Definition, pace: str, since: datetime) -> dict[str, Clock]:
    """Start the clocks of a new case, from the moment when the message was stored."""
    return {
        name: Clock(
            name, promise.title, promise.kind, _within(definition, promise, pace), (Segment(since),),
            late_steps(definition, name),
        )
        for name, promise in definition.workflow.clocks.items()
    }  # fmt: skip


def _within(definition: Definition, promise: Promise, pace: str) -> Duration:
    if promise.within is not None:
        return promise.within
    times = definition.workflow.paces.get(pace) or house().paces[pace]
    return times.answer if promise.pace == "answer" else times.done


def entered(
    definition: Definition, clocks: Mapping[str, Clock], where: Where, fields: Mapping[str, Any], now: datetime,
    calendar: Calendar,
) -> dict[str, Clock]:  # fmt: skip
    """Move the clocks on when a case has come to other stages; leaving a stage keeps its own promise."""
    moved = {name: _follow(definition, clock, where, now) for name, clock in clocks.items()}
    for stage in where.fresh:
        own = _stage_clock(definition, stage, fields, now, calendar) if stage in where.open else None
        if own is not None:
            moved[own.name] = own
    return moved


def _follow(definition: Definition, clock: Clock, where: Where, now: datetime) -> Clock:
    if clock.name.startswith(STAGE_CLOCK):
        return clock if clock.name.removeprefix(STAGE_CLOCK) in where.open else clock.rests(KEPT, now)
    until = definition.workflow.clocks[clock.name].until
    if where.stage == CLOSED or any(stage in until for stage in where.open):
        return clock.rests(KEPT, now)
    why = [pauses(clock.kind, definition.stage(stage).waits) for stage in where.places]
    return clock.rests(why[0], now) if why and all(why) else clock.goes_on(now)


def _stage_clock(
    definition: Definition, name: str, fields: Mapping[str, Any], now: datetime, calendar: Calendar
) -> Clock | None:
    stage = definition.stage(name)
    day = fields.get(stage.until_field) if stage.until_field else None
    if stage.within is None and not day:
        return None
    return Clock(
        STAGE_CLOCK + name,
        stage.title,
        ClockKind.TELLING if stage.waits is not Waits.OFFICE else ClockKind.DOING,
        stage.within or TO_THE_DAY,
        (Segment(now),),
        late_steps(definition, STAGE_CLOCK + name),
        fixed_due=_fixed(definition, stage, day, calendar),
    )


def _morning(day: str, calendar: Calendar) -> datetime:
    """The first working moment on or after a date."""
    return calendar.next_working(datetime.combine(date.fromisoformat(day), time(), SHANGHAI))


def set_anew(
    definition: Definition, clocks: Mapping[str, Clock], given: Mapping[str, Any], calendar: Calendar
) -> dict[str, Clock]:  # fmt: skip
    """Let the clock of a stage follow another day that is named while the case stays there."""
    found = dict(clocks)
    for name, clock in clocks.items() if given else ():
        stage = definition.workflow.stages.get(name.removeprefix(STAGE_CLOCK))
        day = given.get(stage.until_field) if stage and stage.until_field else None
        if stage and day and clock.is_running and name.startswith(STAGE_CLOCK):
            found[name] = replace(clock, fixed_due=_fixed(definition, stage, day, calendar), fired=0)
    return found


def _fixed(definition: Definition, stage: Stage, day: Any, calendar: Calendar) -> datetime | None:
    """When a day that people named makes a stage due: on its morning, or when what is booked for it is over."""
    if isinstance(day, str) and not definition.workflow.is_booked(stage.until_field):
        return _morning(day, calendar)
    return _over({"to": day} if isinstance(day, str) else day, calendar)


def _over(period: Any, calendar: Calendar) -> datetime | None:
    """The end of a period: its hour, or after whole days the next working moment."""
    if not isinstance(period, Mapping) or "to" not in period:
        return None
    last = str(period["to"])
    if "T" in last:
        return datetime.fromisoformat(last).replace(tzinfo=SHANGHAI)
    return _morning((date.fromisoformat(last) + timedelta(days=1)).isoformat(), calendar)


def extended(clocks: Mapping[str, Clock], days: int, calendar: Calendar) -> dict[str, Clock]:
    """Lengthen the running clocks of doing by working days."""
    more = timedelta(minutes=days * calendar.day_minutes)
    return {
        name: replace(clock, extended=clock.extended + more)
        if clock.kind is ClockKind.DOING and clock.is_running
        else clock
        for name, clock in clocks.items()
    }


def pledged(clocks: Mapping[str, Clock], ends: datetime, calendar: Calendar) -> dict[str, Clock]:
    """Let the clocks of doing end when somebody said so, unless that is too long after what was promised."""
    return {
        name: replace(clock, fixed_due=ends) if _may_end(name, clock, ends, calendar) else clock
        for name, clock in clocks.items()
    }


def _may_end(name: str, clock: Clock, ends: datetime, calendar: Calendar) -> bool:
    before = due(replace(clock, fixed_due=None), calendar)
    if name.startswith(STAGE_CLOCK) or clock.kind is not ClockKind.DOING or before is None:
        return False
    longest = TO_PLEDGE.after(before, calendar)
    return clock.segments[-1].since < ends <= longest


def done_by(clocks: Mapping[str, Clock], calendar: Calendar) -> datetime | None:
    """When the case itself is to be done: the last promise of doing that runs, those of single stages aside."""
    doing = (one for one in clocks.values() if one.kind is ClockKind.DOING and not one.name.startswith(STAGE_CLOCK))
    return max((ends for one in doing if one.is_running and (ends := due(one, calendar))), default=None)


def any_late(clocks: Mapping[str, Clock], now: datetime, calendar: Calendar) -> bool:
    """Say whether a promise that still runs is broken."""
    return any(clock.is_running and is_late(clock, now, calendar) for clock in clocks.values())
