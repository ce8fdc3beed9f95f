"""The open case of a round in one village, for whoever lives there and has something to say of it."""

import sqlalchemy as sa

from township.db import Tx
from workflows.models import cases


def open_case(tx: Tx, town_id: str, village_id: str, skill: str) -> str:
    """Find the newest open case of a service in a village; empty where there is none."""
    mine = (cases.c.town_id == town_id, cases.c.village_id == village_id, cases.c.skill == skill, cases.c.result == "")
    newest = sa.select(cases.c.id).where(*mine).order_by(cases.c.opened_at.desc(), cases.c.id.desc()).limit(1)
    return str(tx.execute(newest).scalar() or "")
