"""What came of a roster's rows, written back into its sheet: its own columns, its own order, nothing typed twice."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from township import audit, directory
from township.audit import AuditEntry
from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Mistake
from township.scope import Scope
from workflows import definitions, offers, values
from workflows.definition import Definition
from workflows.models import case_events, cases
from workflows.notices import said
from workflows.rosters.bringing import GONE, roster_of
from workflows.rosters.models import roster_rows, rosters
from workflows.rosters.reading import plain
from workflows.visibility import may_see, sight

CHUNK = 500
"""Cases whose events are read at once."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet to hand over."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def table(self) -> list[Sequence[str]]:
        """The head and the rows."""
        return [self.columns, *self.rows]


@dataclass(frozen=True, slots=True)
class _Last:
    """What was done last with a case."""

    title: str
    by: str
    at: datetime


def fill(tx: Tx, scope: Scope, skill: str, *, now: datetime) -> Filled:
    """Write what came of each row that this scope may see; who had the names is written down."""
    definition = roster_of(tx, scope.town_id, skill)
    mine = (rosters.c.town_id == scope.town_id, rosters.c.skill == skill)
    head = tx.execute(sa.select(rosters.c.head).where(*mine)).scalar()
    rows = _rows(tx, scope, skill)
    if head is None or not rows:
        raise Mistake("roster_nothing_to_fill", name=definition.name)
    sheet = _Sheet(definition, tuple(head))
    cells = values.texts_of(tx, [row.row_ref for row in rows])
    last = _last(tx, scope.town_id, [row.case_id for row in rows if row.case_id])
    held = values.resolve(tx, [row.fields or {} for row in rows])
    written = tuple(
        sheet.row(json.loads(cells.get(row.row_ref, "[]")), row, fields, last.get(row.case_id or ""))
        for row, fields in zip(rows, held, strict=True)
    )
    entry = AuditEntry(scope.person_id, None, "exported", "roster", f"{skill}: {len(written)}", now)
    audit.record(tx, scope.town_id, entry)
    return Filled(sheet.columns, written)


def _rows(tx: Tx, scope: Scope, skill: str) -> Sequence[Any]:
    """The rows in the order of the sheet; one whose case this scope may not see is left out."""
    joined = roster_rows.outerjoin(cases, cases.c.id == roster_rows.c.case_id)
    mine = (roster_rows.c.town_id == scope.town_id, roster_rows.c.skill == skill)
    its_village = roster_rows.c.village_id.in_(sa.bindparam("its_villages", expanding=True))
    watched = sa.or_(sa.bindparam("its_watch", type_=sa.Boolean()) == sa.true(), its_village)
    seen = sa.or_(sa.and_(roster_rows.c.case_id.is_(None), watched), may_see())
    chosen = sa.select(roster_rows, cases.c.fields, cases.c.result, cases.c.definition).select_from(joined)
    ordered = chosen.where(*mine, seen, roster_rows.c.place != GONE).order_by(roster_rows.c.place, roster_rows.c.key)
    return tx.execute(ordered, dict(sight(scope))).all()


class _Sheet:
    """The columns of a sheet, those behind them that it did not have, and how a row is filled."""

    def __init__(self, definition: Definition, head: tuple[str, ...]) -> None:
        roster = definition.workflow.roster
        self.definition = definition
        self.back = roster.back if roster else {}
        known = {plain(name) for name in head}
        self.columns = (*head, *(name for name in self.back if plain(name) not in known))
        by_name = {plain(name): at for at, name in reversed(list(enumerate(self.columns)))}
        self.places = {name: by_name[plain(name)] for name in self.back}

    def row(self, cells: Sequence[str], row: Any, fields: Mapping[str, Any], last: "_Last | None") -> tuple[str, ...]:
        filled = [*cells, *[""] * (len(self.columns) - len(cells))]
        words = {**said(self.definition, fields)}
        if last is not None:
            words |= {"done": last.title, "by": last.by, "at": f"{last.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"}
        for name, what in self.back.items():
            if words.get(what):
                filled[self.places[name]] = words[what]
        return tuple(filled)


def _last(tx: Tx, town_id: str, case_ids: Sequence[str]) -> dict[str, _Last]:
    """Find what a person did last with each case; what the clock did is nobody's work."""
    found: dict[str, Any] = {}
    for start in range(0, len(case_ids), CHUNK):
        some = case_ids[start : start + CHUNK]
        own = (getattr(case_events.c, name) for name in ("case_id", "action", "by_id", "at", "stage"))
        chosen = sa.select(*own, cases.c.definition).join(cases, cases.c.id == case_events.c.case_id)
        acted = (case_events.c.case_id.in_(some), case_events.c.kind == "acted", case_events.c.by_id.is_not(None))
        found |= {row.case_id: row for row in tx.execute(chosen.where(*acted).order_by(case_events.c.seq))}
    people = directory.persons(tx, {row.by_id for row in found.values()})
    return {
        case_id: _Last(_title(tx, town_id, row), people[row.by_id].name if row.by_id in people else "", row.at)
        for case_id, row in found.items()
    }


def _title(tx: Tx, town_id: str, row: Any) -> str:
    action = offers.named(definitions.pinned(tx, town_id, row.definition), row.stage, row.action)
    return action.title if action else row.action
