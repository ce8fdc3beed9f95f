"""Photos of a case: for who may see the case, recorded, and drawn anew: no place or device travels along."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from bot.web.console import dossier
from bot.web.console.session import PATH, Guard
from bot.web.doors import Deps
from township.errors import Mistake
from workflows.circle.photos import draw_anew

HEADERS: Final = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
}


def routes(deps: Deps, guard: Guard) -> APIRouter:
    """Mount the photos of cases."""
    router = APIRouter(prefix=f"{PATH}/cases")

    @router.get("/{case_id}/photos/{sha256}")
    async def photo(request: Request, case_id: str, sha256: str) -> Response:
        visitor, now = await guard.visitor(request), deps.clock.now()
        look = partial(dossier.look_at_photo, visitor=visitor, case_id=case_id, sha256=sha256, now=now)
        await deps.db.write(look)
        drawn = await asyncio.to_thread(_drawn, deps.files.path(sha256))
        return Response(drawn, media_type="image/jpeg", headers=HEADERS)

    return router


def _drawn(path: Path) -> bytes:
    """Draw a photo as it is shown; 404 for what is none, or unfolds to more than can be drawn."""
    try:
        return draw_anew(path.read_bytes())
    except (OSError, Mistake) as error:
        raise HTTPException(404) from error
