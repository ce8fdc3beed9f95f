"""What came of a roster's rows, written back into its sheet: its own columns, its own order, nothing typed twice."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township import audit, directory
from township.audit import AuditEntry
from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Mistake
from township.scope import Scope
from workflows import definitions, offers, values
from workflows.definition import Definition, FieldKind
from workflows.flow.besides import DOER, REMARK
from workflows.models import case_events, cases
from workflows.notices import said
from workflows.rosters import cells
from workflows.rosters.bringing import GONE, RENEWED, roster_of, texts
from workflows.rosters.models import roster_rows, rosters
from workflows.rosters.reading import plain
from workflows.state import Via
from workflows.visibility import may_see, sight

JOINED = "join"
"""Somebody else wants to hear of it: nothing was done."""
CHUNK = 500
"""Cases whose events are read at once."""


class Filled(Struct, frozen=True):
    """A sheet to hand over."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def table(self) -> list[Sequence[str]]:
        """The head and the rows."""
        return [self.columns, *self.rows]


class _Last(Struct, frozen=True):
    """What was done last with a case."""

    title: str
    by: str
    at: datetime


def fill(tx: Tx, scope: Scope, skill: str, *, now: datetime) -> Filled:
    """Write what came of each row that this scope may see; who had the names is written down."""
    definition = roster_of(tx, scope.town_id, skill)
    mine = (rosters.c.town_id == scope.town_id, rosters.c.skill == skill)
    brought = tx.execute(sa.select(rosters.c.head, rosters.c.brought_by).where(*mine)).first()
    if brought is None:
        raise Mistake("roster_nothing_to_fill", name=definition.name)
    is_own = brought.brought_by == scope.person_id and definition.workflow.restricted is None
    rows = _rows(tx, scope, skill, is_own=is_own)
    if not rows:
        raise Mistake("roster_none_to_see", name=definition.name)
    sheet = _Sheet(definition, tuple(brought.head))
    held_cells = values.texts_of(tx, [row.row_ref for row in rows])
    last = _last(tx, [row.case_id for row in rows if row.case_id])
    held = values.resolve(tx, [row.fields or {} for row in rows])
    written = tuple(
        sheet.row(cells.under(held_cells.get(row.row_ref, "[]"), brought.head), fields, last.get(row.case_id or ""))
        for row, fields in zip(rows, held, strict=True)
    )
    entry = AuditEntry(scope.person_id, None, "exported", "roster", f"{skill}: {len(written)}", now)
    audit.record(tx, scope.town_id, entry)
    return Filled(sheet.columns, written)


def _rows(tx: Tx, scope: Scope, skill: str, *, is_own: bool) -> Sequence[Any]:
    """The rows in the order of the sheet; one whose case this scope may not see is left out.

    Who brought the sheet has read every name in it, and gets all of its rows back.
    """
    joined = roster_rows.outerjoin(cases, cases.c.id == roster_rows.c.case_id)
    mine = (roster_rows.c.town_id == scope.town_id, roster_rows.c.skill == skill)
    its_village = roster_rows.c.village_id.in_(sa.bindparam("its_villages", expanding=True))
    watched = sa.or_(sa.bindparam("its_watch", type_=sa.Boolean()) == sa.true(), its_village)
    seen = sa.or_(sa.and_(roster_rows.c.case_id.is_(None), watched), may_see(), sa.literal(is_own))
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

    def row(self, cells: Sequence[str], fields: Mapping[str, Any], last: "_Last | None") -> tuple[str, ...]:
        filled = [*cells, *[""] * (len(self.columns) - len(cells))]
        words = {**said(self.definition, fields)}
        if last is not None:
            words |= {"done": last.title, "by": last.by, "at": f"{last.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"}
        words = self._with_remark(words)
        for name, what in self.back.items():
            if words.get(what):
                filled[self.places[name]] = words[what]
        return tuple(filled)

    def _with_remark(self, words: dict[str, str]) -> dict[str, str]:
        """Put what was said behind a mark where the sheet has a place for words; else behind what was done."""
        remark, what = words.get(REMARK, ""), set(self.back.values())
        if not remark or "remark" in what:
            return {**words, "remark": remark}
        specs = self.definition.fields()
        written = next((one for one in self.back.values() if one in specs and specs[one].kind is FieldKind.TEXT), "")
        if written:
            both = (words.get(written), remark)
            return {**words, written: texts().say("roster_between").join(one for one in both if one)}
        if words.get("done"):
            return {**words, "done": texts().say("roster_done_with", done=words["done"], remark=remark)}
        return words


def _last(tx: Tx, case_ids: Sequence[str]) -> dict[str, _Last]:
    """Find what was done last with each case by a person, or from outside; what was taken back was never done."""
    found: dict[str, list[Any]] = {}
    for start in range(0, len(case_ids), CHUNK):
        for event in tx.execute(_DONE, {"its_cases": case_ids[start : start + CHUNK]}):
            before = found.setdefault(event.case_id, [])
            if "undone" not in event.data:
                before.append(event)
            elif before:
                before.pop()
    last = {case_id: done[-1] for case_id, done in found.items() if done}
    people = directory.persons(tx, {event.by_id for event in last.values() if event.by_id})
    doers = values.resolve(tx, [event.data.get("values", {}) for event in last.values()])
    return {
        case_id: _Last(
            _title(tx, event), people[event.by_id].name if event.by_id in people else given.get(DOER, ""), event.at
        )
        for (case_id, event), given in zip(last.items(), doers, strict=True)
    }


def _done() -> sa.Select[Any]:
    own = (getattr(case_events.c, name) for name in ("case_id", "action", "by_id", "at", "stage", "data", "town_id"))
    joined = case_events.join(cases, cases.c.id == case_events.c.case_id)
    by_people = sa.or_(case_events.c.by_id.is_not(None), case_events.c.via == Via.LINK.value)
    by_people = sa.and_(by_people, case_events.c.action.not_in((JOINED, RENEWED)))
    mine = (case_events.c.case_id.in_(sa.bindparam("its_cases", expanding=True)), case_events.c.kind == "acted")
    return sa.select(*own, cases.c.definition).select_from(joined).where(*mine, by_people).order_by(case_events.c.seq)


_DONE = _done()


def _title(tx: Tx, event: Any) -> str:
    action = offers.named(definitions.pinned(tx, event.town_id, event.definition), event.stage, event.action)
    return action.title if action else str(event.action)
