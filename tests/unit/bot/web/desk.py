"""A town in which what is said at the desk is sorted as the bot sorts it."""

from dataclasses import replace

import sqlalchemy as sa

from bot.incoming.sorting import sorting
from bot.web.doors import Deps
from township.db import Tx
from township.ids import new_id
from township.models import grants
from workflows.models import cases


async def with_town_clerk(deps: Deps) -> Deps:
    """Make 马丽 a clerk of the whole town, and sort as the bot does."""

    def appoint(tx: Tx) -> None:
        row = {"id": new_id(), "town_id": "shilizhen", "person_id": "c-0008", "role": "town_clerk", "village_id": None}
        tx.execute(sa.insert(grants).values(row))

    await deps.db.write(appoint)
    return replace(deps, sorting=sorting)


async def rows_of(deps: Deps) -> list[sa.Row[tuple[object, ...]]]:
    """Read all cases, the oldest first."""
    return await deps.db.read(lambda tx: list(tx.execute(sa.select(cases).order_by(cases.c.opened_at)).all()))
