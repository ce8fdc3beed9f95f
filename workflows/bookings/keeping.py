"""Things and times that cases hold: taken, changed, given back and lost as the case and its form say.

`follow` runs in every transaction that opens or changes a case of such a service: what the case claims is compared
with the rows it has, and what cannot be had refuses the whole step.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Mistake
from township.statements import Row
from township.workdays import Calendar
from workflows.bookings import rack, room, times
from workflows.bookings.claims import Claim, check, claims, part_of
from workflows.bookings.rack import HELD, LOST, OVER, Rack
from workflows.bookings.room import Span
from workflows.definition import Definition
from workflows.fields.wording import say_day
from workflows.house import texts

OPENED = "open"
"""The step by which a case begins."""


class Changed(Struct, frozen=True):
    """A case as it stands after a step, as far as bookings follow it."""

    town_id: str
    village_id: str | None
    case_id: str
    definition: Definition
    fields: Mapping[str, Any]
    action: str
    """The step that was taken."""
    given: Mapping[str, Any]
    """What it brought."""
    places: tuple[str, ...]
    """The stages in which the case stands; none when it is closed."""
    affected: str | None
    by: str | None
    """Who took the step."""
    now: datetime

    @property
    def is_open(self) -> bool:
        return bool(self.places)


def follow(tx: Tx, changed: Changed) -> None:
    """Let the rows of a case be what it claims now; too little of a thing is a Mistake that says how much there is."""
    workflow = changed.definition.workflow
    if not workflow.stock and not workflow.slots:
        return
    _note_returned(tx, changed)
    held = {(row["thing"], row["part"]): row for row in rack.of_case(tx, changed.case_id, HELD)}
    wanted = claims(changed.definition, changed.fields) if changed.is_open else []
    rows = [held.pop((claim.thing, claim.part), None) for claim in wanted]
    others = [
        (claim, row)
        for claim, row in zip(wanted, rows, strict=True)
        if row is None or (row["amount"], row["begins"], row["ends"]) != (claim.amount, *_ends(claim))
    ]
    if changed.is_open:
        check(changed.definition, [claim for claim, _ in others], changed.now, is_new=changed.action == OPENED)
    for claim, row in others:
        _take(tx, changed, claim, row)
    for row in held.values():
        rack.update(tx, row["id"], state=OVER, over_at=changed.now)


def _ends(claim: Claim) -> tuple[datetime, datetime]:
    return claim.span.begins, claim.span.ends


def _take(tx: Tx, changed: Changed, claim: Claim, row: Row | None) -> None:
    supply = rack.supply_now(tx, changed.town_id, changed.definition, claim.thing)
    where = rack.rack_of(
        supply, changed.town_id, changed.village_id, changed.definition.skill, claim.thing, claim.part
    )  # fmt: skip
    rack.lock(tx, where)
    _check_room(tx, changed, claim, where, rack.amount_of(tx, supply, where))
    columns = {"amount": claim.amount, "begins": claim.span.begins, "ends": claim.span.ends}
    if row is None:
        rack.add(tx, where, changed.case_id, state=HELD, **columns)
    else:
        rack.update(tx, row["id"], **columns)


def _check_room(tx: Tx, changed: Changed, claim: Claim, where: Rack, amount: int) -> None:
    is_stock = claim.thing in changed.definition.workflow.stock
    taken = rack.taken(tx, where, changed.now, comes_back=is_stock, but=changed.case_id)
    free = room.free(amount, taken, claim.span)
    if free >= claim.amount:
        return
    spec = changed.definition.form[claim.thing]
    if claim.thing in changed.definition.workflow.slots:
        raise Mistake("time_taken", field=claim.thing, name=spec.name)
    later = room.nearest(amount, taken, claim.span, claim.amount)
    unit = spec.unit[0] if spec.unit else ""
    known = {"field": claim.thing, "name": spec.name, "free": free, "unit": unit, "wanted": claim.amount}
    if later is None:
        raise Mistake("never_enough", **known, amount=amount)
    day = later.begins.date().isoformat()
    raise Mistake("not_enough", **known, day=say_day(day, texts()), on=day)


def _note_returned(tx: Tx, changed: Changed) -> None:
    """Write down what came back so far, and what is lost or broken: it stays missing after the case is closed."""
    for thing, supply in changed.definition.workflow.stock.items():
        back, lost = (int(changed.given.get(name) or 0) if name else 0 for name in (supply.back, supply.lost))
        if not back and not lost:
            continue
        rows = rack.of_case(tx, changed.case_id, HELD)
        row = next((one for one in rows if one["thing"] == thing), None)
        out = row["amount"] - row["back"] if row is not None else 0
        if row is None or back < 0 or lost < 0 or back + lost > out:
            field = supply.lost if lost else supply.back
            raise Mistake("more_than_out", field=field or thing, name=changed.definition.form[thing].name, out=out)
        rack.update(tx, row["id"], back=row["back"] + back + lost)
        if lost:
            rack.add(tx, Rack.of(row), changed.case_id, state=LOST, amount=lost, begins=changed.now)


class Out(Struct, frozen=True):
    """What a case still has of a thing."""

    thing: str
    amount: int
    ends: datetime

    @property
    def last(self) -> date:
        """The last day of it."""
        return (self.ends - timedelta(microseconds=1)).astimezone(SHANGHAI).date()


def held_by(tx: Tx, case_id: str) -> list[Out]:
    """List what a case has and has not given back."""
    rows = [row for row in rack.of_case(tx, case_id, HELD) if row["ends"] is not None]
    return [Out(row["thing"], row["amount"] - row["back"], row["ends"]) for row in rows if row["amount"] > row["back"]]


class Free(Struct, frozen=True):
    """How much of a thing is free in a span."""

    thing: str
    name: str
    """The thing as people call it."""
    unit: str
    free: int
    amount: int


def free_during(tx: Tx, town_id: str, village_id: str | None, definition: Definition, span: Span, now: datetime,
                fields: Mapping[str, Any] | None = None) -> list[Free]:  # fmt: skip
    """Say what of a service's things is free in a span; `fields`: which option is meant, where there are several."""
    found = []
    for thing, supply in definition.workflow.stock.items():
        spec, known = definition.form[thing], fields or {}
        parts = (
            [part_of(supply, known)] if not supply.of or known.get(supply.of) else definition.form[supply.of].options
        )
        for part in parts:
            where = rack.rack_of(supply, town_id, village_id, definition.skill, thing, part)
            amount = rack.amount_of(tx, supply, where)
            name = definition.form[supply.of].options[part].name if supply.of and part else spec.name
            left = room.free(amount, rack.taken(tx, where, now), span)
            found.append(Free(thing, name, spec.unit[0] if spec.unit else "", left, amount))
    return found


