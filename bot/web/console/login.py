"""Signing in and out: to the platform's page with a state that only this browser knows, and back with a code."""

import hmac
from secrets import token_urlsafe
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import URL

from bot.web.console.session import PATH, Guard, sign
from bot.web.doors import Deps, Login
from bot.web.pages import Pages
from township import directory
from township.errors import Refused

STATE: Final = "dinglin_login"


def routes(deps: Deps, guard: Guard, pages: Pages) -> APIRouter:
    """Mount the login pages."""
    router = APIRouter(prefix=PATH)

    @router.get("/login")
    async def ask(request: Request) -> HTMLResponse:
        asked = request.query_params
        return pages.show("session/login.html", next=_inside(asked.get("next", "")), lost=asked.get("lost") == "1")

    @router.get("/login/start")
    async def start(request: Request) -> Response:
        nonce, path = token_urlsafe(16), _inside(request.query_params.get("next", ""))
        response = RedirectResponse(_page_of(deps.login, request.url, nonce), 303)
        kept = f"{nonce}|{path}"
        cookie = f"{kept}|{sign(deps.key, 'login', kept)}"
        response.set_cookie(
            STATE, cookie, 600, path=f"{PATH}/login", httponly=True, samesite="lax",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return response

    @router.get("/login/back")
    async def back(request: Request) -> Response:
        path = _awaited(deps.key, request.cookies.get(STATE, ""), request.query_params.get("state", ""))
        code = request.query_params.get("authCode") or request.query_params.get("code", "")
        staff_id = await deps.login.staff_of(code)
        who = await deps.db.read(lambda tx: directory.by_staff_id(tx, deps.login.account_id, staff_id))
        if who is None:
            raise Refused("unknown_person")
        response = RedirectResponse(path, 303)
        guard.enter(request, response, who.id)
        response.delete_cookie(STATE, path=f"{PATH}/login")
        return response

    @router.post("/logout")
    async def leave(request: Request) -> Response:
        await guard.form(request)
        response = RedirectResponse(f"{PATH}/login", 303)
        await guard.leave(request, response)
        return response

    return router


def _page_of(login: Login, here: URL, nonce: str) -> str:
    """The address at which the platform asks who it is, and sends the browser back here with `nonce`."""
    asked = {
        "redirect_uri": str(here.replace(path=f"{PATH}/login/back", query="")),
        "response_type": "code",
        "client_id": login.client_id,
        "scope": "openid",
        "prompt": "consent",
        "state": nonce,
    }
    return f"{login.page}?{urlencode(asked)}"


def _inside(path: str) -> str:
    """Keep only a path of the console: a login never sends the browser elsewhere."""
    inside = path.isascii() and (path == PATH or path.startswith((f"{PATH}/", f"{PATH}?")))
    return path if inside and ".." not in path and "|" not in path and "\\" not in path else PATH


def _awaited(key: bytes, cookie: str, state: str) -> str:
    kept, _, signature = cookie.rpartition("|")
    nonce, _, path = kept.partition("|")
    good = hmac.compare_digest(signature.encode(), sign(key, "login", kept).encode())
    if not good or not hmac.compare_digest(nonce.encode(), state.encode()):
        raise Refused("login_not_asked_for")
    return _inside(path)
