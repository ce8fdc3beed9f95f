"""The facts at the console: what is told and until when, a sheet taken in, and each change before and after.

How a sheet is read is knowledge's affair; somebody else than who brought it puts it in force.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot import changes
from bot.web.console import standing
from bot.web.console.session import PATH, Guard, Visitor
from bot.web.doors import Deps
from bot.web.pages import HEADERS, Pages, attached
from knowledge import factdrafts, facts, factsheet
from knowledge.factdrafts import Draft
from knowledge.facts import Fact
from knowledge.factsheet import Sheet
from knowledge.keepers import keeps, must_keep
from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Mistake, Refused
from workflows import cases

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SOON: Final = timedelta(days=60)
"""How long before its last day a fact is marked."""
MOST_BYTES: Final = 5 * 2**20
MOST_WRONG: Final = 50


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the list of facts needs."""

    facts: list[Fact]
    drafts: list[Draft]
    villages: Mapping[str, str]


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the facts."""
    router = APIRouter(prefix=f"{PATH}/facts")

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        shown = await deps.db.read(partial(_look, visitor=visitor))
        today = deps.clock.now().astimezone(SHANGHAI).date()
        return pages.show(
            "facts/listed.html", visitor=visitor, here="facts", shown=shown, today=today, soon=today + SOON,
            keeps=keeps(visitor.scope), summary=changes.of_sheet, wrong=request.query_params.get("wrong", ""),
        )  # fmt: skip

    @router.get(".xlsx")
    async def workbook(request: Request) -> Response:
        visitor = await guard.visitor(request)
        must_keep(visitor.scope)
        shown = await deps.db.read(partial(_look, visitor=visitor))
        samples = await deps.db.read(lambda tx: facts.are_samples(tx, visitor.person.town_id))
        content = await asyncio.to_thread(factsheet.write, shown.facts, shown.villages, samples=samples)
        return Response(content, media_type=XLSX, headers=HEADERS | attached(pages.say("file_facts")))

    @router.post("")
    async def bring(request: Request) -> Response:
        visitor, posted = await guard.form(request, file_bytes=MOST_BYTES)
        must_keep(visitor.scope)
        name, data = posted.files.get("file", ("", b""))
        if not name:
            raise Mistake("no_file_chosen")
        villages, phones = await deps.db.read(partial(_known, town_id=visitor.person.town_id))
        sheet = await asyncio.to_thread(factsheet.read_sheet, data, name, villages, phones)
        take = partial(_take, visitor=visitor, sheet=sheet, name=name, villages=villages, at=deps.clock.now())
        draft = await deps.db.write(take)
        if draft is None and not sheet.mistakes:
            raise Mistake("fact_sheet_same")
        back = f"{PATH}/facts/{draft.id}" if draft else f"{PATH}/facts"
        if not sheet.mistakes:
            return RedirectResponse(back, 303)
        wrong = changes.wrong_rows(sheet.mistakes, MOST_WRONG)
        return pages.show("facts/wrong.html", visitor=visitor, here="facts", wrong=wrong, back=back)

    _mount_draft(router, deps, guard, pages)
    return router


def _mount_draft(router: APIRouter, deps: Deps, guard: Guard, pages: Pages) -> None:
    @router.get("/{draft_id}")
    async def preview(request: Request, draft_id: str) -> HTMLResponse:
        visitor = await guard.visitor(request)
        must_keep(visitor.scope)

        def look(tx: Tx) -> tuple[Draft, standing.Standing | None, Mapping[str, str]]:
            draft = factdrafts.get(tx, visitor.person.town_id, draft_id)
            stands = standing.about(tx, visitor, changes.SHEET, "sheet", draft_id)
            return draft, stands, _names(tx, visitor.person.town_id)

        draft, stands, villages = await deps.db.read(look)
        rows = [(change, _cells(change.before, villages), _cells(change.after, villages)) for change in draft.changes]
        is_mine = draft.brought_by == visitor.person.id
        return pages.show(
            "facts/draft.html", visitor=visitor, here="facts", draft=draft, rows=rows, stands=stands, is_mine=is_mine,
            columns=list(factsheet.columns().values()), summary=changes.of_sheet(draft), key=token_hex(16),
        )  # fmt: skip

    @router.post("/{draft_id}")
    async def decide(request: Request, draft_id: str) -> Response:
        visitor, posted = await guard.form(request)
        must_keep(visitor.scope)
        given, at = posted.fields, deps.clock.now()
        key = f"console:{visitor.person.id}:{given.get('key', '')}"

        def settle(tx: Tx) -> None:
            stands = standing.about(tx, visitor, changes.SHEET, "sheet", draft_id)
            if stands is None:
                raise Refused("fact_sheet_not_draft")
            if given.get("act") == "confirm":
                standing.act(tx, visitor, stands, "approve", {}, key, at)
            elif given.get("act") == "discard":
                standing.act(tx, visitor, stands, "reject", {"reason": given.get("reason", "")}, key, at)

        await deps.db.write(settle)
        return RedirectResponse(f"{PATH}/facts", 303)


def _look(tx: Tx, *, visitor: Visitor) -> _Shown:
    town_id = visitor.person.town_id
    drafts = factdrafts.waiting(tx, town_id) if keeps(visitor.scope) else []
    return _Shown(facts.in_force(tx, town_id), drafts, _names(tx, town_id))


def _known(tx: Tx, *, town_id: str) -> tuple[dict[str, str], Collection[str]]:
    return {name: village_id for village_id, name in _names(tx, town_id).items()}, directory.duty_phones(tx, town_id)


def _names(tx: Tx, town_id: str) -> dict[str, str]:
    return {village.id: village.name for village in directory.villages_of(tx, town_id)}


def _cells(fact: Fact | None, villages: Mapping[str, str]) -> Mapping[str, str]:
    return changes.cells(fact, villages) if fact else {}


def _take(
    tx: Tx, *, visitor: Visitor, sheet: Sheet, name: str, villages: Mapping[str, str], at: datetime
) -> Draft | None:
    """Store a draft and ask a colleague to look at it, in one step."""
    draft = factdrafts.bring(tx, visitor.person.town_id, sheet, name, by=visitor.person.id, at=at)
    if draft is not None:
        names = {village_id: village for village, village_id in villages.items()}
        opening = changes.reviewing(draft, visitor.person, names, f"console:sheet:{draft.id}")
        cases.open(tx, opening, now=at)
    return draft
