"""Many of one's own cases at once: ticked in a list, an act chosen, shown first, done when it is confirmed.

Any page with a list of cases may hold the ticks; where to go back to is named, never an address.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.web.console.session import PATH, Guard, Visitor
from bot.web.doors import Deps
from bot.web.pages import Pages
from township.db import Tx
from township.errors import Mistake, Refused
from workflows import bulk
from workflows.bulk import Chosen, Done, Wish
from workflows.state import Via
from workflows.tasks import TaskView

SHOWN: Final = 300
"""Cases that a preview names."""
TASK: Final = "task_"
"""Before the tasks that were ticked in a form."""
VALUE: Final = "value_"
"""Before what an action must be told, the same for all."""


class Place(StrEnum):
    """The list in which they were ticked."""

    WORK = "work"
    CASES = "cases"
    ROSTERS = "rosters"


PLACES: Final[Mapping[Place, str]] = {
    Place.WORK: PATH, Place.CASES: f"{PATH}/cases", Place.ROSTERS: f"{PATH}/rosters"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ticks:
    """What may be ticked in a list of cases, and what may be done with it."""

    tasks: Mapping[str, str]
    """The task of the visitor, by the id of its case."""
    words: tuple[str, ...]
    """What may be done, that which fits most of them first."""

    def __bool__(self) -> bool:
        return len(self.tasks) > 1


def ticks(tx: Tx, town_id: str, held: Iterable[TaskView]) -> Ticks:
    """Say which of somebody's tasks may be done together, and by which words; one alone is done on its own page."""
    of_case = {task.case_id: task for task in reversed(list(held))}
    words = bulk.offered(tx, town_id, list(of_case.values()))
    often = Counter(word for some in words.values() for word in some)
    tasks = {case_id: task.id for case_id, task in of_case.items() if task.id in words}
    return Ticks(tasks, tuple(word for word, _ in often.most_common()))


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the preview and the doing."""
    router = APIRouter(prefix=f"{PATH}/many/{{place}}")

    @router.get("/{step}")
    async def back(place: Place, step: str) -> RedirectResponse:
        """Somebody comes back to a step that is over: to the list as it stands now."""
        return RedirectResponse(PLACES[place])

    @router.post("/preview")
    async def preview(request: Request, place: Place) -> HTMLResponse:
        visitor, posted = await guard.form(request)
        wish = _wish(posted.fields)
        chosen, lines = await deps.db.read(partial(_previewed, visitor=visitor, wish=wish))
        if not chosen.tasks or not bulk.is_for_all(chosen.needs):
            raise Mistake("bulk_nothing")
        return pages.show(
            "many/preview.html", visitor=visitor, here=place.value, chosen=chosen, lines=lines, wish=wish,
            ends=bulk.ends(chosen), back=PLACES[place],
        )  # fmt: skip

    @router.post("/do")
    async def do(request: Request, place: Place) -> HTMLResponse:
        visitor, posted = await guard.form(request)
        wish = _wish(posted.fields)
        chosen = await deps.db.read(partial(_chosen, visitor=visitor, wish=wish))
        if not chosen.tasks or chosen.seal != posted.fields.get("seal", ""):
            raise Refused("bulk_changed")
        told = {name: posted.fields.get(VALUE + name, "").strip() for name in chosen.needs}
        if missing := next((spec for name, spec in chosen.needs.items() if not told[name]), None):
            raise Mistake("value_missing", name=missing.name)
        done, now = Done(), deps.clock.now()
        act = partial(
            bulk.do, town_id=visitor.person.town_id, person_id=visitor.person.id, word=wish.word, now=now, told=told
        )
        for some in bulk.chunks(chosen.tasks):
            done += await deps.db.write(partial(act, some=some, key=f"bulk:{chosen.seal}", via=Via.CONSOLE))
        refused = [(number, pages.sentence(code, {}, otherwise="bulk_look")) for number, code in done.refused]
        return pages.show(
            "many/done.html", visitor=visitor, here=place.value, title=chosen.title, done=done.done, refused=refused,
            back=PLACES[place],
        )  # fmt: skip

    return router


def _wish(fields: Mapping[str, str]) -> Wish:
    held = tuple(sorted(name.removeprefix(TASK) for name in fields if name.startswith(TASK)))
    if not held:
        raise Mistake("bulk_nothing")
    return Wish(fields.get("word", ""), skill=fields.get("skill") or None, tasks=held)


def _chosen(tx: Tx, *, visitor: Visitor, wish: Wish) -> Chosen:
    return bulk.choose(tx, visitor.person.town_id, visitor.person.id, wish)


def _previewed(tx: Tx, *, visitor: Visitor, wish: Wish) -> tuple[Chosen, list[tuple[str, str]]]:
    chosen = _chosen(tx, visitor=visitor, wish=wish)
    return chosen, bulk.preview(tx, visitor.scope, chosen, most=SHOWN)
