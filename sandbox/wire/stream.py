"""The stream on the wire: opening a connection with the app's credentials, and the socket itself."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from sandbox.encoding import Json
from sandbox.faults import FaultKind
from sandbox.gateway import Connection, Subscription
from sandbox.refusals import Refusal, api
from sandbox.wire import strikes
from sandbox.wire.door import json_response, read_call
from sandbox.world import World

OPEN = "/v1.0/gateway/connections/open"


def routes(world: World) -> list[Route | WebSocketRoute]:
    """Return the gateway's two addresses."""
    return [Route(OPEN, _open(world), methods=["POST"]), WebSocketRoute("/connect", _socket(world))]


def _open(world: World) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        if (struck := await strikes.before(world, request, OPEN, FaultKind.hang_open)) is not None:
            return struck
        try:
            call = await read_call(request)
            if not world.tokens.knows(call.body.get("clientId"), call.body.get("clientSecret")):
                raise api("authFailed")
        except Refusal as refusal:
            return json_response(refusal.body, refusal.status)
        world.meter.call(OPEN, is_free=True)
        ticket = world.gateway.ticket(_subscriptions(call.body))
        host = request.headers.get("host", "127.0.0.1")
        return json_response({"endpoint": f"ws://{host}/connect", "ticket": ticket})

    return endpoint


def _subscriptions(body: Json) -> frozenset[Subscription]:
    rows = body.get("subscriptions")
    if not isinstance(rows, list):
        return frozenset()
    return frozenset((str(row.get("type")), str(row.get("topic"))) for row in rows if isinstance(row, dict))


def _socket(world: World) -> Callable[[WebSocket], object]:
    async def endpoint(socket: WebSocket) -> None:
        connection = world.gateway.attach(socket.query_params.get("ticket", ""))
        if connection is None:
            await socket.close(1008)
            return
        await socket.accept()
        world.hub.publish("connection", connection=connection.id, is_open=True)
        writer = asyncio.create_task(_write(socket, connection))
        try:
            while (came := await socket.receive())["type"] != "websocket.disconnect":
                world.gateway.receive(came.get("text") or came.get("bytes") or "")
        finally:
            world.gateway.detach(connection)
            writer.cancel()
            world.hub.publish("connection", connection=connection.id, is_open=False)

    return endpoint


async def _write(socket: WebSocket, connection: Connection) -> None:
    while (text := await connection.outgoing.get()) is not None:
        await socket.send_text(text)
    await socket.close(1000)
