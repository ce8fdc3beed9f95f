"""Policy documents at the console: what is in force, what waits for a second person, and a new file taken in.

A file becomes a draft with a preview; somebody else puts it in force. How it is read and cut is knowledge's affair.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from secrets import token_hex
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.web.console import holdings, reviews
from bot.web.console.session import PATH, Guard, Posted, Visitor
from bot.web.console.standing import Standing
from bot.web.doors import Deps
from bot.web.pages import Pages
from knowledge import documents, loaders
from knowledge.documents import Draft
from knowledge.ingest import Source, Stored
from knowledge.keepers import keeps, must_keep
from knowledge.models import Level
from knowledge.structure import folders, reports
from knowledge.structure.folders import About
from knowledge.structure.frontmatter import FrontMatter
from knowledge.validity import consequences
from township import directory
from township.db import Tx
from township.errors import Mistake
from township.scope import Audience

LEVELS: Final = (Level.town, Level.village, Level.county)
"""Who issued what a township takes in, the usual one first."""
AUDIENCES: Final = (Audience.PUBLIC, Audience.RESIDENT, Audience.CADRE)


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the documents."""
    router = APIRouter(prefix=f"{PATH}/documents")

    @router.get("")
    async def shelf(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        words, number = request.query_params.get("q", ""), request.query_params.get("page", "")
        look = partial(_shelf, visitor=visitor, words=words, number=number, today=deps.clock.now().date())
        shown, formats = await deps.db.read(look), ",".join(sorted(loaders.FORMATS))
        return pages.show(
            "documents/shelf.html", visitor=visitor, here="documents", words=words, formats=formats, **shown
        )

    @router.post("")
    async def bring(request: Request) -> Response:
        visitor, posted = await guard.form(request, file_bytes=loaders.MAX_BYTES)
        must_keep(visitor.scope)
        source, matter = await _read(deps, visitor, posted)
        take = partial(_take, visitor=visitor, source=source, numbers=matter.replaces, pages=pages, at=deps.clock.now())
        stored = await deps.db.write(take)
        missing = "".join(f"&missing={name}" for name in matter.missing)
        return RedirectResponse(f"{PATH}/documents/{stored.version_id}?brought=1{missing}", 303)

    _mount_draft(router, deps, guard, pages)
    return router


def _mount_draft(router: APIRouter, deps: Deps, guard: Guard, pages: Pages) -> None:
    @router.get("/{version_id}")
    async def preview(request: Request, version_id: str) -> HTMLResponse:
        visitor = await guard.visitor(request)
        must_keep(visitor.scope)
        draft, review = await deps.db.read(partial(_own_draft, visitor=visitor, version_id=version_id))
        missing = [name for name in request.query_params.getlist("missing") if name in holdings.NAMED]
        is_mine = draft.ingested_by == visitor.person.id
        return pages.show(
            "documents/draft.html",
            visitor=visitor,
            here="documents",
            draft=draft,
            review=review,
            missing=missing,
            is_mine=is_mine,
            consequences=consequences.lines(draft.consequences),
            key=token_hex(16),
        )

    @router.post("/{version_id}")
    async def decide(request: Request, version_id: str) -> Response:
        visitor, posted = await guard.form(request)
        must_keep(visitor.scope)
        at, given = deps.clock.now(), posted.fields
        key = f"console:{visitor.person.id}:{given.get('key', '')}"

        def settle(tx: Tx) -> None:
            draft, _ = _own_draft(tx, visitor=visitor, version_id=version_id)
            if given.get("act") == "confirm":
                reviews.confirm(tx, visitor, draft, key, at)
            elif given.get("act") == "discard":
                reviews.discard(tx, visitor, draft, given.get("reason", ""), key, at)

        await deps.db.write(settle)
        return RedirectResponse(f"{PATH}/documents", 303)


def _shelf(tx: Tx, *, visitor: Visitor, words: str, number: str, today: date) -> dict[str, Any]:
    """What the list of documents shows; what waits, only to keepers."""
    is_keeper = keeps(visitor.scope)
    return {
        "found": holdings.find(tx, scope=visitor.scope, words=words, number=number, today=today),
        "drafts": documents.drafts(tx, visitor.person.town_id) if is_keeper else [],
        "keeps": is_keeper,
        "villages": _villages(tx, visitor=visitor),
    }


async def _read(deps: Deps, visitor: Visitor, posted: Posted) -> tuple[Source, FrontMatter]:
    """Read a file that was posted, with what the form says of it, and keep it."""
    name, data = posted.files.get("file", ("", b""))
    if not name:
        raise Mistake("no_file_chosen")
    if len(data) > loaders.MAX_BYTES:
        raise Mistake("file_over_limit", file=name, most=loaders.MAX_BYTES // 2**20)
    villages = await deps.db.read(partial(_villages, visitor=visitor))
    about, ids = _about(posted.fields, villages), {name: village_id for village_id, name in villages.items()}
    read = partial(folders.source_of, data, name, town_id=visitor.person.town_id, about=about, villages=ids)
    source, matter = await asyncio.to_thread(read)
    kept = await asyncio.to_thread(deps.files.keep, data)
    return replace(source, file_path=deps.files.within(kept)), matter


def _villages(tx: Tx, *, visitor: Visitor) -> dict[str, str]:
    return {one.id: one.name for one in directory.villages_of(tx, visitor.person.town_id)}


def _about(given: Mapping[str, str], villages: Mapping[str, str]) -> About:
    """Read what the form says of a file; what is not offered there counts as the usual."""
    level = next((one for one in LEVELS if one == given.get("level")), LEVELS[0])
    audience = next((one for one in AUDIENCES if one == given.get("audience")), AUDIENCES[0])
    village = villages.get(given.get("village", ""), "")
    if level is Level.village and not village:
        raise Mistake("which_village")
    return About(level=Level.village if village else level, audience=audience, village=village)


def _take(tx: Tx, *, visitor: Visitor, source: Source, numbers: Sequence[str], pages: Pages, at: datetime) -> Stored:
    """Store a draft and ask a colleague to look at it, in one step."""
    stored = documents.submit(tx, source, by=visitor.person.id, at=at, replaces=numbers)
    if not stored.is_new:
        raise Mistake("document_known", title=source.title)
    reports.put(tx, visitor.person.town_id, reports.of_source(source.file_name, source), at=at)
    reviews.ask(tx, visitor, documents.draft(tx, stored.version_id), pages, at)
    return stored


def _own_draft(tx: Tx, *, visitor: Visitor, version_id: str) -> tuple[Draft, Standing | None]:
    holdings.must_be_of_town(tx, version_id, visitor.person.town_id)
    draft = documents.draft(tx, version_id)
    return draft, reviews.of_draft(tx, visitor, draft)
