"""Tokens and login on the wire: app and user tokens, jsapi ticket, who am I, and a page to choose a persona."""

from collections.abc import Callable, Mapping
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.encoding import Json
from sandbox.faults import FaultKind
from sandbox.refusals import api, legacy, words
from sandbox.tokens import CodeKind
from sandbox.wire import strikes
from sandbox.wire.door import Call, Needs, Price, api_route, json_response, legacy_route
from sandbox.world import World

TOKEN = "/v1.0/oauth2/accessToken"
PAGES = Environment(loader=FileSystemLoader(Path(__file__).parents[1] / "pages"), autoescape=True)


def routes(world: World) -> list[Route]:
    """Return everything about tokens and login; nothing of it costs quota."""
    return [
        Route(TOKEN, _access_token(world), methods=["POST"]),
        Route("/gettoken", _gettoken(world), methods=["GET"]),
        Route("/oauth2/auth", _auth_page(world), methods=["GET"]),
        api_route(world, "POST", "/v1.0/oauth2/jsapiTickets", jsapi_ticket, Price.free),
        api_route(world, "POST", "/v1.0/oauth2/userAccessToken", user_access_token, Price.free, Needs.nothing),
        api_route(world, "GET", "/v1.0/contact/users/{union_id}", contact, Price.free, Needs.nothing),
        legacy_route(world, "/topapi/v2/user/getuserinfo", user_info),
    ]


def _access_token(world: World) -> Callable[[Request], object]:
    inner = api_route(world, "POST", TOKEN, access_token, Price.free, Needs.nothing).endpoint

    async def endpoint(request: Request) -> Response:
        if (struck := await strikes.before(world, request, TOKEN, FaultKind.hang_token)) is not None:
            return struck
        response: Response = await inner(request)
        return response

    return endpoint


def access_token(world: World, call: Call) -> Json:
    """Give the app its token."""
    if not world.tokens.knows(call.body.get("appKey"), call.body.get("appSecret")):
        raise api("invalidClientIdOrSecret")
    return {"accessToken": world.tokens.app_token(), "expireIn": int(world.windows.token)}


def _gettoken(world: World) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        if (struck := await strikes.before(world, request, "/gettoken", FaultKind.hang_token)) is not None:
            return struck
        world.meter.call("/gettoken", is_free=True)
        if not world.tokens.knows(request.query_params.get("appkey"), request.query_params.get("appsecret")):
            return json_response(legacy(40096).body)
        token = {"access_token": world.tokens.app_token(), "expires_in": int(world.windows.token)}
        return json_response({"errcode": 0, "errmsg": "ok", **token})

    return endpoint


def jsapi_ticket(world: World, call: Call) -> Json:
    """Give a ticket to sign H5 pages with."""
    return {"jsapiTicket": token_hex(32), "expireIn": int(world.windows.token)}


def user_access_token(world: World, call: Call) -> Json:
    """Change the code of the login page for a token that speaks for the person."""
    if not world.tokens.knows(call.body.get("clientId"), call.body.get("clientSecret")):
        raise api("invalidClientIdOrSecret")
    refreshed = call.text("grantType") == "refresh_token"
    account = (
        world.tokens.user_of(call.text("refreshToken"))
        if refreshed
        else world.tokens.redeem(call.text("code"), CodeKind.web)
    )
    if account is None:
        raise api("invalidParameter.authCode.notFound")
    tokens = {"accessToken": world.tokens.user_token(account), "refreshToken": world.tokens.user_token(account)}
    return {**tokens, "expireIn": int(world.windows.token), "corpId": world.town.corp_id}


def contact(world: World, call: Call) -> Json:
    """Say who the bearer of a user token is (`me`)."""
    account = world.tokens.user_of(call.token)
    if account is None:
        raise api("InvalidAuthentication")
    union_id = call.path["union_id"]
    person = world.town.people[account] if union_id == "me" else world.town.by_union.get(union_id)
    if person is None:
        raise api("invalidParameter.user.notFound")
    return {
        "nick": person.name,
        "unionId": person.union_id,
        "openId": f"open-{person.id}",
        "mobile": person.mobile,
        "stateCode": "86",
    }


def user_info(world: World, call: Call) -> Json:
    """Change the code of `dd.requestAuthCode` for the member behind it."""
    account = world.tokens.redeem(call.text("code"), CodeKind.inside)
    person = world.town.people.get(account) if account else None
    if person is None or person.staff_id is None:
        raise legacy(40078)
    known = {
        "userid": person.staff_id,
        "unionid": person.union_id,
        "associated_unionid": person.union_id,
        "name": person.name,
    }
    return {
        **known,
        "sys": person.is_admin,
        "sys_level": 1 if person.is_admin else 0,
        "device_id": f"device-{person.id}",
    }


def _auth_page(world: World) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        query = request.query_params
        if (flaw := _flaw(world, query)) is not None:
            return HTMLResponse(PAGES.get_template("refused.html").render(what=words("login", flaw)), 400)
        persona, redirect = world.town.account(query.get("as", "")), query["redirect_uri"]
        if persona is None:
            kept = {key: value for key, value in query.items() if key != "as"}
            page = PAGES.get_template("login.html")
            return HTMLResponse(
                page.render(town=world.town.raw["town"], people=world.town.staff(), query=urlencode(kept))
            )
        code = world.tokens.login_code(persona.id, CodeKind.web)
        answer = urlencode({"authCode": code, "code": code, "state": query.get("state", "")})
        return RedirectResponse(f"{redirect}{'&' if '?' in redirect else '?'}{answer}", 302)

    return endpoint


def _flaw(world: World, query: Mapping[str, str]) -> str | None:
    """Name what the real page would not put up with; None when all is well."""
    if not world.tokens.is_client(query.get("client_id", "")):
        return "client_id"
    if urlsplit(query.get("redirect_uri", "")).scheme not in ("http", "https"):
        return "redirect_uri"
    if query.get("response_type") != "code":
        return "response_type"
    return None if "openid" in query.get("scope", "").split() else "scope"
