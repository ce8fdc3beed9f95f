"""When somebody of the office first did something about a case: the first answer that a villager got."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from township.db import Tx
from workflows.models import case_events, case_people

SLICE = 500
"""Cases of one statement."""


def of_cases(tx: Tx, case_ids: Iterable[str]) -> Mapping[str, datetime]:
    """Give the moment of each case's first act by neither the villager nor the clock, where there is one."""
    wanted = list(case_ids)
    found: dict[str, datetime] = {}
    events, people = case_events.c, case_people.c
    is_villager = sa.exists().where(
        people.case_id == events.case_id, people.person_id == events.by_id, people.part.in_(("affected", "spoke"))
    )
    for start in range(0, len(wanted), SLICE):
        chosen = (
            sa.select(events.case_id, sa.func.min(events.at).label("at"))
            .where(
                events.case_id.in_(wanted[start : start + SLICE]),
                events.kind == "acted",
                events.by_id.is_not(None),
                sa.not_(is_villager),
            )
            .group_by(events.case_id)
        )
        found |= {row.case_id: row.at for row in tx.execute(chosen)}
    return found
