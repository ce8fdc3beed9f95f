"""Open311 GeoReport v2, for reading only: `/open311/v2/services.json`, `/requests.json`, `/requests/{id}.json`.

Mounted only where the setting DINGLIN_OPEN311 says so. Nobody signs in: nothing stands here that is not on the public
board.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bot.web.doors import Deps
from skills import registry
from skills.reports import report_services
from township.db import Tx
from township.models import towns
from workflows.public import board, open311
from workflows.public.board import PublicCase

PATH: Final = "/open311/v2"
SPAN: Final = timedelta(days=90)
"""As the protocol has it: without dates the last ninety days, and never more at once."""
MOST: Final = 1000


def routes(deps: Deps) -> APIRouter:
    """Mount the three lists."""
    router = APIRouter(prefix=PATH)

    @router.get("/services.json")
    async def services(request: Request) -> JSONResponse:
        asked = request.query_params.get("jurisdiction_id", "")
        return JSONResponse(await deps.db.read(partial(services_of, town_id=asked)))

    @router.get("/requests.json")
    async def requests(request: Request) -> JSONResponse:
        asked = request.query_params
        since, until = _span(asked.get("start_date", ""), asked.get("end_date", ""), deps.clock.now())
        look = partial(requests_of, town_id=asked.get("jurisdiction_id", ""), since=since, until=until)
        found = await deps.db.read(look)
        return JSONResponse([one for one in found if _is_asked_for(one, asked.get("status", ""))])

    @router.get("/requests/{number}.json")
    async def request_of(request: Request, number: str) -> JSONResponse:
        asked = request.query_params.get("jurisdiction_id", "")
        found = await deps.db.read(partial(one_request, town_id=asked, number=number))
        return JSONResponse(found, 200 if found else 404)

    return router


def services_of(tx: Tx, *, town_id: str) -> list[dict[str, Any]]:
    """List the kinds of matters of a town; without one, of the first."""
    town_id, name = _town(tx, town_id)
    known = report_services(tx, town_id)
    offered = registry.offered(tx, town_id)
    return open311.services([one.definition for one in offered if one.id in known], name)


def requests_of(tx: Tx, *, town_id: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """List the matters of a span of time."""
    town_id, name = _town(tx, town_id)
    known: Collection[str] = report_services(tx, town_id)
    found = board.opened_between(tx, town_id, known, since, until, limit=MOST)
    return [open311.request(one, name) for one in found]


def one_request(tx: Tx, *, town_id: str, number: str) -> list[dict[str, Any]]:
    """Find one matter by its number; the protocol has it in a list."""
    town_id, name = _town(tx, town_id)
    found: PublicCase | None = board.numbered(tx, town_id, report_services(tx, town_id), number)
    return [open311.request(found, name)] if found else []


def _town(tx: Tx, asked: str) -> tuple[str, str]:
    chosen = sa.select(towns.c.id, towns.c.name).order_by(towns.c.id)
    row = tx.execute(chosen.where(towns.c.id == asked) if asked else chosen.limit(1)).first()
    return (str(row.id), str(row.name)) if row else ("", "")


def _span(since: str, until: str, now: datetime) -> tuple[datetime, datetime]:
    """Read the span that is asked for, never longer than ninety days."""
    last = _moment(until) or now
    first = _moment(since) or last - SPAN
    return max(first, last - SPAN), last


def _moment(text: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else None


def _is_asked_for(request: dict[str, Any], status: str) -> bool:
    return not status or request["status"] in status.split(",")
