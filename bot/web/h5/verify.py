"""Is this paper true? The page behind the QR code: what it is and whether it counts, never whose it is.

A file can be held against it: compared by its hash, in the browser where it can, here where it cannot.
"""

import hashlib
from typing import Final

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from bot.web.doors import Deps
from bot.web.h5.gate import AskedTooOften, address_of
from bot.web.pages import Pages
from workflows.seals import codes, verification
from workflows.seals.verification import Standing, Verified

PATH: Final = "/v"
MOST_BYTES: Final = 5 * 1024 * 1024
NOBODYS: Final = "0" * 64
"""A hash that no file has."""


def routes(deps: Deps, pages: Pages) -> APIRouter:
    """Mount the page, and the form for who types the code."""
    router = APIRouter(prefix=PATH)

    async def look_up(request: Request, code: str) -> Verified:
        asker, now = f"web:{address_of(request)}", deps.clock.now()
        return await deps.db.write(lambda tx: verification.look_up(tx, None, code, asker=asker, at=now))

    def shown(code: str, found: Verified, same: bool | None = None) -> Response:
        if found.standing is Standing.TOO_OFTEN:
            raise AskedTooOften
        status = 404 if found.standing is Standing.UNKNOWN else 200
        return pages.show("verify/paper.html", status, code=code, found=found, state=found.standing.value, same=same)

    @router.get("")
    async def ask(code: str = "") -> Response:
        if codes.is_code(code):
            return RedirectResponse(f"{PATH}/{codes.grouped(codes.plain(code))}", 303)
        return pages.show("verify/ask.html", typed=code[:40])

    @router.get("/{code}")
    async def paper(request: Request, code: str) -> Response:
        return shown(_short(code), await look_up(request, code))

    @router.post("/{code}")
    async def compare(request: Request, code: str) -> Response:
        sha256 = await _hash_of(request)
        found = await look_up(request, code)
        same = sha256 == found.file_sha256 if sha256 and found.file_sha256 else None
        return shown(_short(code), found, same)

    return router


def _short(code: str) -> str:
    return codes.grouped(codes.plain(code)) if codes.is_code(code) else code[:20]


async def _hash_of(request: Request) -> str:
    """Hash the file of a form; "" where none was chosen. One that is too large, or does not say, cannot be ours."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MOST_BYTES + 4096:
        return NOBODYS
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return ""
        content = await file.read(MOST_BYTES + 1)
        return hashlib.sha256(content).hexdigest() if len(content) <= MOST_BYTES else NOBODYS
