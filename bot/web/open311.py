"""Open311 GeoReport v2, for reading only: `/open311/v2/services.json`, `/requests.json`, `/requests/{id}.json`.

Mounted only where the setting DINGLIN_OPEN311 says so. Nobody signs in: nothing stands here that is not on the public
board.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bot.web.doors import Deps
from skills import registry
from skills.reports import report_services
from township.clock import SHANGHAI
from township.db import Tx
from township.models import towns
from workflows.public import board, open311

PATH: Final = "/open311/v2"
SPAN: Final = timedelta(days=90)
"""As the protocol has it: without dates the last ninety days, and never more at once."""
MOST: Final = 1000
MOST_NUMBERS: Final = 100
NOT_THERE: Final = [{"code": 404, "description": "service_request_id was not found"}]


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
        town_id, numbers = asked.get("jurisdiction_id", ""), asked.get("service_request_id", "")
        if numbers:
            return JSONResponse(await deps.db.read(partial(numbered, town_id=town_id, numbers=numbers.split(","))))
        since, until = _span(asked.get("start_date", ""), asked.get("end_date", ""), deps.clock.now())
        found = await deps.db.read(partial(requests_of, town_id=town_id, since=since, until=until))
        return JSONResponse([one for one in found if _is_asked_for(one, asked)])

    @router.get("/requests/{number}.json")
    async def request_of(request: Request, number: str) -> JSONResponse:
        asked = request.query_params.get("jurisdiction_id", "")
        found = await deps.db.read(partial(numbered, town_id=asked, numbers=[number]))
        return JSONResponse(found or NOT_THERE, 200 if found else 404)

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


def numbered(tx: Tx, *, town_id: str, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """Find matters by their numbers; the protocol has one alone in a list too."""
    town_id, name = _town(tx, town_id)
    known = report_services(tx, town_id)
    found = (board.numbered(tx, town_id, known, number) for number in numbers[:MOST_NUMBERS])
    return [open311.request(one, name) for one in found if one]


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
    """Read a moment; a plus sign that was not escaped comes as a space, a day without a zone is one of here."""
    try:
        read = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=SHANGHAI)


def _is_asked_for(request: Mapping[str, Any], asked: Mapping[str, str]) -> bool:
    return all(request[name] in asked[name].split(",") for name in ("status", "service_code") if asked.get(name))
