"""One case at the console with all of it, and acting on it through the one door."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from secrets import token_hex
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.web.console import dossier
from bot.web.console.session import PATH, Guard, Visitor
from bot.web.doors import Deps
from bot.web.pages import Pages
from township.db import Tx
from township.errors import Refused
from workflows import cases
from workflows.cases import Act
from workflows.handovers import addresses, giving
from workflows.state import Via

VALUE: Final = "value_"
"""Before the names of an action's fields in a form."""
LONGEST_DOER: Final = 40
"""Characters of the name of somebody outside."""


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the page of a case."""
    router = APIRouter(prefix=f"{PATH}/cases")

    @router.get("/{case_id}")
    async def one(request: Request, case_id: str) -> HTMLResponse:
        visitor, now = await guard.visitor(request), deps.clock.now()
        shown = await deps.db.write(partial(dossier.opened, visitor=visitor, case_id=case_id, now=now))
        key, done = token_hex(16), request.query_params.get("done") == "1"
        out = shown.passing.out if shown.passing else None
        address = f"{deps.public_url}{addresses.PATH}/{addresses.code(deps.key, out.id)}" if out else ""
        return pages.show(
            "cases/one.html", visitor=visitor, here="cases", shown=shown, key=key, done=done, now=now,
            address=address, may_pass=bool(deps.public_url),
        )  # fmt: skip

    _mount_acts(router, deps, guard)
    return router


def _mount_acts(router: APIRouter, deps: Deps, guard: Guard) -> None:
    @router.post("/{case_id}")
    async def act(request: Request, case_id: str) -> Response:
        visitor, posted = await guard.form(request)
        given = posted.fields
        acting = Act(
            visitor.person.town_id,
            case_id,
            given.get("action", ""),
            f"console:{visitor.person.id}:{given.get('key', '')}",
            visitor.person.id,
            {key.removeprefix(VALUE): value for key, value in given.items() if key.startswith(VALUE) and value},
            given.get("task") or None,
            Via.CONSOLE,
        )
        await deps.db.write(partial(cases.act, acting=acting, now=deps.clock.now()))
        return RedirectResponse(f"{PATH}/cases/{case_id}?done=1", 303)

    @router.post("/{case_id}/link")
    async def passed_on(request: Request, case_id: str) -> Response:
        visitor, posted = await guard.form(request)
        if not deps.public_url:
            raise Refused("not_now", action="by_link")
        given = posted.fields
        call = partial(_pass_on, visitor=visitor, case_id=case_id, given=given, now=deps.clock.now())
        await deps.db.write(call)
        return RedirectResponse(f"{PATH}/cases/{case_id}?done=1#link", 303)


def _pass_on(tx: Tx, *, visitor: Visitor, case_id: str, given: Mapping[str, str], now: datetime) -> None:
    """Give an address for what this person holds of a case, or let the one that is out open nothing any more."""
    town_id, person_id = visitor.person.town_id, visitor.person.id
    work = giving.of_case(tx, town_id, person_id, case_id)
    if work is None:
        raise Refused("not_yours", action="by_link")
    if given.get("back"):
        giving.take_back(tx, work.task.id)
    else:
        giving.give(tx, town_id, person_id, work, given.get("doer", "").strip()[:LONGEST_DOER], now=now)
