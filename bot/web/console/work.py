"""What waits for the person at the console, the nearest deadline first."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bot.web.console.session import PATH, Guard
from bot.web.doors import Deps
from bot.web.pages import Pages


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount "my work"."""
    router = APIRouter(prefix=PATH)

    @router.get("")
    async def mine(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        return pages.show("work/mine.html", visitor=visitor, here="work")

    return router
