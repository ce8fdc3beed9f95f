"""The month in figures: one's own village beside the town's mean, nobody ranked; also as a table to hand on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from bot.web.console import months
from bot.web.console.session import PATH, Guard
from bot.web.doors import Deps
from bot.web.pages import HEADERS, Pages, attached
from skills.reports import report_services
from township import directory, tables
from township.clock import SHANGHAI
from township.db import Tx
from township.scope import Scope
from workflows.public import figures
from workflows.public.figures import Figures, Month
from workflows.seals import demands

ROWS: Final = (
    "started", "residents_share", "confirmed_share", "told", "refused", "unanswered", "answered", "first_minutes",
)  # fmt: skip
COUNTS: Final = frozenset({"started", "told", "refused", "unanswered", "answered"})


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows."""

    month: Month
    village_id: str
    village: str
    """Empty: the whole town."""
    villages: Mapping[str, str]
    """Those that the visitor answers for."""
    papers_refused: int
    all_villages: int
    """Of the town."""


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the figures."""
    router = APIRouter(prefix=f"{PATH}/figures")

    @router.get("")
    async def shown(request: Request) -> HTMLResponse:
        visitor, at = await guard.visitor(request), _month(request, deps)
        village = request.query_params.get("village", "")
        page = await deps.db.read(partial(look, scope=visitor.scope, at=at, village_id=village))
        rows = lines(page, pages)
        before = [_earlier(deps.clock.now(), n) for n in range(12)]
        return pages.show(
            "figures/month.html", visitor=visitor, here="figures", page=page, rows=rows, month=at.date(), months=before
        )

    @router.get(".csv")
    async def table(request: Request) -> Response:
        visitor, at = await guard.visitor(request), _month(request, deps)
        village = request.query_params.get("village", "")
        page = await deps.db.read(partial(look, scope=visitor.scope, at=at, village_id=village))
        headers = HEADERS | attached(pages.say("file_figures", month=f"{at:%Y-%m}"))
        return Response(tables.text(lines(page, pages)), media_type="text/csv; charset=utf-8", headers=headers)

    return router


def look(tx: Tx, *, scope: Scope, at: datetime, village_id: str) -> Page:
    """Count a month for a visitor; a village that is not the visitor's counts as none."""
    named = {one.id: one.name for one in directory.villages_of(tx, scope.town_id)}
    villages = {one: name for one, name in named.items() if one in scope.villages}
    chosen = village_id if village_id in villages else ""
    month = figures.of_month(tx, scope.town_id, report_services(tx, scope.town_id), at, chosen or None)
    refused = sum(one.times for one in demands.of_month(tx, scope.town_id, month.since.date()))
    return Page(month, chosen, villages.get(chosen, ""), villages, refused, len(named))


def lines(page: Page, pages: Pages) -> list[list[str]]:
    """Write the figures line by line: one's own beside the mean of a village and the town's, or the town's alone."""
    beside = [page.village, pages.say("figure_mean")] if page.village else []
    found = [[pages.say("figure_what"), *beside, pages.say("figure_town")]]
    for row in ROWS:
        town = _said(pages, row, page.month.town)
        own = [_said(pages, row, page.month.own), _mean(row, page) or town] if page.village else []
        found.append([pages.say(f"figure_{row}"), *own, town])
    found.append([pages.say("figure_papers_refused"), *([""] * len(beside)), str(page.papers_refused)])
    return found


def _mean(row: str, page: Page) -> str:
    """What a village has on the mean; empty for shares and times, which the town's own are the mean of."""
    value = getattr(page.month.town, row)
    return f"{value / page.all_villages:.1f}" if row in COUNTS and page.all_villages else ""


def _said(pages: Pages, row: str, of: Figures) -> str:
    value = getattr(of, row)
    if row.endswith("_share"):
        return pages.say("figure_few") if value is None else f"{value:.1%}"
    if row == "first_minutes":
        return pages.say("figure_nobody") if value is None else pages.say("figure_minutes", minutes=round(value))
    return str(value)


def _month(request: Request, deps: Deps) -> datetime:
    """Read the month that is asked for; this one, if what was asked is none."""
    first = months.first_of(request.query_params.get("month", ""))
    return datetime.combine(first, time(), SHANGHAI) if first else deps.clock.now().astimezone(SHANGHAI)


def _earlier(now: datetime, months: int) -> date:
    there = now.astimezone(SHANGHAI)
    whole = there.year * 12 + there.month - 1 - months
    return date(whole // 12, whole % 12 + 1, 1)
