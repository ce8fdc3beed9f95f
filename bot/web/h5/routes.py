"""Pages for everybody's telephone, under one roof: mounted only where there is a public address.

Each noun is a module of its own with a folder of templates. A page weighs at most 40 KB, works without JavaScript,
has type of 18 px and more, and knows nobody: there is no login here, and no name on any page. A form is opened by the
address that its own person got in the chat, work that was passed on by the one that its holder sent.
"""

from pathlib import Path
from typing import Final

from fastapi import Depends, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response

from bot.web.doors import Deps
from bot.web.h5 import board, circle, form, original, verify, work
from bot.web.h5.gate import WINDOW, AskedTooOften, Gate
from bot.web.pages import Pages
from township.texts import Texts

HERE: Final = Path(__file__).parent
STATIC: Final = "/h5/static"


def mount(app: FastAPI, deps: Deps) -> None:
    """Mount every noun."""
    pages = Pages(HERE / "templates", Texts.load(HERE / "texts.yaml"))
    app.mount(STATIC, StaticFiles(directory=HERE / "static"))
    gated = [Depends(Gate(deps.clock))]
    for noun in (verify, circle, original, board, form, work):
        app.include_router(noun.routes(deps, pages), dependencies=gated)
    app.include_router(circle.photos(deps))

    @app.exception_handler(AskedTooOften)
    async def to_wait(_: Request, __: AskedTooOften) -> Response:
        seconds = int(WINDOW.total_seconds())
        page = pages.show("busy.html", 429, minutes=seconds // 60)
        page.headers["Retry-After"] = str(seconds)
        return page
