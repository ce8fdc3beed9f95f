"""What was done lately and what is shown to everybody: kind, village, days; names only as far as they are shown."""

from functools import partial
from typing import Final

import sqlalchemy as sa
from fastapi import APIRouter
from starlette.responses import Response

from bot.web.doors import Deps
from bot.web.pages import Pages
from skills.reports import report_services
from township.db import Tx
from township.models import towns
from workflows.public import board, showings
from workflows.public.board import PublicCase
from workflows.public.showings import Shown

PATH: Final = "/b"


def routes(deps: Deps, pages: Pages) -> APIRouter:
    """Mount the board of each town."""
    router = APIRouter(prefix=PATH)

    @router.get("/{town_id}")
    async def listed(town_id: str) -> Response:
        found = await deps.db.read(partial(look, town_id=town_id))
        if found is None:
            return pages.show("board/lapsed.html", 404)
        town, done, shown = found
        return pages.show("board/listed.html", town=town, done=done, shown=shown)

    return router


def look(tx: Tx, *, town_id: str) -> tuple[str, list[PublicCase], list[Shown]] | None:
    """Read the board of a town; None where there is no such town."""
    name = tx.execute(sa.select(towns.c.name).where(towns.c.id == town_id)).scalar()
    if name is None:
        return None
    done = board.finished(tx, town_id, report_services(tx, town_id))
    return str(name), done, showings.listed(tx, town_id, limit=board.SHOWN)
