"""Who still asks for proofs that no village issues, month by month: bodies and counts, never persons; also as CSV."""

from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from bot.web.console import months
from bot.web.console.session import PATH, Guard
from bot.web.doors import Deps
from bot.web.pages import HEADERS, Pages, attached
from township import tables
from township.clock import SHANGHAI
from township.db import Tx
from workflows.seals import demands
from workflows.seals.demands import Demand

COLUMNS: Final = ("demand_body", "demand_paper", "demand_item", "demand_times", "demand_insisted")


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the list of demands."""
    router = APIRouter(prefix=f"{PATH}/demands")

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        month = _month(request, deps)

        def look(tx: Tx) -> tuple[list[Demand], list[date]]:
            town_id = visitor.scope.town_id
            return demands.of_month(tx, town_id, month), demands.months(tx, town_id)

        found, kept = await deps.db.read(look)
        known = sorted({month, *kept}, reverse=True)
        return pages.show(
            "demands/listed.html", visitor=visitor, here="demands", month=month, months=known, demands=found
        )

    @router.get(".csv")
    async def table(request: Request) -> Response:
        visitor, month = await guard.visitor(request), _month(request, deps)
        found = await deps.db.read(lambda tx: demands.of_month(tx, visitor.scope.town_id, month))
        headers = HEADERS | attached(pages.say("file_demands", month=f"{month:%Y-%m}"))
        return Response(_table(pages, found), media_type="text/csv; charset=utf-8", headers=headers)

    return router


def _table(pages: Pages, found: list[Demand]) -> str:
    nobody = pages.say("demand_nobody")
    rows = [(one.body or nobody, one.paper, str(one.item or ""), str(one.times), str(one.insisted)) for one in found]
    return tables.text([[pages.say(column) for column in COLUMNS], *rows])


def _month(request: Request, deps: Deps) -> date:
    """Read the month that is asked for; this one, if what was asked is none."""
    asked = months.first_of(request.query_params.get("month", ""))
    return asked or deps.clock.now().astimezone(SHANGHAI).date().replace(day=1)
