"""Rows of rosters looked at: the case of a row, the rows of a service."""

import json

import sqlalchemy as sa

from township.db import Tx
from workflows import values
from workflows.rosters.models import roster_rows


def case_of(tx: Tx, *, town_id: str, skill: str, cell: str) -> str:
    """Find the case of the row in which a cell stands; empty where there is none."""
    mine = (roster_rows.c.town_id == town_id, roster_rows.c.skill == skill, roster_rows.c.case_id.is_not(None))
    rows = tx.execute(sa.select(roster_rows.c.case_id, roster_rows.c.row_ref).where(*mine)).all()
    held = values.texts_of(tx, [row.row_ref for row in rows if row.row_ref])
    found = (row.case_id for row in rows if cell in json.loads(held.get(row.row_ref, "[]")))
    return str(next(found, ""))
