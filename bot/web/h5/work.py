"""Work that was passed on to somebody without an account: what, where, by when, and one answer.

Looking uses nothing up: whoever passes an address on may open it, and so do programs that preview links.
"""

from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from msgspec.structs import replace
from starlette.responses import Response

from bot.web.doors import Deps
from bot.web.h5 import posted
from bot.web.pages import Pages
from workflows.definition import FieldKind, FormField
from workflows.flow.besides import PICTURES, REMARK
from workflows.handovers import answering
from workflows.handovers.addresses import PATH, handover_of
from workflows.handovers.answering import Sheet, Shut, Taken

STATUS: Final = {"unknown": 404, "used": 200}
"""Of an address that opens nothing; of the others: gone."""
ACTION: Final = "action"
"""The button that was pressed."""


def routes(deps: Deps, pages: Pages) -> APIRouter:
    """Mount the page."""
    router = APIRouter(prefix=PATH)

    def show(found: Sheet | Shut | Taken, code: str) -> Response:
        if isinstance(found, Shut):
            return pages.show("work/shut.html", STATUS.get(found.why, 410), shut=found)
        if isinstance(found, Taken):
            return pages.show("work/taken.html", taken=found)
        status = 422 if found.problem else 200
        return pages.show("work/sheet.html", status, sheet=found, code=code, word=REMARK, pictures=PICTURES)

    @router.get("/{code}")
    async def opened(code: str) -> Response:
        look = partial(answering.look, handover_id=handover_of(deps.key, code), now=deps.clock.now())
        return show(await deps.db.read(look), code)

    @router.post("/{code}")
    async def answered(request: Request, code: str) -> Response:
        now, handover_id = deps.clock.now(), handover_of(deps.key, code)
        found = await deps.db.read(partial(answering.look, handover_id=handover_id, now=now))
        if not isinstance(found, Sheet):
            return show(found, code)
        asked = {**found.questions, ACTION: FormField(kind=FieldKind.TEXT, name=ACTION)}
        given, wrong = await posted.read(request, asked, deps.files)
        if wrong:
            return show(replace(found, problem=next(iter(wrong.values()))), code)
        action = given.pop(ACTION, "")
        answer = partial(answering.answer, handover_id=handover_id, action=action, given=given, now=now)
        return show(await deps.db.write(answer), code)

    return router
