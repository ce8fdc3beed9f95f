"""Broadcasts at the console: what is set, heard and called off, and a form that makes the same draft as the chat.

The form reads the draft back first; approving and calling off are done on the case, by its own door.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from secrets import token_hex

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.web.console.session import PATH, Guard
from bot.web.doors import Deps
from bot.web.pages import Pages
from township.db import Tx
from township.errors import Mistake, Refused
from township.scope import Scope
from workflows.broadcasts import listing, ordering, submission
from workflows.broadcasts.drafts import Draft, Order
from workflows.broadcasts.ordering import Known
from workflows.broadcasts.policy import Level
from workflows.broadcasts.submission import Editor

ZONE = "zone_"
"""Before the id of a village in the form."""


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the list and the form."""
    router = APIRouter(prefix=f"{PATH}/broadcasts")

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        visitor = await guard.visitor(request)
        lines, editor = await deps.db.read(
            lambda tx: (listing.listed(tx, visitor.scope), submission.editor_of(tx, visitor.scope))
        )
        done = request.query_params.get("done") == "1"
        return pages.show(
            "broadcasts/listed.html", visitor=visitor, here="broadcasts", lines=lines, editor=editor, done=done
        )

    @router.post("")
    async def order(request: Request) -> Response:
        visitor, posted = await guard.form(request)
        fields, now = posted.fields, deps.clock.now()
        if fields.get("sure") == "1":
            key = f"console:{visitor.person.id}:{fields.get('key', '')}"
            await deps.db.write(partial(_submit, scope=visitor.scope, fields=fields, key=key, now=now))
            return RedirectResponse(f"{PATH}/broadcasts?done=1", 303)
        found, who, where = await deps.db.read(partial(_look, scope=visitor.scope, fields=fields, now=now))
        kept = {name: value for name, value in fields.items() if name not in ("csrf", "sure", "key")}
        return pages.show(
            "broadcasts/draft.html",
            visitor=visitor,
            here="broadcasts",
            order=found,
            who=who,
            where=where,
            kept=kept,
            key=token_hex(16),
        )

    return router


def _look(tx: Tx, scope: Scope, fields: Mapping[str, str], now: datetime) -> tuple[Order, list[str], str]:
    """Settle what the form says: as it will be heard, who will be asked, and when and where."""
    editor, draft = _draft(tx, scope, fields, now)
    order = submission.checked(tx, editor, draft, now)
    return order, submission.approvers(tx, editor, order, now), order.in_words(editor.villages)


def _submit(tx: Tx, scope: Scope, fields: Mapping[str, str], key: str, now: datetime) -> None:
    editor, draft = _draft(tx, scope, fields, now)
    submission.submit(tx, editor, draft, key=key, conversation_id=None, now=now)


def _draft(tx: Tx, scope: Scope, fields: Mapping[str, str], now: datetime) -> tuple[Editor, Draft]:
    editor = submission.editor_of(tx, scope)
    if editor is None:
        raise Refused("broadcast_approver")
    spoken = ordering.time_of(fields.get("when", ""), Known(now, editor.villages))
    if spoken is None or not spoken.is_whole:
        raise Mistake("broadcast_when", said=fields.get("when", ""))
    zones = tuple(one for one in editor.zones if fields.get(f"{ZONE}{one}"))
    text = ordering.finished(fields.get("text", ""))
    if not text or not zones:
        raise Mistake("broadcast_incomplete")
    level = fields.get("level", "")
    known = Level(level) if level in set(Level) else Level.DAILY
    return editor, Draft(text, spoken, zones, known, issuer=editor.issuer)
