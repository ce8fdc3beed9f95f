"""The town as it is set: today's duty, offices, services with changes that wait, days, and the platform's month.

To be looked at; what changes it is the town's sheet, a second person's yes, and the official notice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bot import usage
from bot.web.console.session import PATH, Guard
from bot.web.doors import Deps
from bot.web.pages import Pages
from skills import registry
from skills.manifest import Manifest
from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from township.directory import DutyPerson, Role
from township.scope import Scope
from township.workdays import WEEKEND, Calendar
from workflows import casebook
from workflows.casebook import CaseView, Filter
from workflows.clocks import calendars
from workflows.seals.wording import texts

CHANGES: Final = "service_change"
"""The service by which a change waits for a second person."""
AHEAD: Final = timedelta(days=92)
"""How far the days that differ are listed."""
PER_VILLAGE: Final = frozenset({Role.VILLAGE_CLERK, Role.VILLAGE_HEAD})
"""Offices that every village must have somebody for."""


@dataclass(frozen=True, slots=True)
class Odd:
    """A day that is not as its weekday is."""

    on: date
    is_worked: bool


@dataclass(frozen=True, slots=True)
class Look:
    """Everything on the page."""

    duty: Mapping[str, DutyPerson | None]
    """By the name of the village; the town under its own."""
    offices: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]
    """By the name of the role: village (empty: the town) and who holds it there; nobody where one is wanted."""
    services: tuple[Manifest, ...]
    waiting: tuple[CaseView, ...]
    odd: tuple[Odd, ...]
    estimated: tuple[int, ...]
    """Years whose official table nobody has brought."""


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the page."""
    router = APIRouter(prefix=f"{PATH}/town")

    @router.get("")
    async def shown(request: Request) -> HTMLResponse:
        visitor, now = await guard.visitor(request), deps.clock.now()
        look = await deps.db.read(partial(_look, scope=visitor.scope, now=now))
        month = partial(usage.usage, account_id=deps.login.account_id, limits=deps.limits, now=now)
        spent = usage.sentences(await deps.db.read(month))
        return pages.show("town/shown.html", visitor=visitor, here="town", look=look, spent=spent, now=now)

    return router


def _look(tx: Tx, *, scope: Scope, now: datetime) -> Look:
    town_id, today = scope.town_id, now.astimezone(SHANGHAI).date()
    calendar = calendars.calendar_of(tx, town_id)
    last = today + AHEAD
    return Look(
        dict(_duty(tx, town_id, now)),
        {texts().say(f"role_{role.value}"): tuple(_holders(tx, town_id, role, now)) for role in Role},
        tuple(one.manifest for one in registry.offered(tx, town_id)),
        tuple(casebook.listed(tx, scope, Filter(skill=CHANGES, is_open=True))),
        tuple(_odd(calendar, today, last)),
        tuple(year for year in range(today.year, last.year + 1) if calendar.day(date(year, 12, 31)).estimated),
    )


def _duty(tx: Tx, town_id: str, now: datetime) -> Iterator[tuple[str, DutyPerson | None]]:
    """Who has the duty now: of the town, and of each village alone."""
    own = directory.on_duty(tx, town_id, now)
    yield directory.town_names(tx, town_id)[0], next(iter(own), None)
    for village in directory.villages_of(tx, town_id):
        found = directory.on_duty(tx, town_id, now, village.id)
        yield village.name, found[0] if len(found) > len(own) else None


def _holders(tx: Tx, town_id: str, role: Role, now: datetime) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, village_id in [("", None), *((one.name, one.id) for one in directory.villages_of(tx, town_id))]:
        held = tuple(one.name for one in directory.people_with_role(tx, town_id, role, now, village_id))
        if held or (name and role in PER_VILLAGE):
            yield name, held


def _odd(calendar: Calendar, first: date, last: date) -> Iterator[Odd]:
    for ahead in range((last - first).days + 1):
        on = first + timedelta(days=ahead)
        is_worked = bool(calendar.day(on).spans)
        if is_worked != (on.weekday() < WEEKEND):
            yield Odd(on, is_worked)
