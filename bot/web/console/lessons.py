"""An answer that a colleague wrote, at the console: before and after, decided by a second person, or taken back.

The same case stands on the colleagues' cards in the chat; whichever is answered first decides.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from secrets import token_hex
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.web.console import standing
from bot.web.console.session import PATH, Guard, Visitor
from bot.web.doors import Deps
from bot.web.pages import Pages
from knowledge.questions import decisions, drafts, overview
from knowledge.questions.drafts import Draft
from knowledge.questions.models import DraftState
from skills import lessons
from township import directory
from township.db import Tx
from township.errors import Mistake, Refused

SERVICE: Final = "answer_review"
DECIDES: Final = frozenset({"approve", "reject"})


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as who decides reads it."""

    draft: Draft
    before: str
    village: str
    author: str
    waits_for: tuple[str, ...]
    """Names."""
    is_mine: bool
    may_decide: bool


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the answers that wait."""
    router = APIRouter(prefix=f"{PATH}/answers")

    @router.get("/{draft_id}")
    async def preview(request: Request, draft_id: str) -> HTMLResponse:
        visitor = await guard.visitor(request)
        shown = await deps.db.read(partial(_shown, visitor=visitor, draft_id=draft_id))
        return pages.show("questions/draft.html", visitor=visitor, here="questions", shown=shown, key=token_hex(16))

    @router.post("/{draft_id}")
    async def decide(request: Request, draft_id: str) -> Response:
        visitor, posted = await guard.form(request)
        act, reason = posted.fields.get("act", ""), posted.fields.get("reason", "").strip()
        key = f"console:{visitor.person.id}:{posted.fields.get('key', '')}"
        settle = partial(_settle, visitor=visitor, draft_id=draft_id, act=act, reason=reason, key=key)
        await deps.db.write(partial(settle, at=deps.clock.now()))
        return RedirectResponse(f"{PATH}/questions", 303)

    return router


def _seen(tx: Tx, visitor: Visitor, draft_id: str) -> Draft:
    """Read an answer that the visitor may see; another is as if it were not there."""
    view, draft = overview.view_of(visitor.scope), drafts.get(tx, draft_id)
    is_own = view.is_keeper or draft.author_id == visitor.person.id or draft.village_id in (view.villages or ())
    if draft.town_id != view.town_id or not is_own:
        raise Mistake("draft_unknown")
    return draft


def _shown(tx: Tx, *, visitor: Visitor, draft_id: str) -> Shown:
    draft = _seen(tx, visitor, draft_id)
    case_id, author = lessons.case_of(tx, draft), directory.person(tx, draft.author_id)
    stands = standing.of_case(tx, visitor, case_id) if case_id else None
    villages = {one.id: one.name for one in directory.villages_of(tx, draft.town_id)}
    return Shown(
        draft,
        decisions.before(tx, draft),
        villages.get(draft.village_id or "", ""),
        author.name if author else "",
        stands.waits_for if stands else (),
        draft.author_id == visitor.person.id,
        bool(stands and stands.task_id),
    )


def _settle(tx: Tx, *, visitor: Visitor, draft_id: str, act: str, reason: str, key: str, at: datetime) -> None:
    draft, person = _seen(tx, visitor, draft_id), visitor.person
    if act == "adopt":
        adopted = drafts.adopt(tx, overview.view_of(visitor.scope), draft, owner=person.name, by=person.id, at=at)
        asked = overview.one(tx, overview.view_of(visitor.scope), draft.cluster_id)
        villages = {one.id: one.name for one in directory.villages_of(tx, draft.town_id)}
        lessons.review(tx, adopted, asked, villages, service=SERVICE, at=at)
    elif draft.state == DraftState.offered and act == "withdraw":
        drafts.withdraw(tx, draft.id, by=person.id)
    elif act in DECIDES and draft.author_id == person.id:
        raise Refused("answer_needs_second_person")
    elif act in {*DECIDES, "withdraw"}:
        _act(tx, visitor, draft, act, {"reason": reason} if reason else {}, key, at)


def _act(tx: Tx, visitor: Visitor, draft: Draft, act: str, given: dict[str, str], key: str, at: datetime) -> None:
    case_id = lessons.case_of(tx, draft)
    if case_id is None or draft.state != DraftState.waiting:
        raise Refused("answer_settled")
    stands = standing.of_case(tx, visitor, case_id)
    if act in DECIDES:
        standing.act(tx, visitor, stands, act, given, key, at)
    else:
        standing.withdraw(tx, visitor, stands, key, at)
