"""Cases at the console: a list with filters and pages, one case with all of it, and acting through the one door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from secrets import token_hex
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.web.console import dossier
from bot.web.console.session import PATH, Guard, Visitor
from bot.web.doors import Deps
from bot.web.pages import Pages
from township import directory
from township.db import Tx
from township.errors import Refused
from township.scope import Scope
from workflows import casebook, cases, definitions, house, searching, tasks
from workflows.casebook import CaseView, Filter
from workflows.cases import Act
from workflows.handovers import addresses, giving
from workflows.state import Via

PAGE: Final = 20
VALUE: Final = "value_"
"""Before the names of an action's fields in a form."""
LONGEST_DOER: Final = 40
"""Characters of the name of somebody outside."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the list, and what may be chosen."""

    rows: tuple[CaseView, ...]
    total: int
    page: int
    pages: int
    villages: Mapping[str, str]
    skills: Mapping[str, str]
    whose: Mapping[str, str]
    """Whom each case concerns, by its id."""
    holders: Mapping[str, str]
    """Who has each open case, by its id."""


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the cases."""
    router = APIRouter(prefix=f"{PATH}/cases")

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        visitor, now = await guard.visitor(request), deps.clock.now()
        asked = {key: value for key, value in request.query_params.items() if key != "page" and value}
        number = request.query_params.get("page", "")
        found = await deps.db.read(partial(_find, scope=visitor.scope, asked=asked, number=number, now=now))
        keep = f"{urlencode(asked)}&" if asked else ""
        return pages.show(
            "cases/listed.html", visitor=visitor, here="cases", found=found, asked=asked, keep=keep, now=now,
            most=searching.MOST,
        )  # fmt: skip

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


def _find(tx: Tx, *, scope: Scope, asked: Mapping[str, str], number: str, now: datetime) -> Found:
    villages = {one.id: one.name for one in directory.villages_of(tx, scope.town_id) if one.id in scope.villages}
    offered = definitions.published(tx, scope.town_id)
    skills = {one.skill: definitions.pinned(tx, scope.town_id, one.hash).name for one in offered}
    if asked.get("q"):
        rows = searching.found(tx, scope, asked["q"])
        return Found(tuple(rows), len(rows), 1, 1, villages, skills, *_people(tx, rows))
    chosen = _filter(asked, now)
    total = casebook.counted(tx, scope, chosen)
    pages = max(1, -(-total // PAGE))
    page = min(max(1, int(number) if number.isdecimal() else 1), pages)
    rows = casebook.listed(tx, scope, chosen, limit=PAGE, offset=(page - 1) * PAGE)
    return Found(tuple(rows), total, page, pages, villages, skills, *_people(tx, rows))


def _people(tx: Tx, rows: Sequence[CaseView]) -> tuple[dict[str, str], dict[str, str]]:
    """Name whom each case concerns, and who has it."""
    held = tasks.holders(tx, [case.id for case in rows if case.is_open])
    concerned = {case.id: key for case in rows if (key := case.cast.affected or case.cast.spoke)}
    known = directory.persons(tx, {*concerned.values(), *(one for several in held.values() for one in several)})
    between = house.texts().say("between_names")
    return (
        {case_id: known[key].name for case_id, key in concerned.items() if key in known},
        {
            case_id: between.join(known[one].name for one in several if one in known)
            for case_id, several in held.items()
        },
    )


def _filter(asked: Mapping[str, str], now: datetime) -> Filter:
    state = asked.get("state", "open")
    return Filter(
        skill=asked.get("skill"),
        village_id=asked.get("village"),
        is_open={"open": True, "late": True, "closed": False}.get(state),
        late_at=now if state == "late" else None,
    )