def free_times(tx: Tx, town_id: str, village_id: str | None, definition: Definition, thing: str, now: datetime,
               fields: Mapping[str, Any], calendar: Calendar, most: int = 5) -> list[Span]:  # fmt: skip
    """List the nearest times that can still be booked."""
    supply = definition.workflow.slots[thing]
    where = rack.rack_of(supply, town_id, village_id, definition.skill, thing, part_of(supply, fields))
    amount, taken = rack.amount_of(tx, supply, where), rack.taken(tx, where, now, comes_back=False)
    found = []
    for span in times.offered(supply, now, calendar):
        if room.free(amount, taken, span) > 0:
            found.append(span)
        if len(found) == most:
            break
    return found


def free_at(tx: Tx, town_id: str, village_id: str | None, definition: Definition, thing: str, now: datetime,
            fields: Mapping[str, Any], calendar: Calendar) -> int:  # fmt: skip
    """Say how many can still book the time that the fields name; none where it is not offered."""
    supply = definition.workflow.slots[thing]
    span = times.meant(supply, fields.get(thing), now, calendar)
    where = rack.rack_of(supply, town_id, village_id, definition.skill, thing, part_of(supply, fields))
    taken = rack.taken(tx, where, now, comes_back=False)
    return room.free(rack.amount_of(tx, supply, where), taken, span) if span else 0
