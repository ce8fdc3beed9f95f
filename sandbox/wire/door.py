"""The door of every OpenAPI call: faults, token, quota, then the handler; refusals leave with the real bodies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.encoding import Json, as_object, dumps
from sandbox.faults import FaultKind
from sandbox.refusals import Refusal, api, legacy, topapi_token
from sandbox.wire import strikes
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


def json_response(value: object, status: int = 200) -> Response:
    """Answer with JSON."""
    return Response(dumps(value), status, media_type="application/json")


def api_route(
    world: World, method: str, path: str, handler: Handler, price: Price = Price.paid, needs: Needs = Needs.app_token
) -> Route:
    """Mount a handler of api.dingtalk.com: new-style errors, token in the header."""

    async def endpoint(request: Request) -> Response:
        try:
            if (struck := await strikes.before(world, request, path)) is not None:
                return struck
            call = await read_call(request)
            if needs is Needs.app_token and not is_app_token(world, path, call.token):
                raise api("InvalidAuthentication" if call.token else "MissingAccessToken")
            if world.faults.strikes(FaultKind.qps, path=path):
                raise api("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi")
            pay(world, f"{method} {path}", price, api("Forbidden.AccessDenied.ApiCountLimitForOrg"))
            return strikes.after(world, path, json_response(handler(world, call)))
        except Refusal as refusal:
            return json_response(refusal.body, refusal.status)

    return Route(path, endpoint, methods=[method])


def legacy_route(world: World, path: str, handler: Handler, price: Price = Price.free) -> Route:
    """Mount a handler of oapi.dingtalk.com/topapi: HTTP 200 always, `errcode`, access_token in query or body."""

    async def endpoint(request: Request) -> Response:
        try:
            if (struck := await strikes.before(world, request, path)) is not None:
                return struck
            call = await read_call(request)
            if not is_app_token(world, path, call.query.get("access_token") or call.text("access_token")):
                raise topapi_token()
            if world.faults.strikes(FaultKind.qps, path=path):
                raise legacy(90018)
            pay(world, path, price, legacy(90020))
            answer = {"errcode": 0, "errmsg": "ok", "result": handler(world, call)}
            answered = json_response(answer | {"request_id": world.gateway.message_id()})
            return strikes.after(world, path, answered)
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


def is_app_token(world: World, path: str, token: str) -> bool:
    """Say whether a call shows the app's token, which may die at this very moment."""
    if world.faults.strikes(FaultKind.token_expired, path=path):
        world.tokens.expire_app_token()
    return world.tokens.is_app_token(token)


def pay(world: World, name: str, price: Price, over: Refusal) -> None:
    """Count a call, and raise `over` when the month's pool is used up."""
    within = world.meter.call(name, is_free=price is Price.free)
    if not within or (price is Price.paid and world.faults.strikes(FaultKind.quota_exhausted, pool="api")):
        raise over
