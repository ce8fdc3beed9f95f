"""Pages for everybody's telephone, under one roof: mounted only where there is a public address.

Each noun is a module of its own with a folder of templates. A page weighs at most 40 KB, works without JavaScript,
has type of 18 px and more, and knows nobody: there is no login here, and no name on any page. A form is opened by the
address that its own person got in the chat, work that was passed on by the one that its holder sent.
"""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from bot.web.doors import Deps
from bot.web.h5 import board, circle, form, original, verify, work
from bot.web.h5.gate import Gate
from bot.web.pages import Pages
from township.texts import Texts

HERE: Final = Path(__file__).parent
STATIC: Final = "/h5/static"


def mount(app: FastAPI, deps: Deps) -> None:
    """Mount every noun."""
    pages = Pages(HERE / "templates", Texts.load(HERE / "texts.yaml"))
    gate = Gate(deps.clock)
    app.mount(STATIC, StaticFiles(directory=HERE / "static"))
    app.include_router(verify.routes(deps, gate, pages))
    app.include_router(circle.routes(deps, gate, pages))
    app.include_router(original.routes(deps, gate, pages))
    app.include_router(board.routes(deps, gate, pages))
    app.include_router(form.routes(deps, gate, pages))
    app.include_router(work.routes(deps, gate, pages))
