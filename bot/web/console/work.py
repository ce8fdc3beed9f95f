"""What waits for the person at the console, the nearest deadline first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bot.web.console import many
from bot.web.console.session import PATH, Guard
from bot.web.doors import Deps
from bot.web.pages import Pages
from township.db import Tx
from township.scope import Scope
from workflows import asides, casebook, tasks
from workflows.casebook import CaseView
from workflows.tasks import TaskView

MOST: Final = 200
"""Tasks on one page; who has more needs a deputy rather than a longer page."""
SOON: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Slip:
    """One task with the case behind it."""

    task: TaskView
    case: CaseView
    why: str
    """Why somebody besides those of the stage is asked."""


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount "my work"."""
    router = APIRouter(prefix=PATH)

    @router.get("")
    async def mine(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        slips = await deps.db.read(partial(slips_of, scope=visitor.scope, person_id=visitor.person.id))
        held = [one.task for one in slips]
        ticks = await deps.db.read(partial(many.ticks, town_id=visitor.person.town_id, held=held))
        return pages.show(
            "work/mine.html", visitor=visitor, here="work", slips=slips, ticks=ticks, now=deps.clock.now(),
            ticked="ticked" in request.query_params,
        )  # fmt: skip

    return router


def slips_of(tx: Tx, *, scope: Scope, person_id: str) -> list[Slip]:
    """List the open tasks of a person with their cases."""
    found = []
    for task in tasks.of_person(tx, scope.town_id, person_id)[:MOST]:
        case = casebook.get(tx, scope, task.case_id)
        if case is not None:
            found.append(Slip(task, case, asides.short(tx, scope.town_id, task)))
    return found


def urgency(due: datetime | None, now: datetime) -> str:
    """Name how near a deadline is: late, soon, or nothing to say."""
    if due is None:
        return ""
    return "late" if due <= now else "soon" if due <= now + SOON else ""
