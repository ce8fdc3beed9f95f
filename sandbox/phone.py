"""The phone page: the face of the sandbox in a browser, served as one page and its own small files.

What the page shows comes from the control API; nothing of the bot is known here.
"""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from sandbox.faults import OPTIONS
from sandbox.world import World

FOLDER: Final = Path(__file__).parent / "phone"
BASE: Final = "/_sandbox/phone"
SERVED: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def router(world: World) -> APIRouter:
    """Serve the phone page of a town at `/`, and its files beside the control API."""
    pages = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def page() -> HTMLResponse:
        raw = world.town.raw
        staff = [person for person in world.town.people.values() if person.staff_id]
        shown = {"town": raw["town"], "villages": raw["villages"], "options": OPTIONS, "staff": staff}
        text = pages.get_template("page.html").render(base=BASE, **shown)
        return HTMLResponse(text, headers={"Cache-Control": "no-store"})

    @routes.get(BASE + "/{name}")
    def piece(name: str) -> FileResponse:
        path = FOLDER / name
        if path.parent != FOLDER or path.suffix not in SERVED or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, media_type=SERVED[path.suffix], headers={"Cache-Control": "no-cache"})

    return routes
