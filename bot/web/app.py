"""The web face in one application: health for machines, the console for cadres, H5 where there is a public address.

Pages are in the folders beside.
"""

from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

import sqlalchemy as sa
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

import knowledge
import workflows
import workflows.broadcasts
import workflows.orders
import workflows.rosters
from bot.web import open311
from bot.web.console import routes
from bot.web.console.session import PATH, NeedsLogin
from bot.web.doors import Deps
from bot.web.h5 import routes as h5
from bot.web.pages import Pages
from township.errors import Mistake, TownshipError
from township.texts import Texts

HERE: Final = Path(__file__).parent
CONSOLE: Final = HERE / "console"
NOT_THERE: Final = frozenset(
    {"unknown_case", "unknown_call_line", "version_unknown", "cluster_unknown", "draft_unknown"}
)
"""What may not be seen is as if it were not there."""
GONE_ON: Final = frozenset(
    {
        "already_decided", "bulk_changed", "case_closed", "changed_meanwhile", "not_now", "task_over", "too_often",
        "too_late_to_extend",
    }
)  # fmt: skip
"""The page that was filled in is of before: it is opened anew instead."""


def build(deps: Deps) -> FastAPI:
    """Put the web face together."""
    app = FastAPI(title="dinglin", docs_url=None, redoc_url=None, openapi_url=None)
    pages = Pages(CONSOLE / "templates", *_texts())

    @app.get("/healthz")
    async def health() -> dict[str, str]:
        await deps.db.read(lambda tx: tx.execute(sa.select(1)).scalar_one())
        return {"status": "ok"}

    @app.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        return RedirectResponse(PATH)

    app.mount(f"{PATH}/static", StaticFiles(directory=CONSOLE / "static"))
    app.include_router(routes.console(deps, pages))
    if deps.public_url:
        h5.mount(app, deps)
    if deps.open311:
        app.include_router(open311.routes(deps))
    _answer_errors(app, pages)
    return app


@cache
def _texts() -> list[Texts]:
    """Read the sentences of the web face, and those of the packages below that it says as well."""
    below = (knowledge, workflows, workflows.broadcasts, workflows.orders, workflows.rosters)
    folders = (HERE, *(Path(str(package.__file__)).parent for package in below))
    return [Texts.load(folder / "texts.yaml") for folder in folders]


def _answer_errors(app: FastAPI, pages: Pages) -> None:
    @app.exception_handler(NeedsLogin)
    async def to_login(_: Request, error: NeedsLogin) -> Response:
        asked = {"next": error.path, **({"lost": "1"} if error.is_form else {})}
        return RedirectResponse(f"{PATH}/login?{urlencode(asked, safe='/')}", 303)

    @app.exception_handler(TownshipError)
    async def in_words(request: Request, error: TownshipError) -> Response:
        status = 404 if error.code in NOT_THERE else 422 if isinstance(error, Mistake) else 403
        sentence = pages.sentence(error.code, error.values)
        is_over = error.code in GONE_ON
        return pages.show("error.html", status, sentence=sentence, back=_filled_at(request), is_over=is_over)

    @app.exception_handler(HTTPException)
    async def nothing_here(_: Request, error: HTTPException) -> Response:
        code = "not_found" if error.status_code == 404 else "trouble"
        return pages.show("error.html", error.status_code, sentence=pages.sentence(code, {}), back="", is_over=False)


def _filled_at(request: Request) -> str:
    """Find the page of ours whose form was sent; empty when nothing was filled in."""
    path = urlsplit(request.headers.get("referer", "")).path
    return path if request.method == "POST" and path.startswith(f"{PATH}/") else ""
