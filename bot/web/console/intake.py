"""A matter written down at the desk: somebody rings, stands at the counter, or was met on the way.

It is sorted as words in the chat are, so that a complaint about a cadre goes past the desk; what is wrong is said
beside what was filled in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from secrets import token_hex
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.web.console.session import PATH, Guard, Visitor
from bot.web.doors import Deps
from bot.web.pages import Pages
from township import callers, directory
from township.db import Tx
from township.errors import Mistake, Refused
from workflows import calllist, casebook, cases, definitions
from workflows.cases import Opening
from workflows.house import house
from workflows.orders import reading
from workflows.orders.bringing import Sorting
from workflows.orders.reading import Order
from workflows.state import Via

NEW: Final = f"{PATH}/cases/new"
Sorter = Callable[[Tx, str], Sorting]
WAYS: Final = ("call", "counter", "visit")
"""How somebody came to the desk."""
LONGEST_NAME: Final = 40


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen, value and label."""

    villages: Mapping[str, str]
    kinds: Mapping[str, str]


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the page, where what is said can be sorted. It stands before that of one case: `new` is no case."""
    router, sorter = APIRouter(), deps.sorting
    if sorter is None:
        return router

    async def form(
        visitor: Visitor, *, done: str = "", given: Mapping[str, str] | None = None, problem: str = ""
    ) -> HTMLResponse:
        choices = await deps.db.read(partial(_choices, visitor=visitor, sorting=sorter))
        case = await deps.db.read(partial(casebook.get, scope=visitor.scope, case_id=done)) if done else None
        told = given or {}
        return pages.show(
            "cases/new.html", 422 if problem else 200, visitor=visitor, here="cases", choices=choices, ways=WAYS,
            given=told, problem=problem, key=told.get("key") or token_hex(16), done=done, case=case,
        )  # fmt: skip

    @router.get(NEW)
    async def ask(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        _must_write(visitor)
        return await form(visitor, done=request.query_params.get("done", ""))

    @router.post(NEW)
    async def take(request: Request) -> Response:
        visitor, posted = await guard.form(request)
        _must_write(visitor)
        call = partial(_open, visitor=visitor, given=posted.fields, sorting=sorter, now=deps.clock.now())
        try:
            case_id = await deps.db.write(call)
        except Mistake as mistake:
            problem = pages.sentence(mistake.code, dict(mistake.values))
            return await form(visitor, given=posted.fields, problem=problem)
        return RedirectResponse(f"{NEW}?done={case_id}", 303)

    return router


def may_write(visitor: Visitor) -> bool:
    """Say whether somebody answers for a village or the town, and so may write down what its people say."""
    return any(role in house().watch for role, _ in visitor.scope.offices)


def _must_write(visitor: Visitor) -> None:
    if not may_write(visitor):
        raise Refused("not_a_writer")


def _choices(tx: Tx, *, visitor: Visitor, sorting: Sorter) -> Choices:
    town_id = visitor.person.town_id
    villages = {one.id: one.name for one in directory.villages_of(tx, town_id) if one.id in visitor.scope.villages}
    skill, _ = sorting(tx, town_id)(Order(0, "", ""))
    _, definition = definitions.current(tx, town_id, skill)
    kinds = definition.form["kind"].options if "kind" in definition.form else {}
    return Choices(villages, {key: one.name for key, one in kinds.items()})


def _open(tx: Tx, *, visitor: Visitor, given: Mapping[str, str], sorting: Sorter, now: datetime) -> str:
    """Open the case; the same form twice is one."""
    town_id, by = visitor.person.town_id, visitor.person.id
    key = f"console:{by}:{given.get('key', '')}"
    if known := cases.opened_by(tx, town_id, key):
        return known
    order, village_id = _read(visitor, given)
    skill, kind = sorting(tx, town_id)(order)
    _, definition = definitions.current(tx, town_id, skill)
    caller = callers.known_or_new(tx, town_id, order.name, order.phone, village_id) if order.name else None
    said = {"what": order.what, "kind": given.get("kind") or kind, "place": order.place, "urgent": order.is_urgent}
    opening = Opening(
        town_id,
        skill,
        key,
        {name: value for name, value in said.items() if name in definition.form and value},
        now,
        affected=caller,
        wrote=by,
        told=(caller,) if caller else (),
        village_id=village_id,
        via=Via.CONSOLE,
        channels=(given["way"] if given.get("way") in WAYS else WAYS[0],),
        anonymous=caller is None,
    )
    case_id = cases.open(tx, opening, now=now).case_id
    calllist.nothing_to_ring_about(tx, case_id, by, now)
    return case_id


def _read(visitor: Visitor, given: Mapping[str, str]) -> tuple[Order, str | None]:
    """Read what was filled in, as a work order without a number."""
    said = {name: given.get(name, "").strip() for name in ("what", "place", "village", "name", "phone")}
    if not said["what"]:
        raise Mistake("what_is_it")
    if said["village"] and said["village"] not in visitor.scope.villages:
        raise Mistake("not_your_village")
    phone = reading.phone(said["phone"].replace("-", "").replace(" ", ""))
    if said["phone"] and not phone:
        raise Mistake("not_a_phone", name=said["phone"])
    name = said["name"][:LONGEST_NAME]
    order = Order(0, "", said["what"], "", said["place"], "", name, phone, is_urgent=bool(given.get("urgent")))
    return order, said["village"] or visitor.person.village_id
