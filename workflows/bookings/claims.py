"""What a case claims by what its form says: so many of a thing for so long, one place at a time. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from township.clock import SHANGHAI
from township.errors import Mistake
from workflows.bookings import times
from workflows.bookings.room import Span
from workflows.bookings.supply import Stock, Supply
from workflows.definition import Definition
from workflows.fields.wording import say_day
from workflows.house import texts

LONGEST = timedelta(days=183)
"""Nobody borrows for longer: "from the 14th to the 10th" is a mistake, and not the next year."""
FARTHEST = timedelta(days=300)
"""Nor farther ahead: a day of last week is read as one of next year."""


class Claim(Struct, frozen=True):
    """So much of one thing for a span of time."""

    thing: str
    """The field that it is booked by."""
    part: str
    """The option of which it is; empty where there is only one."""
    amount: int
    span: Span


def claims(definition: Definition, fields: Mapping[str, Any]) -> list[Claim]:
    """List what a case claims, always in the same order: two cases lock the same things one after the other."""
    workflow = definition.workflow
    found = [*_of_stock(workflow.stock, fields), *_of_slots(workflow.slots, fields)]
    return sorted(found, key=lambda one: (one.thing, one.part))


def _of_stock(stock: Mapping[str, Stock], fields: Mapping[str, Any]) -> Iterator[Claim]:
    for thing, supply in stock.items():
        amount, span = fields.get(thing), times.span_of(fields.get(supply.during))
        if isinstance(amount, int | float) and amount > 0 and span is not None:
            yield Claim(thing, part_of(supply, fields), int(amount), span)


def _of_slots(slots: Mapping[str, Supply], fields: Mapping[str, Any]) -> Iterator[Claim]:
    for thing, supply in slots.items():
        span = times.span_of(fields.get(thing))
        if span is not None:
            yield Claim(thing, part_of(supply, fields), 1, span)


def check(definition: Definition, found: Sequence[Claim], now: datetime, *, is_new: bool) -> None:
    """Refuse what cannot be meant: nothing at all, days the wrong way round, and days that are over."""
    stock, form = definition.workflow.stock, definition.form
    borrowed = [one for one in found if one.thing in stock]
    if is_new and stock and not found:
        asked = next((name for name in stock if form[name].ask), next(iter(stock)))
        names = texts().say("between_names").join(form[name].name for name in stock)
        raise Mistake("nothing_wanted", field=asked, name=form[asked].name, names=names)
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    for claim in borrowed:
        begins, ends, field = claim.span.begins, claim.span.ends, stock[claim.thing].during
        last = ends - timedelta(microseconds=1)
        said = {"begins": _day(begins), "ends": _day(last)}
        if ends <= begins or ends - begins > LONGEST:
            raise Mistake("days_wrong", field=field, name=form[field].name, **said)
        if ends <= today or (is_new and begins < today) or begins - today > FARTHEST:
            raise Mistake("days_over", field=field, name=form[field].name, **said)


def _day(moment: datetime) -> str:
    return say_day(moment.astimezone(SHANGHAI).date().isoformat(), texts())


def part_of(supply: Supply, fields: Mapping[str, Any]) -> str:
    """The option of which a case wants something."""
    return str(fields.get(supply.of) or "") if supply.of else ""
