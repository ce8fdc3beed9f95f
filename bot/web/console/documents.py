"""Policy documents at the console: what is in force, what waits for a second person, and a new file taken in.

A file becomes a draft with a preview; somebody else puts it in force. How it is read and cut is knowledge's affair.
"""

import asyncio
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.web.console import holdings
from bot.web.console.session import PATH, Guard, Visitor
from bot.web.doors import Deps
from bot.web.pages import Pages
from knowledge import documents, folders, loaders
from township.db import Tx
from township.directory import Role
from township.errors import Mistake, Refused

KEEPERS: Final = frozenset({Role.KNOWLEDGE_KEEPER, Role.TOWN_CLERK})
"""Who may bring a document and put one in force."""


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the documents."""
    router = APIRouter(prefix=f"{PATH}/documents")

    @router.get("")
    async def shelf(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        words, number = request.query_params.get("q", ""), request.query_params.get("page", "")
        ask = partial(holdings.find, scope=visitor.scope, words=words, number=number, today=deps.clock.now().date())
        found = await deps.db.read(ask)
        drafts = (
            await deps.db.read(partial(documents.drafts, town_id=visitor.person.town_id)) if _keeps(visitor) else []
        )
        return pages.show(
            "documents/shelf.html",
            visitor=visitor,
            here="documents",
            found=found,
            drafts=drafts,
            words=words,
            keeps=_keeps(visitor),
            formats=",".join(sorted(loaders.FORMATS)),
        )

    @router.post("")
    async def bring(request: Request) -> Response:
        visitor, posted = await guard.form(request, file_bytes=loaders.MAX_BYTES)
        _must_keep(visitor)
        name, data = posted.files.get("file", ("", b""))
        if not name:
            raise Mistake("no_file_chosen")
        if len(data) > loaders.MAX_BYTES:
            most = loaders.MAX_BYTES // 2**20
            raise Mistake("file_too_large", file=name, megabytes=f">{most}", most=most)
        read = partial(folders.source_of, data, name, town_id=visitor.person.town_id)
        source, matter = await asyncio.to_thread(read)
        at, by = deps.clock.now(), visitor.person.id
        stored = await deps.db.write(lambda tx: documents.submit(tx, source, by=by, at=at, replaces=matter.replaces))
        if not stored.is_new:
            raise Mistake("document_known", title=source.title)
        missing = "".join(f"&missing={name}" for name in matter.missing)
        return RedirectResponse(f"{PATH}/documents/{stored.version_id}?brought=1{missing}", 303)

    _mount_draft(router, deps, guard, pages)
    return router


def _mount_draft(router: APIRouter, deps: Deps, guard: Guard, pages: Pages) -> None:
    @router.get("/{version_id}")
    async def preview(request: Request, version_id: str) -> HTMLResponse:
        visitor = await guard.visitor(request)
        _must_keep(visitor)
        draft = await deps.db.read(partial(_own_draft, visitor=visitor, version_id=version_id))
        missing = [name for name in request.query_params.getlist("missing") if name in holdings.NAMED]
        is_mine = draft.ingested_by == visitor.person.id
        return pages.show(
            "documents/draft.html", visitor=visitor, here="documents", draft=draft, missing=missing, is_mine=is_mine
        )

    @router.post("/{version_id}")
    async def decide(request: Request, version_id: str) -> Response:
        visitor, posted = await guard.form(request)
        _must_keep(visitor)
        at, act = deps.clock.now(), posted.fields.get("act")

        def settle(tx: Tx) -> None:
            _own_draft(tx, visitor=visitor, version_id=version_id)
            if act == "confirm":
                documents.confirm(tx, version_id, by=visitor.person.id, at=at)
            elif act == "discard":
                documents.discard(tx, version_id)

        await deps.db.write(settle)
        return RedirectResponse(f"{PATH}/documents", 303)


def _own_draft(tx: Tx, *, visitor: Visitor, version_id: str) -> documents.Draft:
    holdings.must_be_of_town(tx, version_id, visitor.person.town_id)
    return documents.draft(tx, version_id)


def _keeps(visitor: Visitor) -> bool:
    return any(role in KEEPERS for role in visitor.scope.roles)


def _must_keep(visitor: Visitor) -> None:
    if not _keeps(visitor):
        raise Refused("not_a_keeper")
