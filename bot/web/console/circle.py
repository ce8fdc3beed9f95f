"""Posts of the circle that wait for who sits at the console: read whole, let out, or refused with a reason."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.web.console.photos import HEADERS
from bot.web.console.session import PATH, Guard, Visitor
from bot.web.doors import Deps
from bot.web.pages import Pages
from township import audit, directory
from township.audit import AuditEntry
from township.clock import Clock
from township.db import Tx
from township.errors import Refused
from workflows import casebook, cases, offers, tasks
from workflows.casebook import CaseView
from workflows.cases import Act
from workflows.circle import counts, posts, wall
from workflows.circle.posts import Post
from workflows.definition import Action
from workflows.state import TaskKind, Via
from workflows.tasks import TaskView

WORDS: Final = frozenset({"release", "refuse", "grant", "uphold"})


@dataclass(frozen=True, slots=True)
class Held:
    """A post that waits, as who decides reads it."""

    task: TaskView
    case: CaseView
    post: Post
    author: str
    photos: tuple[str, ...]
    actions: dict[str, Action]


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the list, its photos, and what is decided."""
    router = APIRouter(prefix=f"{PATH}/circle")

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        visitor, now = await guard.visitor(request), deps.clock.now()
        town_id = visitor.person.town_id

        def look(tx: Tx) -> tuple[list[Held], str]:
            month = counts.month_of(tx, town_id, now, visitor.person.village_id)
            villages = {one.id: one.name for one in directory.villages_of(tx, town_id)}
            village = villages.get(visitor.person.village_id or "", "")
            return waiting(tx, visitor, deps.clock), counts.in_words(month, village, counts.opinions(tx, town_id, now))

        held, month = await deps.db.write(look)
        done = request.query_params.get("done") == "1"
        return pages.show("circle/held.html", visitor=visitor, here="circle", held=held, month=month, done=done)

    @router.get("/{task_id}/photos/{n}")
    async def photo(request: Request, task_id: str, n: int) -> Response:
        visitor = await guard.visitor(request)
        held = await deps.db.write(partial(waiting, visitor=visitor, clock=deps.clock))
        photos = next((one.photos for one in held if one.task.id == task_id), ())
        path = deps.files.path(photos[n - 1]) if 0 < n <= len(photos) else None
        if path is None or not path.is_file():
            raise HTTPException(404)
        return Response(path.read_bytes(), media_type="image/jpeg", headers=HEADERS)

    @router.post("/{task_id}")
    async def decide(request: Request, task_id: str) -> Response:
        visitor, posted = await guard.form(request)
        given = {name: value for name, value in posted.fields.items() if name in ("reason", "note") and value}
        act = partial(_decide, visitor=visitor, task_id=task_id, word=posted.fields.get("act", ""), given=given)
        await deps.db.write(partial(act, clock=deps.clock))
        return RedirectResponse(f"{PATH}/circle?done=1", 303)

    return router


def waiting(tx: Tx, visitor: Visitor, clock: Clock) -> list[Held]:
    """List the posts that the visitor has to look at; that their authors were read is written down."""
    found, person = [], visitor.person
    staged = [one for one in tasks.of_person(tx, person.town_id, person.id) if one.kind is TaskKind.STAGE]
    about = posts.of_cases(tx, [one.case_id for one in staged])
    for task in staged:
        post = about.get(task.case_id)
        case = casebook.get(tx, visitor.scope, task.case_id) if post else None
        if post is None or case is None:
            continue
        author = directory.person(tx, post.author_id)
        actions = {name: one for name, one in offers.of_task(tx, person.town_id, task).items() if name in WORDS}
        photos = wall.shown(tx, [post], named=False)[0].photos
        found.append(Held(task, case, post, author.name if author else "", photos, actions))
        read = AuditEntry(person.id, post.author_id, "read", "post", f"console {case.number}", clock.now())
        audit.record(tx, person.town_id, read)
    return found


def _decide(tx: Tx, *, visitor: Visitor, task_id: str, word: str, given: dict[str, str], clock: Clock) -> None:
    task = tasks.get(tx, task_id)
    if task is None or word not in WORDS or task.person_id != visitor.person.id:
        raise Refused("not_yours")
    known = offers.of_task(tx, visitor.person.town_id, task).get(word)
    values = {name: value for name, value in given.items() if known and name in known.needs}
    key = f"console:circle:{task_id}:{word}"
    person = visitor.person
    act = Act(person.town_id, task.case_id, word, key, person.id, values, task.id, Via.CONSOLE)
    cases.act(tx, act, now=clock.now())
