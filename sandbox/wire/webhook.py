"""The sessionWebhook: a reply to the conversation a message came from, for ninety minutes."""

from collections.abc import Callable
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.encoding import Json, as_object
from sandbox.faults import FaultKind
from sandbox.refusals import Refusal, legacy
from sandbox.wire import outgoing, strikes
from sandbox.wire.door import json_response
from sandbox.world import World

SEND = "/robot/sendBySession"
DONE = {"errcode": 0, "errmsg": "ok"}


def routes(world: World) -> list[Route]:
    """Return the webhook's address."""
    return [Route(SEND, _send(world), methods=["POST"])]


def _send(world: World) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        if (struck := await strikes.before(world, request, SEND, FaultKind.hang_webhook)) is not None:
            return struck
        try:
            reply(world, request.query_params.get("session", ""), as_object(await request.body()))
        except Refusal as refusal:
            return json_response(refusal.body, refusal.status)
        return strikes.after(world, SEND, json_response(DONE))

    return endpoint


def reply(world: World, session_text: str, body: Json | None) -> None:
    """Write a reply into the conversation of a session."""
    session = world.tokens.read_session(unquote(session_text))
    if session is None or not session.is_alive or world.faults.strikes(FaultKind.webhook_expired):
        raise legacy(300001)
    if body is None:
        raise legacy(40035)
    world.meter.webhook()
    if world.faults.strikes(FaultKind.content_unsafe, path=SEND):
        raise legacy(310000)
    if body.get("msgtype") == "empty":
        return
    line = outgoing.from_webhook(body)
    if line is None:
        raise legacy(40035)
    at = body.get("at")
    mentioned = [user for user in at.get("atUserIds") or () if user] if isinstance(at, dict) else []
    extra = {**line.extra, "at_users": mentioned} if mentioned and session.group else line.extra
    world.write_bot(to=session.account, group=session.group, kind=line.kind, text=line.text, extra=extra)
