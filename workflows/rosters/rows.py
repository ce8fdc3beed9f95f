"""Rows of rosters looked at: the case of a row, the rows of a service."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from township.db import Tx
from township.models import villages
from workflows import values
from workflows.rosters import cells
from workflows.rosters.models import roster_rows


def case_of(tx: Tx, *, town_id: str, skill: str, cell: str) -> str:
    """Find the case of the row in which a cell stands, or of a round's village by its name; empty: none."""
    mine = (roster_rows.c.town_id == town_id, roster_rows.c.skill == skill, roster_rows.c.case_id.is_not(None))
    placed = roster_rows.join(villages, villages.c.id == roster_rows.c.village_id)
    chosen = sa.select(roster_rows.c.case_id, roster_rows.c.row_ref, villages.c.name).select_from(placed)
    rows = tx.execute(chosen.where(*mine)).all()
    held = values.texts_of(tx, [row.row_ref for row in rows if row.row_ref])
    found = (row.case_id for row in rows if cell in _cells(row, held))
    return str(next(found, ""))


def _cells(row: Any, held: Mapping[str, Any]) -> list[str]:
    """What stands in a row, nothing once it was erased; a round's is known by its village."""
    return list(cells.read(held.get(row.row_ref, "[]"), ())[1]) if row.row_ref else [row.name]
