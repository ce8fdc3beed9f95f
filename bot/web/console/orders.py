"""Work orders of other systems at the console: a sheet brought, doubtful columns asked, outcomes handed back.

What is uploaded waits in the file store until its columns are said; nothing is opened before that.
"""

import asyncio
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from bot.web.console.session import PATH, Guard, Posted, Visitor, sign
from bot.web.doors import Deps
from bot.web.pages import HEADERS, Pages, attached
from township import directory, tables
from township.db import Tx
from township.directory import Role
from township.errors import Mistake, Refused
from township.scope import Scope
from workflows import casebook
from workflows.casebook import CaseView
from workflows.orders import columns, filling, reading, style, systems
from workflows.orders.bringing import Bringer, Brought, bring
from workflows.orders.columns import Head, Meaning
from workflows.orders.reading import Sheet
from workflows.orders.systems import System

BRINGERS: Final = frozenset({Role.TOWN_CLERK, Role.TOWN_DUTY})
"""Who may bring a town's orders and hand them back."""
SLICE: Final = 8
NAMED: Final = 200
"""New cases that the page names after a sheet was brought."""
COLUMN: Final = "column_"
"""Before the names of columns in a form."""
USUAL: Final = "12345"
KEPT: Final = "order"
"""Purpose of the signature of a sheet that waits: nobody names another file of the store."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A sheet that was posted, or kept while its columns were asked about."""

    name: str
    data: bytes
    system: str


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the orders."""
    router = APIRouter(prefix=f"{PATH}/orders")

    @router.get("")
    async def shown(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        return await _page(deps, pages, visitor)

    @router.post("")
    async def take(request: Request) -> Response:
        visitor, posted = await guard.form(request, file_bytes=tables.MOST_BYTES)
        _must_bring(visitor)
        uploaded = await asyncio.to_thread(_uploaded, deps, posted)
        rows = await asyncio.to_thread(tables.read, uploaded.data, uploaded.name)
        known = await deps.db.read(partial(systems.get, town_id=visitor.person.town_id, name=uploaded.system))
        meanings = {**(known.meanings if known else {}), **_said(posted.fields)}
        head = columns.head_of(rows, meanings, file=uploaded.name)
        act = "learn" if posted.fields.get("act") == "learn" else "bring"
        missing = head.missing if act == "bring" else head.without_result
        if missing or (act == "bring" and head.doubts):
            kept = await asyncio.to_thread(deps.files.keep, uploaded.data)
            return pages.show(
                "orders/columns.html", visitor=visitor, here="orders", head=head, missing=missing, uploaded=uploaded,
                kept=f"{kept}.{sign(deps.key, KEPT, kept)}", meanings=list(Meaning), act=act,
            )  # fmt: skip
        if act == "learn":
            return await _learn(deps, pages, visitor, uploaded, rows, head)
        sheet = reading.read(rows, head, uploaded.name, await deps.db.read(partial(_villages, visitor=visitor)))
        return await _page(deps, pages, visitor, brought=await _brought(deps, visitor, uploaded, sheet))

    @router.post("/fill")
    async def fill(request: Request) -> Response:
        visitor, posted = await guard.form(request)
        _must_bring(visitor)
        system, again = posted.fields.get("system", ""), posted.fields.get("again") == "1"
        filled = await deps.db.read(partial(filling.fill, scope=visitor.scope, system=system, again=again))
        if not filled.rows:
            raise Mistake("orders_nothing_to_fill", system=system)
        book = await asyncio.to_thread(tables.workbook, filled.table())
        now = deps.clock.now()
        await deps.db.write(lambda tx: filling.handed_over(tx, visitor.scope, system, filled, now=now))
        name = pages.say("file_orders", system=system, day=f"{now:%Y-%m-%d}")
        return Response(book, media_type=XLSX, headers=HEADERS | attached(name))

    return router


async def _page(
    deps: Deps, pages: Pages, visitor: Visitor, *, brought: Brought | None = None, learnt: str = ""
) -> HTMLResponse:
    town_id = visitor.person.town_id
    known: list[System] = await deps.db.read(partial(systems.of_town, town_id=town_id))
    mistakes = (
        [pages.sentence(one.code, dict(one.values)) for one in (*brought.mistakes, *brought.unread)] if brought else []
    )
    opened = await deps.db.read(partial(_opened, scope=visitor.scope, brought=brought)) if brought else []
    return pages.show(
        "orders/listed.html", visitor=visitor, here="orders", systems=known, brought=brought, mistakes=mistakes,
        opened=opened, learnt=learnt, may_bring=_may_bring(visitor) and deps.sorting is not None, usual=USUAL,
    )  # fmt: skip


async def _learn(
    deps: Deps, pages: Pages, visitor: Visitor, uploaded: Uploaded, rows: tables.Rows, head: Head
) -> HTMLResponse:
    learnt = style.learn(rows, head)
    if learnt is None:
        raise Mistake("fill_not_learnt", file=uploaded.name)
    keep = partial(systems.learn, town_id=visitor.person.town_id, name=uploaded.system, head=head)
    await deps.db.write(partial(keep, style=learnt.to_json(), by=visitor.person.id, now=deps.clock.now()))
    return await _page(deps, pages, visitor, learnt=uploaded.system)


async def _brought(deps: Deps, visitor: Visitor, uploaded: Uploaded, sheet: Sheet) -> Brought:
    """Open the cases, few in a transaction, and remember the columns."""
    if deps.sorting is None:
        raise Refused("not_a_bringer")
    town_id, now = visitor.person.town_id, deps.clock.now()
    sorting = deps.sorting
    sort = await deps.db.read(lambda tx: sorting(tx, town_id))
    bringer = Bringer(town_id, uploaded.system, visitor.person.id, uploaded.name)
    done = Brought(mistakes=sheet.mistakes)
    for start in range(0, len(sheet.orders), SLICE):
        few = sheet.orders[start : start + SLICE]
        done += await deps.db.write(partial(bring, orders=few, bringer=bringer, sort=sort, now=now))
    keep = partial(systems.remember, town_id=town_id, name=uploaded.system, head=sheet.head)
    await deps.db.write(partial(keep, by=visitor.person.id, now=now))
    return done


def _opened(tx: Tx, *, scope: Scope, brought: Brought) -> list[tuple[int, CaseView | None]]:
    """The first rows that are cases now; None instead of one that others see."""
    return [(one.row, casebook.get(tx, scope, one.case_id)) for one in brought.opened[:NAMED]]


def _uploaded(deps: Deps, posted: Posted) -> Uploaded:
    system = posted.fields.get("system", "").strip()[:40] or USUAL
    if kept := posted.fields.get("kept", ""):
        digest, _, signature = kept.partition(".")
        if not hmac.compare_digest(signature.encode(), sign(deps.key, KEPT, digest).encode()):
            raise Refused("foreign_form")
        return Uploaded(posted.fields.get("name", ""), deps.files.path(digest).read_bytes(), system)
    name, data = posted.files.get("file", ("", b""))
    if not name:
        raise Mistake("no_file_chosen")
    return Uploaded(name, data, system)


def _said(fields: Mapping[str, str]) -> dict[str, Meaning]:
    """Read what was said of columns; a meaning that is none is not said."""
    named = {key.removeprefix(COLUMN): value for key, value in fields.items() if key.startswith(COLUMN)}
    return {column: Meaning(value) for column, value in named.items() if value in set(Meaning)}


def _villages(tx: Tx, *, visitor: Visitor) -> list[str]:
    return [one.name for one in directory.villages_of(tx, visitor.person.town_id)]


def _may_bring(visitor: Visitor) -> bool:
    return any((role, None) in visitor.scope.offices for role in BRINGERS)


def _must_bring(visitor: Visitor) -> None:
    if not _may_bring(visitor):
        raise Refused("not_a_bringer")
