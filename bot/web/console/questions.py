"""What could not be answered, at the console: the list, a cluster and its answer, and how often facts are said.

What a second person decides on an answer is in `lessons.py` beside.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.web.console.lessons import SERVICE
from bot.web.console.session import PATH, Guard, Posted, Visitor
from bot.web.doors import Deps
from bot.web.pages import Pages
from knowledge.language import lexicon
from knowledge.library import Library
from knowledge.questions import drafts, hits, overview
from knowledge.questions.drafts import Draft, Written
from knowledge.questions.hits import Used
from knowledge.questions.models import DraftState
from knowledge.questions.overview import Listed, View
from knowledge.retriever import Hit, retrieve
from skills import lessons
from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Mistake
from township.scope import Audience, Scope

LONGEST_LIST: Final = 100
FOUND: Final = 5
"""Clauses that a search for a source shows."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the list shows."""

    view: View
    listed: list[Listed]
    waiting: list[Draft]
    offered: list[Draft]
    villages: dict[str, str]
    names: dict[str, str]
    """Of authors, by id."""


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the list, the clusters and the count of hits."""
    router = APIRouter(prefix=f"{PATH}/questions")

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        order = request.query_params.get("by", "often")
        desk = await deps.db.read(partial(_desk, visitor=visitor, order=order))
        sent = request.query_params.get("sent") == "1"
        return pages.show("questions/listed.html", visitor=visitor, here="questions", desk=desk, order=order, sent=sent)

    @router.get("/hits")
    async def used(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        overview.view_of(visitor.scope)

        def look(tx: Tx) -> tuple[list[Used], dict[str, str], dict[str, str]]:
            found = hits.of_facts(tx, visitor.scope, deps.clock.now())
            people = [one for each in found for one in (each.author_id, each.reviewer_id) if one]
            return found, _names(tx, people), _villages(tx, visitor)

        facts, names, villages = await deps.db.read(look)
        return pages.show(
            "questions/hits.html", visitor=visitor, here="questions", facts=facts, names=names, villages=villages
        )

    _mount_one(router, deps, guard, pages)
    return router


def _mount_one(router: APIRouter, deps: Deps, guard: Guard, pages: Pages) -> None:
    @router.get("/{cluster_id}")
    async def one(request: Request, cluster_id: str) -> HTMLResponse:
        visitor = await guard.visitor(request)

        def look(tx: Tx) -> tuple[View, Listed, list[Draft], dict[str, str]]:
            view = overview.view_of(visitor.scope)
            found = overview.one(tx, view, cluster_id)
            return view, found, drafts.of_cluster(tx, cluster_id), _villages(tx, visitor)

        view, cluster, written, villages = await deps.db.read(look)
        words, now = request.query_params.get("q", "") or cluster.samples[0], deps.clock.now()
        found = await asyncio.to_thread(_clauses, deps.library, words, view, now)
        mine = {key: name for key, name in villages.items() if view.villages is None or key in view.villages}
        earlier = next((each for each in written if _may_begin_with(each, view, visitor)), None)
        return pages.show(
            "questions/one.html", visitor=visitor, here="questions", view=view, cluster=cluster, earlier=earlier,
            villages=mine, all_villages=villages, words=words, found=found,
            until=now.astimezone(SHANGHAI).date() + drafts.VALID_FOR,
        )  # fmt: skip

    @router.post("/{cluster_id}")
    async def answer(request: Request, cluster_id: str) -> Response:
        visitor, posted = await guard.form(request)
        act = posted.fields.get("act", "")
        at = deps.clock.now()

        def write(tx: Tx) -> None:
            view = overview.view_of(visitor.scope)
            if act in ("aside", "back"):
                overview.put_aside(tx, view, cluster_id, visitor.person.id if act == "aside" else None)
                return
            cluster = overview.one(tx, view, cluster_id)
            draft = drafts.write(tx, view, cluster_id, _written(posted, visitor), by=visitor.person.id, at=at)
            lessons.review(tx, draft, cluster, _villages(tx, visitor), service=SERVICE, at=at)

        await deps.db.write(write)
        return RedirectResponse(f"{PATH}/questions{'' if act in ('aside', 'back') else '?sent=1'}", 303)


def _desk(tx: Tx, *, visitor: Visitor, order: str) -> Desk:
    view = overview.view_of(visitor.scope)
    found = overview.listed(tx, view, newest=order == "new", aside=order == "aside", limit=LONGEST_LIST)
    waiting = drafts.in_list(tx, view, DraftState.waiting)
    offered = drafts.in_list(tx, view, DraftState.offered) if view.is_keeper else []
    names = _names(tx, [one.author_id for one in (*waiting, *offered)])
    return Desk(view, found, waiting, offered, _villages(tx, visitor), names)


def _clauses(library: Library | None, words: str, view: View, at: datetime) -> list[Hit]:
    """Find clauses on which an answer may rest: those that everybody may hear to whom the answer will be said."""
    if library is None or not words.strip():
        return []
    scope = Scope(view.town_id, villages=view.villages or frozenset(), audiences=frozenset({Audience.PUBLIC}))
    return retrieve(library, lexicon.load().widen(words), scope=scope, at=at, limit=FOUND)


def _may_begin_with(draft: Draft, view: View, visitor: Visitor) -> bool:
    """Say whether a form may begin with what was written before and did not come through."""
    is_open = draft.state in (DraftState.rejected, DraftState.offered)
    return is_open and (view.is_keeper or draft.author_id == visitor.person.id)


def _written(posted: Posted, visitor: Visitor) -> Written:
    given = {name: value.strip() for name, value in posted.fields.items()}
    return Written(
        tuple(given.get("questions", "").splitlines()),
        given.get("answer", ""),
        given.get("source", "") or given.get("clause", ""),
        given.get("owner", "") or visitor.person.name,
        _day(given.get("valid_until", "")),
        given.get("village", "") or None,
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date(*(int(part) for part in re.split(r"[-/.]", text)))
    except (ValueError, TypeError) as wrong:
        raise Mistake("answer_day_unreadable", value=text[:20]) from wrong


def _villages(tx: Tx, visitor: Visitor) -> dict[str, str]:
    return {one.id: one.name for one in directory.villages_of(tx, visitor.person.town_id)}


def _names(tx: Tx, person_ids: list[str]) -> dict[str, str]:
    return {one.id: one.name for one in directory.persons(tx, dict.fromkeys(person_ids)).values()}
