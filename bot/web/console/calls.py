"""The call list at the console: who is to be told by voice, in what words, and what came of each call."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.web.console.session import PATH, Guard
from bot.web.doors import Deps
from bot.web.pages import Pages
from township.audit import AuditEntry, record
from township.db import Tx
from township.errors import Mistake
from township.scope import Scope
from workflows import calllist, offers, tasks
from workflows.calllist import Called, CallLine

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Call:
    """One line of the list, and what the person may answer on the phone: title by action."""

    line: CallLine
    answers: Mapping[str, str]


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the call list."""
    router = APIRouter(prefix=f"{PATH}/calls")

    @router.get("")
    async def listed(request: Request) -> HTMLResponse:
        visitor, now = await guard.visitor(request), deps.clock.now()

        def look(tx: Tx) -> list[Call]:
            found = waiting(tx, visitor.scope)
            for call in found:
                why = f"console {call.line.case_id}"
                read = AuditEntry(visitor.person.id, call.line.person_id, "read", "call_line", why, now)
                record(tx, visitor.person.town_id, read)
            return found

        calls = await deps.db.write(look)
        done = request.query_params.get("done") == "1"
        return pages.show("calls/listed.html", visitor=visitor, here="calls", calls=calls, done=done)

    @router.post("/{line_id}")
    async def tick(request: Request, line_id: str) -> Response:
        visitor, posted = await guard.form(request)
        called, answer = _called(posted.fields.get("called", "")), posted.fields.get("answer", "")
        now = deps.clock.now()
        ticked = partial(calllist.tick, scope=visitor.scope, line_id=line_id, called=called, now=now, answer=answer)
        await deps.db.write(ticked)
        return RedirectResponse(f"{PATH}/calls?done=1", 303)

    return router


def waiting(tx: Tx, scope: Scope) -> list[Call]:
    """List the calls that this scope may make."""
    return [Call(line, _answers(tx, scope, line)) for line in calllist.waiting(tx, scope, MOST)]


def _answers(tx: Tx, scope: Scope, line: CallLine) -> dict[str, str]:
    """List what may be answered on the phone while the case waits for its villager, whoever holds that task."""
    if not calllist.is_latest(tx, line.id, line.case_id):
        return {}
    held = [task for task in tasks.of_case(tx, line.case_id) if task.state == "open"]
    known = next((found for task in held if (found := offers.answers(tx, scope.town_id, task))), {})
    return {
        name: action.title for name, action in known.items() if all(need.optional for need in action.needs.values())
    }


def _called(word: str) -> Called:
    try:
        return Called(word)
    except ValueError as error:
        raise Mistake("what_came_of_it") from error
