"""The circle of a village on a telephone, for who holds the address from the village group: what was said, by nobody.

No name stands here, for whoever has the address may read it; names and answers are in the chat.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException
from starlette.responses import FileResponse, Response

from bot.web.doors import Deps
from bot.web.pages import Pages
from township.db import Tx
from township.models import villages
from township.scope import Scope
from workflows.circle import counts, links, wall
from workflows.circle.wall import Shown

PATH: Final = "/q"
SHOWN: Final = 30
LATELY: Final = timedelta(days=60)
PHOTO_HEADERS: Final = {
    "Cache-Control": "private, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows."""

    village: str
    posts: list[Shown]
    month: str


def routes(deps: Deps, pages: Pages) -> APIRouter:
    """Mount the list."""
    router = APIRouter(prefix=PATH)

    @router.get("/{code}")
    async def listed(code: str) -> Response:
        found = await deps.db.read(partial(look, key=deps.key, code=code, now=deps.clock.now()))
        if found is None:
            return pages.show("circle/lapsed.html", 404)
        return pages.show("circle/listed.html", found=found, code=code)

    return router


def photos(deps: Deps) -> APIRouter:
    """Mount the photos of the list; one page asks for many at once."""
    router = APIRouter(prefix=PATH)

    @router.get("/{code}/{post_id}/{n}")
    async def photo(code: str, post_id: str, n: int) -> Response:
        found = await deps.db.read(partial(look, key=deps.key, code=code, now=deps.clock.now()))
        post = next((one for one in found.posts if one.id == post_id), None) if found else None
        path = deps.files.path(post.photos[n - 1]) if post and 0 < n <= len(post.photos) else None
        if path is None or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, media_type="image/jpeg", headers=PHOTO_HEADERS)

    return router


def look(tx: Tx, *, key: bytes, code: str, now: datetime) -> Page | None:
    """Read the circle whose address somebody holds."""
    known = {row.id: row for row in tx.execute(sa.select(villages.c.id, villages.c.name, villages.c.town_id))}
    village_id = links.village_of(key, code, known, now)
    if village_id is None:
        return None
    village = known[village_id]
    scope = Scope(village.town_id, villages=frozenset({village_id}))
    found = [one for one in wall.of_village(tx, scope, village_id, limit=SHOWN, named=False) if one.at > now - LATELY]
    month = counts.month_of(tx, village.town_id, now, village_id)
    said = counts.in_words(month, village.name, counts.opinions(tx, village.town_id, now))
    return Page(village.name, found, said)
