"""When a booking is: a field's value as a span of time, and the times that a service offers. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from township.clock import SHANGHAI
from township.errors import Mistake
from township.workdays import Calendar
from workflows.bookings.room import Span
from workflows.bookings.supply import Slots
from workflows.definition import Definition, FieldKind

ONE_DAY = timedelta(days=1)


def span_of(value: Any) -> Span | None:
    """Read the span that a day, a moment or a period means; a moment lasts to the end of its day."""
    first, last = (value["from"], value["to"]) if isinstance(value, Mapping) and "from" in value else (value, value)
    if not isinstance(first, str) or not isinstance(last, str):
        return None
    begins, ends = _moment(first), _moment(last)
    if "T" not in last or ends <= begins:
        ends = _midnight(ends.date()) + ONE_DAY
    return Span(begins, ends)


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=SHANGHAI)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def offered(slots: Slots, now: datetime, calendar: Calendar) -> Iterator[Span]:
    """List the times that may be booked, the nearest first, whether they are free or not."""
    today = now.astimezone(SHANGHAI).date()
    for number in range(slots.notice, slots.ahead + 1):
        day = today + timedelta(days=number)
        if day.isoweekday() in slots.days and (not slots.working or calendar.day(day).spans):
            yield from (one for one in _of_day(slots, day) if not slots.hours or one.begins > now)


def _of_day(slots: Slots, day: date) -> Iterator[Span]:
    for hours in slots.hours:
        yield Span(datetime.combine(day, hours.begins, SHANGHAI), datetime.combine(day, hours.ends, SHANGHAI))
    if not slots.hours:
        yield Span(_midnight(day), _midnight(day) + ONE_DAY)


def meant(slots: Slots, value: Any, now: datetime, calendar: Calendar) -> Span | None:
    """Find the offered time that somebody means: the one in which what was said begins, or the only one it holds."""
    said = span_of(value)
    if said is None:
        return None
    every = list(offered(slots, now, calendar))
    inside = [one for one in every if one.begins <= said.begins < one.ends]
    held = [one for one in every if said.begins <= one.begins and one.ends <= said.ends]
    return inside[0] if inside else held[0] if len(held) == 1 else None


def value_of(span: Span, kind: FieldKind) -> Any:
    """A time as the field keeps it."""
    if kind is FieldKind.DATE:
        return span.begins.date().isoformat()
    return {"from": _minute(span.begins), "to": _minute(span.ends)}


def _minute(when: datetime) -> str:
    return when.astimezone(SHANGHAI).replace(tzinfo=None).isoformat("T", "minutes")


def settled(definition: Definition, values: Mapping[str, Any], now: datetime, calendar: Calendar) -> dict[str, Any]:
    """Put the offered times in place of what was said; a time that is not offered is a Mistake."""
    found = dict(values)
    for name, slots in definition.workflow.slots.items():
        if name not in values:
            continue
        spec = definition.form[name]
        span = meant(slots, values[name], now, calendar)
        if span is None:
            raise Mistake("time_not_offered", field=name, name=spec.name)
        found[name] = value_of(span, spec.kind)
    return found
