"""What a step of a case does to what it has booked; the one place from which `cases.py` and `notices.py` reach in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from township.db import Tx
from township.workdays import Calendar
from workflows.bookings import keeping, line, steering, times
from workflows.bookings.keeping import Changed
from workflows.bookings.line import Door
from workflows.definition import Definition
from workflows.records import Record
from workflows.state import CaseState, Command


def settled(definition: Definition, values: Mapping[str, Any], now: datetime, calendar: Calendar) -> dict[str, Any]:
    """Put the offered times in place of what was said."""
    return times.settled(definition, values, now, calendar) if definition.workflow.slots else dict(values)


def follow(tx: Tx, record: Record, state: CaseState, command: Command, now: datetime) -> Changed | None:
    """Take and give back what a case now claims, and let it come into its line or leave it; None: it books nothing."""
    if not record.definition.workflow.books:
        return None
    row, places = record.row, (state.stage, *state.where.places)
    changed = Changed(
        row["town_id"], row["village_id"], row["id"], record.definition, state.fields, command.action,
        command.values, places if state.is_open else (), state.cast.affected, command.by or command.hearer, now,
    )  # fmt: skip
    keeping.follow(tx, changed)
    steering.steer(tx, changed)
    line.follow(tx, changed)
    return changed


def go_on(tx: Tx, changed: Changed, door: Door) -> list[Any]:
    """Call whoever is next in the case's line; returns what came of it."""
    return line.go_on(tx, changed, door)


def words(tx: Tx, definition: Definition, case_id: str) -> Mapping[str, str]:
    """What a sentence may say of a case in its line: its number, or the one it had, and how many come before."""
    if definition.workflow.queue is None:
        return {}
    standing = line.standing(tx, case_id)
    if standing is None:
        return {"turn": line.number_had(tx, case_id), "ahead": ""}
    return {"turn": str(standing.number), "ahead": str(standing.ahead)}
