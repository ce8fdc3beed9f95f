"""The list of cases at the console: filters, a search, pages, ticks for one's own; the same list as a table.

A table holds what its reader may see, no telephone among it, and who took it is written down.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from bot.web.console import many
from bot.web.console.many import Ticks
from bot.web.console.orders import XLSX
from bot.web.console.session import PATH, Guard, Visitor
from bot.web.doors import Deps
from bot.web.pages import HEADERS, Pages, attached
from township import audit, directory, tables
from township.audit import AuditEntry
from township.clock import SHANGHAI
from township.db import Tx
from township.scope import Scope
from workflows import casebook, definitions, house, searching, tasks
from workflows.casebook import CaseView, Filter

PAGE: Final = 20
MOST: Final = 5000
"""Cases of one table: the newest."""
SLICE: Final = 250
"""Cases of one reading: pages that are asked for meanwhile wait for no more."""
COLUMNS: Final = (
    "number", "skill", "stage", "village", "whose", "kind", "place", "what", "opened_at", "due_at", "closed_at",
    "result", "holders",
)  # fmt: skip
ASKED: Final = ("state", "village", "skill", "q")


class Format(StrEnum):
    """What kind of table."""

    XLSX = "xlsx"
    CSV = "csv"


KINDS: Final[Mapping[Format, str]] = {Format.XLSX: XLSX, Format.CSV: "text/csv; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Around:
    """Whom some cases concern and who has each open one, by the ids of the cases."""

    whose: Mapping[str, str]
    holders: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the list, and what may be chosen."""

    rows: tuple[CaseView, ...]
    total: int
    page: int
    pages: int
    villages: Mapping[str, str]
    skills: Mapping[str, str]
    around: Around
    ticks: Ticks


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the list and its table."""
    router = APIRouter(prefix=f"{PATH}/cases")

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        visitor, now, asked = await guard.visitor(request), deps.clock.now(), _asked(request)
        number = request.query_params.get("page", "")
        found = await deps.db.read(partial(_find, visitor=visitor, asked=asked, number=number, now=now))
        keep = f"{urlencode(asked)}&" if asked else ""
        return pages.show(
            "cases/listed.html", visitor=visitor, here="cases", found=found, asked=asked, keep=keep, now=now,
            most=searching.MOST, most_kept=MOST, ticked="ticked" in request.query_params,
        )  # fmt: skip

    @router.get("/table")
    async def table(request: Request, format: Format = Format.XLSX) -> Response:
        visitor, now, asked = await guard.visitor(request), deps.clock.now(), _asked(request)
        rows = [[pages.say(f"cases_{name}") for name in COLUMNS]]
        for start in range(0, MOST, SLICE):
            read = partial(_slice, pages=pages, scope=visitor.scope, asked=asked, start=start, now=now)
            some = await deps.db.read(read)
            rows += some
            if len(some) < SLICE:
                break
        took = AuditEntry(visitor.person.id, None, "exported", "cases", f"{urlencode(asked)} {len(rows) - 1}", now)
        await deps.db.write(lambda tx: audit.record(tx, visitor.person.town_id, took))
        name = pages.say("file_cases", day=f"{now.astimezone(SHANGHAI):%Y-%m-%d}", format=format.value)
        data = await asyncio.to_thread(tables.file, rows, f".{format.value}")
        return Response(data, media_type=KINDS[format], headers=HEADERS | attached(name))

    return router


def _asked(request: Request) -> dict[str, str]:
    return {key: value for key in ASKED if (value := request.query_params.get(key, ""))}


def _find(tx: Tx, *, visitor: Visitor, asked: Mapping[str, str], number: str, now: datetime) -> Found:
    scope = visitor.scope
    villages = {one.id: one.name for one in directory.villages_of(tx, scope.town_id) if one.id in scope.villages}
    offered = definitions.published(tx, scope.town_id)
    skills = {one.skill: definitions.pinned(tx, scope.town_id, one.hash).name for one in offered}
    if asked.get("q"):
        rows, page, last = searching.found(tx, scope, asked["q"]), 1, 1
        total = len(rows)
    else:
        chosen = _filter(asked, now)
        total = casebook.counted(tx, scope, chosen)
        last = max(1, -(-total // PAGE))
        page = min(max(1, int(number) if number.isdecimal() else 1), last)
        rows = casebook.listed(tx, scope, chosen, limit=PAGE, offset=(page - 1) * PAGE)
    shown = {case.id for case in rows}
    held = (task for task in tasks.of_person(tx, scope.town_id, visitor.person.id) if task.case_id in shown)
    return Found(
        tuple(rows), total, page, last, villages, skills, _around(tx, rows), many.ticks(tx, scope.town_id, held)
    )


def _slice(
    tx: Tx, *, pages: Pages, scope: Scope, asked: Mapping[str, str], start: int, now: datetime
) -> list[list[str]]:
    """Some rows of the table, the newest first."""
    if asked.get("q"):
        rows = searching.found(tx, scope, asked["q"])[start : start + SLICE]
    else:
        rows = casebook.listed(tx, scope, _filter(asked, now), limit=SLICE, offset=start)
    villages = {one.id: one.name for one in directory.villages_of(tx, scope.town_id)}
    return list(_written(pages, rows, villages, _around(tx, rows)))


def _written(
    pages: Pages, rows: Sequence[CaseView], villages: Mapping[str, str], around: Around
) -> Iterator[list[str]]:
    for case in rows:
        said = case.said
        yield [
            case.number, case.skill_name, case.stage_title, villages.get(case.village_id or "", ""),
            around.whose.get(case.id, ""), said.get("kind", ""), said.get("place", ""), said.get("what", ""),
            _moment(case.opened_at), _moment(case.due_at if case.is_open else None), _moment(case.closed_at),
            "" if case.is_open else pages.sentence(f"result_{case.result}", {}, otherwise="result_"),
            around.holders.get(case.id, ""),
        ]  # fmt: skip


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""


def _around(tx: Tx, rows: Sequence[CaseView]) -> Around:
    held = tasks.holders(tx, [case.id for case in rows if case.is_open])
    concerned = {case.id: key for case in rows if (key := case.cast.affected or case.cast.spoke)}
    known = directory.persons(tx, {*concerned.values(), *(one for several in held.values() for one in several)})
    between = house.texts().say("between_names")
    return Around(
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
