"""Photos of a case: for who may see the case, recorded, and drawn anew: no place or device travels along."""

import asyncio
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from PIL import Image, ImageOps, UnidentifiedImageError

from bot.web.console import dossier
from bot.web.console.session import PATH, Guard
from bot.web.doors import Deps

LONGEST: Final = 1600
"""Pixels of the longer side as it is shown."""
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
        drawn = await asyncio.to_thread(draw_anew, deps.files.path(sha256))
        return Response(drawn, media_type="image/jpeg", headers=HEADERS)

    return router


def draw_anew(path: Path) -> bytes:
    """Draw a picture upright, no larger than a screen, without what the camera wrote into it; 404 if it is none."""
    try:
        with Image.open(path) as found:
            found.draft("RGB", (LONGEST, LONGEST))
            upright = ImageOps.exif_transpose(found).convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise HTTPException(404) from error
    upright.thumbnail((LONGEST, LONGEST))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    drawn = BytesIO()
    clean.save(drawn, "JPEG", quality=85)
    return drawn.getvalue()
