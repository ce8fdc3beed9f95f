"""The services of a town that are worked off from a roster, and how far each is."""

from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from township.db import Tx
from workflows import definitions
from workflows.models import cases
from workflows.rosters.models import roster_rows, rosters


class Service(Struct, frozen=True):
    """One of them."""

    skill: str
    name: str
    rows: int = 0
    open: int = 0
    file: str = ""
    brought_at: datetime | None = None
    """Empty: no sheet came yet."""


def of_town(tx: Tx, town_id: str) -> list[Service]:
    """List them by name."""
    joined = roster_rows.outerjoin(cases, cases.c.id == roster_rows.c.case_id)
    still = sa.func.sum(sa.case((cases.c.result == "", 1), else_=0))
    counted = sa.select(roster_rows.c.skill, sa.func.count().label("held"), still.label("open")).select_from(joined)
    mine = counted.where(roster_rows.c.town_id == town_id).group_by(roster_rows.c.skill)
    counts = {row.skill: row for row in tx.execute(mine)}
    sheets = {row.skill: row for row in tx.execute(sa.select(rosters).where(rosters.c.town_id == town_id))}
    found = []
    for digest in definitions.published_hashes(tx, town_id):
        definition = definitions.pinned(tx, town_id, digest)
        if definition.workflow.roster is None:
            continue
        count, sheet = counts.get(definition.skill), sheets.get(definition.skill)
        rows, still_open = (int(count.held), int(count.open or 0)) if count else (0, 0)
        file, at = (sheet.file, sheet.brought_at) if sheet else ("", None)
        found.append(Service(definition.skill, definition.name, rows, still_open, file, at))
    return sorted(found, key=lambda one: one.name)
