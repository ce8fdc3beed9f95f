"""The keeper's list at the console: what each document lacks and what to do about it, contradictions side by side."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.web.console.session import PATH, Guard, Visitor
from bot.web.doors import Deps
from bot.web.pages import Pages
from knowledge.keepers import must_keep
from knowledge.validity import amendments, consequences, contradictions, keeping
from knowledge.validity.keeping import Group
from township.clock import SHANGHAI
from township.db import Tx


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the list; it stands before the page of a document, whose address it would else be."""
    router = APIRouter(prefix=f"{PATH}/documents/keeping")

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        must_keep(visitor.scope)
        today = deps.clock.now().astimezone(SHANGHAI).date()
        chosen = next((one for one in Group if one == request.query_params.get("group")), None)
        shown = await deps.db.read(lambda tx: _shown(tx, visitor.scope.town_id, today))
        return pages.show(
            "documents/keeping.html", visitor=visitor, here="documents", groups=list(Group), chosen=chosen, **shown
        )

    @router.post("")
    async def judged(request: Request) -> Response:
        visitor, posted = await guard.form(request)
        must_keep(visitor.scope)
        at, given = deps.clock.now(), posted.fields
        await deps.db.write(lambda tx: _judge(tx, visitor, given, at))
        return RedirectResponse(f"{PATH}/documents/keeping?group={given.get('group', '')}", 303)

    return router


def _shown(tx: Tx, town_id: str, today: date) -> dict[str, Any]:
    kept = keeping.look(tx, town_id, today)
    return {
        "kept": kept,
        "counts": keeping.count(kept, tx, town_id),
        "contradictions": contradictions.listed(tx, town_id),
        "undone": [(one, consequences.problem(one)) for one in amendments.left_over(tx, town_id)],
        "unreadable": keeping.unreadable(tx, town_id),
    }


def _judge(tx: Tx, visitor: Visitor, given: Mapping[str, str], at: datetime) -> None:
    town_id, by = visitor.scope.town_id, visitor.person.id
    if given.get("contradiction"):
        contradictions.keep(tx, given["contradiction"], town_id=town_id, by=by, at=at)
    elif given.get("undone"):
        amendments.settle(tx, given["undone"], town_id=town_id, by=by, at=at)
