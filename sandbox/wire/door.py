"""The door of every OpenAPI call: faults, token, quota, then the handler; refusals leave with the real bodies."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.encoding import Json, as_object, dumps
from sandbox.faults import FaultKind
from sandbox.refusals import Refusal, api, legacy, topapi_token, words
from sandbox.world import World

TOKEN = "x-acs-dingtalk-access-token"


class Price(StrEnum):
    """Which calls use up the API pool of the month: login, tokens and directory do not."""

    paid = "paid"
    free = "free"


class Needs(StrEnum):
    """What a call must show."""

    app_token = "app_token"
    nothing = "nothing"


@dataclass(frozen=True, slots=True)
class Call:
    """One call as a handler sees it."""

    body: Json
    query: Mapping[str, str]
    path: Mapping[str, Any]
    origin: str
    token: str

    def text(self, key: str) -> str:
        """Return a field of the body as text, empty when absent."""
        value = self.body.get(key)
        return value if isinstance(value, str) else "" if value is None else str(value)

    def number(self, key: str, default: int) -> int:
        """Return a field of the body as a number; form posts send text."""
        value = self.body.get(key, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            return default


Handler = Callable[[World, Call], object]
Endpoint = Callable[[Request], Awaitable[Response]]


def json_response(value: object, status: int = 200) -> Response:
    """Answer with JSON."""
    return Response(dumps(value), status, media_type="application/json")


def api_route(
    world: World, method: str, path: str, handler: Handler, price: Price = Price.paid, needs: Needs = Needs.app_token
) -> Route:
    """Mount a handler of api.dingtalk.com: new-style errors, token in the header."""

    async def endpoint(request: Request) -> Response:
        try:
            if (struck := await _struck(world, path)) is not None:
                return struck
            call = await read_call(request)
            if needs is Needs.app_token:
                _check_token(world, call.token)
            if world.faults.strikes(FaultKind.qps, path=path):
                raise api("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi")
            _pay(world, f"{method} {path}", price, api("Forbidden.AccessDenied.ApiCountLimitForOrg"))
            return json_response(handler(world, call))
        except Refusal as refusal:
            return json_response(refusal.body, refusal.status)

    return Route(path, endpoint, methods=[method])


def legacy_route(world: World, path: str, handler: Handler, price: Price = Price.free) -> Route:
    """Mount a handler of oapi.dingtalk.com/topapi: HTTP 200 always, `errcode`, access_token in query or body."""

    async def endpoint(request: Request) -> Response:
        try:
            if (struck := await _struck(world, path)) is not None:
                return struck
            call = await read_call(request)
            token = call.query.get("access_token") or call.text("access_token")
            if world.faults.strikes(FaultKind.token_expired):
                world.tokens.expire_app_token()
            if not world.tokens.is_app_token(token):
                raise topapi_token()
            if world.faults.strikes(FaultKind.qps, path=path):
                raise legacy(90018)
            _pay(world, path, price, legacy(90020))
            result = handler(world, call)
            request_id = world.gateway.message_id()
            return json_response({"errcode": 0, "errmsg": "ok", "result": result, "request_id": request_id})
        except Refusal as refusal:
            return json_response(refusal.body, refusal.status)

    return Route(path, endpoint, methods=["POST", "GET"])


async def read_call(request: Request) -> Call:
    """Read a call whatever its form: JSON or a posted form."""
    host = request.headers.get("host", "127.0.0.1")
    form = request.headers.get("content-type", "").startswith(("application/x-www-form-urlencoded", "multipart/"))
    if form:
        async with request.form() as fields:
            body: Json | None = dict(fields)
    else:
        raw = await request.body()
        body = as_object(raw) if raw.strip() else {}
    if body is None:
        raise api("invalidRequest.jsonFormatError")
    origin = f"{request.url.scheme}://{host}"
    return Call(body, request.query_params, request.path_params, origin, request.headers.get(TOKEN, ""))


async def _struck(world: World, path: str) -> Response | None:
    if world.faults.strikes(FaultKind.hang_api, path=path):
        await world.faults.hang()
    if world.faults.strikes(FaultKind.html, path=path):
        return Response(words("talk", "html"), 200, media_type="text/html")
    return None


def _check_token(world: World, token: str) -> None:
    if world.faults.strikes(FaultKind.token_expired):
        world.tokens.expire_app_token()
    if not world.tokens.is_app_token(token):
        raise api("InvalidAuthentication" if token else "MissingAccessToken")


def _pay(world: World, name: str, price: Price, over: Refusal) -> None:
    within = world.meter.call(name, is_free=price is Price.free)
    if not within or (price is Price.paid and world.faults.strikes(FaultKind.quota_exhausted, pool="api")):
        raise over
