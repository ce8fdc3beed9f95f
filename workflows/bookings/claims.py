"""What a case claims by what its form says: so many of a thing for so long, one place at a time. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.bookings import times
from workflows.bookings.room import Span
from workflows.bookings.supply import Stock, Supply
from workflows.definition import Definition


@dataclass(frozen=True, slots=True)
class Claim:
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


def part_of(supply: Supply, fields: Mapping[str, Any]) -> str:
    """The option of which a case wants something."""
    return str(fields.get(supply.of) or "") if supply.of else ""
