"""Closed cases written back for the system they came from (回填): its columns, its words, nothing typed twice."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from township import audit, directory
from township.audit import AuditEntry
from township.db import Tx
from township.errors import Mistake
from township.scope import Scope
from workflows import casebook, values
from workflows.casebook import CaseView
from workflows.orders import style, systems
from workflows.orders.columns import Meaning
from workflows.orders.models import orders
from workflows.orders.style import Outcome, Style
from workflows.orders.systems import System
from workflows.public import firsts

WORDS_OF_RESULT = ("result", "answer", "reason", "note")
"""Fields that say what was done, the plainest first."""
SOLVED: Mapping[str, bool] = {"done": True, "refused": False}
"""What the villager said, by result; who did not answer has said nothing."""


class Filled(Struct, frozen=True):
    """Rows to hand over, and the orders they are of."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[str, ...]

    def table(self) -> list[Sequence[str]]:
        """The head and the rows."""
        return [self.columns, *self.rows]


def fill(tx: Tx, scope: Scope, system: str, *, again: bool = False) -> Filled:
    """Write the closed cases of a system that this scope may see; `again`: also those that were handed over before."""
    known = systems.get(tx, scope.town_id, system)
    if known is None:
        raise Mistake("order_system_unknown", system=system)
    mine = [orders.c.town_id == scope.town_id, orders.c.system == system]
    if not again:
        mine.append(orders.c.filled_at.is_(None))
    rows = tx.execute(sa.select(orders).where(*mine).order_by(orders.c.brought_at, orders.c.number)).all()
    came = values.texts_of(tx, [row.row_ref for row in rows])
    written = [
        (row.number, _row(tx, known, came[row.row_ref], case))
        for row in rows
        if row.row_ref in came and (case := casebook.get(tx, scope, row.case_id)) and not case.is_open
    ]
    counted = tuple(_counted(known, row, n) for n, (_, row) in enumerate(written, 1))
    return Filled(known.columns, counted, tuple(number for number, _ in written))


def handed_over(tx: Tx, scope: Scope, system: str, filled: Filled, *, now: datetime) -> None:
    """Write down that these rows left the house, and by whom."""
    mine = (orders.c.town_id == scope.town_id, orders.c.system == system, orders.c.number.in_(filled.numbers))
    tx.execute(sa.update(orders).where(*mine).values(filled_at=now))
    entry = AuditEntry(scope.person_id, None, "exported", "orders", f"{system}: {len(filled.numbers)}", now)
    audit.record(tx, scope.town_id, entry)


def _counted(system: System, row: Sequence[str], number: int) -> tuple[str, ...]:
    """A row with its place among those that are handed over, where the sheet counts them."""
    meanings = (system.meanings.get(name) for name in system.columns)
    return tuple(str(number) if one is Meaning.ROW else cell for one, cell in zip(meanings, row, strict=True))


def outcome_of(tx: Tx, case: CaseView) -> Outcome:
    """Say what became of a case."""
    said = next((case.said[name] for name in WORDS_OF_RESULT if case.said.get(name)), "")
    handler = directory.person(tx, case.cast.assignee) if case.cast.assignee else None
    first = firsts.of_cases(tx, [case.id]).get(case.id)
    closed = case.closed_at or case.changed_at
    return Outcome(case.number, said, SOLVED.get(case.result), closed, first, handler.name if handler else "")


def _row(tx: Tx, system: System, came: str, case: CaseView) -> tuple[str, ...]:
    cells: Mapping[str, str] = json.loads(came)
    outcome, how = outcome_of(tx, case), Style.from_json(system.style)
    return tuple(style.written(system.columns, system.meanings, cells, outcome, how))
