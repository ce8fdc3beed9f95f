"""Sheets of facts that a colleague brought: they wait for a second person, and nothing of them is told before."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from knowledge import facts
from knowledge.facts import Change, Fact
from knowledge.factsheet import Sheet
from knowledge.models import VersionState, fact_sheets
from township.db import Tx, locked
from township.errors import Mistake, Refused
from township.ids import new_id

DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Draft:
    """A sheet that waits, and what it would change as the facts are now."""

    id: str
    file_name: str
    brought_by: str
    brought_at: datetime
    changes: tuple[Change, ...]
    unchanged: int


def bring(tx: Tx, town_id: str, sheet: Sheet, file_name: str, *, by: str, at: datetime) -> Draft | None:
    """Store a sheet as a draft; None if it changes nothing. Samples of the invented town stay there."""
    if sheet.has_samples and not facts.are_samples(tx, town_id):
        raise Mistake("fact_still_sample", file=file_name)
    if not facts.changes(tx, town_id, sheet.facts, sheet.ended):
        return None
    rows = [*(_written(fact) for fact in sheet.facts), *(_written(fact) | {"ended": True} for fact in sheet.ended)]
    values = {"id": new_id(), "town_id": town_id, "file_name": file_name, "rows": rows, "brought_by": by}
    tx.execute(fact_sheets.insert().values(**values, brought_at=at, state=VersionState.draft.value))
    return get(tx, town_id, str(values["id"]))


def get(tx: Tx, town_id: str, draft_id: str) -> Draft:
    """Show a sheet before it is confirmed: each fact before and after."""
    row = tx.execute(_of_town(town_id).where(fact_sheets.c.id == draft_id)).mappings().first()
    if row is None:
        raise Mistake("fact_sheet_unknown")
    if row["state"] != VersionState.draft:
        raise Refused("fact_sheet_not_draft")
    return _draft(tx, row)


def waiting(tx: Tx, town_id: str) -> list[Draft]:
    """List the sheets that wait for a second person, the oldest first."""
    mine = _of_town(town_id).where(fact_sheets.c.state == VersionState.draft).order_by(fact_sheets.c.brought_at)
    return [_draft(tx, row) for row in tx.execute(mine).mappings().all()]


def confirm(tx: Tx, town_id: str, draft_id: str, *, by: str, at: datetime) -> int:
    """Put a sheet in force; the person who brought it cannot. Gives how many facts changed."""
    row = _open(tx, town_id, draft_id)
    if by == row["brought_by"]:
        raise Refused("needs_second_person")
    wanted, ended = _read(row["rows"])
    changed = facts.store(tx, town_id, wanted, at=at, sample=facts.are_samples(tx, town_id), ended=ended)
    _settle(tx, draft_id, VersionState.in_force.value, by, at)
    return changed


def discard(tx: Tx, town_id: str, draft_id: str, *, by: str | None, at: datetime) -> None:
    """Throw a sheet away."""
    _open(tx, town_id, draft_id)
    _settle(tx, draft_id, DISCARDED, by, at)


def _of_town(town_id: str) -> sa.Select[Any]:
    return sa.select(fact_sheets).where(fact_sheets.c.town_id == town_id)


def _open(tx: Tx, town_id: str, draft_id: str) -> sa.RowMapping:
    row = tx.execute(locked(_of_town(town_id).where(fact_sheets.c.id == draft_id))).mappings().first()
    if row is None:
        raise Mistake("fact_sheet_unknown")
    if row["state"] != VersionState.draft:
        raise Refused("fact_sheet_not_draft")
    return row


def _settle(tx: Tx, draft_id: str, state: str, by: str | None, at: datetime) -> None:
    decided = {"state": state, "decided_by": by, "decided_at": at}
    tx.execute(fact_sheets.update().where(fact_sheets.c.id == draft_id).values(**decided))


def _draft(tx: Tx, row: sa.RowMapping) -> Draft:
    wanted, ended = _read(row["rows"])
    changes = facts.changes(tx, row["town_id"], wanted, ended)
    same = len(wanted) - sum(change.after is not None for change in changes)
    return Draft(row["id"], row["file_name"], row["brought_by"], row["brought_at"], tuple(changes), same)


def _written(fact: Fact) -> dict[str, Any]:
    values = asdict(fact)
    values |= {name: values[name] and values[name].isoformat() for name in ("valid_until", "last_checked")}
    return {name: value for name, value in values.items() if name not in ("id", "audience")}


def _read(rows: Sequence[Mapping[str, Any]]) -> tuple[list[Fact], list[Fact]]:
    wanted: list[Fact] = []
    ended: list[Fact] = []
    for row in rows:
        values = {name: value for name, value in row.items() if name != "ended"}
        days = {name: values[name] and date.fromisoformat(values[name]) for name in ("valid_until", "last_checked")}
        fact = Fact(**{**values, **days, "questions": tuple(values["questions"])})
        (ended if row.get("ended") else wanted).append(fact)
    return wanted, ended
