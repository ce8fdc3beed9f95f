"""Lists at the console: a sheet brought, one's own rows to be ticked, the sheet written back."""

import asyncio
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from bot.web.console.orders import XLSX
from bot.web.console.session import PATH, Guard, Posted, Visitor
from bot.web.doors import Deps
from bot.web.pages import HEADERS, Pages, attached
from township import directory, tables
from township.db import Tx
from township.directory import Role
from township.errors import Mistake, Refused
from workflows.rosters import bringing, filling, services, telling, working
from workflows.rosters.bringing import Bringer, Brought
from workflows.rosters.working import Line

BRINGERS: Final = frozenset({Role.TOWN_CLERK, Role.TOWN_DUTY, Role.CIVIL_AFFAIRS})
"""Who may bring a sheet and take what came of it."""
SHOWN: Final = 300
"""Rows of one page."""
PRINTED: Final = 3000


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the lists."""
    router = APIRouter(prefix=f"{PATH}/rosters")

    @router.get("")
    async def shown(request: Request) -> HTMLResponse:
        return await _page(deps, pages, await guard.visitor(request))

    @router.get("/paper")
    async def paper(request: Request, skill: str = "") -> HTMLResponse:
        """The list on paper, for a doer without an account: numbers stay, so that ticks are entered by them."""
        visitor = await guard.visitor(request)
        mine = await deps.db.read(partial(_mine, visitor=visitor, most=PRINTED))
        found = next(((one, lines) for one, lines, _ in mine if one.skill == skill), None)
        if found is None:
            raise Mistake("bulk_nothing")
        return pages.show("rosters/paper.html", name=found[0].name, lines=found[1], now=deps.clock.now())

    _mount_sheets(router, deps, guard, pages)
    return router


def _mount_sheets(router: APIRouter, deps: Deps, guard: Guard, pages: Pages) -> None:
    """A sheet that is brought, and written back."""

    @router.post("")
    async def take(request: Request) -> HTMLResponse:
        visitor, posted = await guard.form(request, file_bytes=tables.MOST_BYTES)
        _must_bring(visitor)
        return await _page(deps, pages, visitor, said=await _brought(deps, visitor, posted))

    @router.post("/fill")
    async def fill(request: Request) -> Response:
        visitor, posted = await guard.form(request)
        _must_bring(visitor)
        skill, now = posted.fields.get("skill", ""), deps.clock.now()
        filled = await deps.db.write(lambda tx: filling.fill(tx, visitor.scope, skill, now=now))
        book = await asyncio.to_thread(tables.workbook, filled.table())
        called = (await deps.db.read(partial(bringing.roster_of, town_id=visitor.person.town_id, skill=skill))).name
        name = pages.say("file_orders", system=called, day=f"{now:%Y-%m-%d}")
        return Response(book, media_type=XLSX, headers=HEADERS | attached(name))


async def _page(deps: Deps, pages: Pages, visitor: Visitor, *, said: list[str] | None = None) -> HTMLResponse:
    town_id = visitor.person.town_id
    known = await deps.db.read(partial(services.of_town, town_id=town_id))
    mine = await deps.db.read(partial(_mine, visitor=visitor))
    names = await deps.db.read(lambda tx: [one.name for one in directory.villages_of(tx, town_id)])
    return pages.show(
        "rosters/listed.html", visitor=visitor, here="rosters", services=known, mine=mine, said=said or [],
        may_bring=_may_bring(visitor), villages=names,
    )  # fmt: skip


def _mine(tx: Tx, *, visitor: Visitor, most: int = SHOWN) -> list[tuple[working.Listed, list[Line], list[str]]]:
    """The visitor's own lists: each with its rows, and what may be done with many of them."""
    town_id, person_id = visitor.person.town_id, visitor.person.id
    found = []
    for one in working.lists(tx, town_id, person_id):
        lines = working.lines(tx, town_id, person_id, one.skill, limit=most)
        actions = lines[0].definition.stage(lines[0].stage).actions.values() if lines else ()
        simple = [action.title for action in actions if all(spec.optional for spec in action.needs.values())]
        found.append((one, lines, simple))
    return found


async def _brought(deps: Deps, visitor: Visitor, posted: Posted) -> list[str]:
    """Bring a sheet, few rows in a transaction."""
    name, data = posted.files.get("file", ("", b""))
    if not name:
        raise Mistake("no_file_chosen")
    town_id, skill, now = visitor.person.town_id, posted.fields.get("skill", ""), deps.clock.now()
    rows = await asyncio.to_thread(tables.read, data, name)
    of_town = partial(bringing.read_sheet, town_id=town_id, skill=skill, rows=rows, file=name)
    sheet = await deps.db.read(partial(of_town, village=posted.fields.get("village", "")))
    bringer, done = Bringer(town_id, skill, visitor.person.id, name), Brought(mistakes=sheet.mistakes)
    for some in bringing.slices(sheet, bringer, now=now):
        done += await deps.db.write(some)
    done = await deps.db.write(partial(bringing.finish, sheet=sheet, bringer=bringer, done=done, now=now))
    called = (await deps.db.read(partial(bringing.roster_of, town_id=town_id, skill=skill))).name
    return [telling.brought(called, done), *telling.mistakes(done.mistakes)]


def _may_bring(visitor: Visitor) -> bool:
    return any((role, None) in visitor.scope.offices for role in BRINGERS)


def _must_bring(visitor: Visitor) -> None:
    if not _may_bring(visitor):
        raise Refused("not_a_bringer")
