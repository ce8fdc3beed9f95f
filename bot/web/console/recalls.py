"""Telling people again, at the console: what changed, who was told otherwise, and the keeper's word to send it."""

from dataclasses import dataclass
from functools import partial
from secrets import token_hex

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot import changes
from bot.hearers import Addressee, addressees
from bot.web.console import standing
from bot.web.console.session import PATH, Guard, Visitor
from bot.web.doors import Deps
from bot.web.pages import Pages
from knowledge.keepers import must_keep
from knowledge.validity import recall
from township.db import Tx
from township.errors import Refused
from workflows import cases

SERVICE = "recall"
ACTIONS = frozenset({"send", "leave"})


@dataclass(frozen=True, slots=True)
class _Shown:
    """One change with everybody whom it concerns."""

    key: str
    lines: tuple[str, ...]
    people: tuple[Addressee, ...]
    stands: standing.Standing | None


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the recalls."""
    router = APIRouter(prefix=f"{PATH}/recalls")

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        must_keep(visitor.scope)
        look = partial(_look, visitor=visitor, deps=deps)
        found = await deps.db.read(look)
        return pages.show("recalls/listed.html", visitor=visitor, here="recalls", found=found, key=token_hex(16))

    @router.post("")
    async def decide(request: Request) -> Response:
        visitor, posted = await guard.form(request)
        must_keep(visitor.scope)
        given, at = posted.fields, deps.clock.now()
        key = f"console:{visitor.person.id}:{given.get('key', '')}"

        def settle(tx: Tx) -> None:
            _, case_id = cases.current(tx, visitor.person.town_id, f"{SERVICE}:{given.get('change', '')}")
            if case_id is None or given.get("act") not in ACTIONS:
                raise Refused("unknown_case", case="")
            standing.act(tx, visitor, standing.of_case(tx, visitor, case_id), given["act"], {}, key, at)

        await deps.db.write(settle)
        return RedirectResponse(f"{PATH}/recalls", 303)

    return router


def _look(tx: Tx, *, visitor: Visitor, deps: Deps) -> list[_Shown]:
    town_id, found = visitor.person.town_id, []
    for one in recall.due(tx, town_id, now=deps.clock.now()):
        _, case_id = cases.current(tx, town_id, f"{SERVICE}:{one.key}")
        stands = standing.of_case(tx, visitor, case_id) if case_id else None
        lines = tuple(changes.of_rule(subject) for subject in one.subjects)
        found.append(_Shown(one.key, lines, tuple(addressees(tx, one)), stands))
    return found
