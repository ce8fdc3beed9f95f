"""Broadcasts at the console: what is set, what was heard in how many groups, what was called off. To look at only.

Ordering, approving and calling off are done in the chat and on the case.
"""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bot.web.console.session import PATH, Guard
from bot.web.doors import Deps
from bot.web.pages import Pages
from workflows.broadcasts import listing


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the list."""
    router = APIRouter(prefix=f"{PATH}/broadcasts")

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        lines = await deps.db.read(lambda tx: listing.listed(tx, visitor.scope))
        return pages.show("broadcasts/listed.html", visitor=visitor, here="broadcasts", lines=lines)

    return router
