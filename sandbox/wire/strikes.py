"""The faults that may strike any call: before its handler runs, and after it has."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.faults import FaultKind
from sandbox.refusals import words
from sandbox.world import World


async def before(world: World, request: Request, path: str, hang: FaultKind = FaultKind.hang_api) -> Response | None:
    """Hang, or answer with a page of HTML; None: the call may go on. Who gave up meanwhile has asked for nothing."""
    if world.faults.strikes(hang, path=path):
        await request.body()
        await world.faults.hang()
        if await request.is_disconnected():
            return Response(status_code=499)
    if world.faults.strikes(FaultKind.html, path=path):
        return Response(words("talk", "html"), 200, media_type="text/html")
    return None


def after(world: World, path: str, response: Response) -> Response:
    """Return what the caller gets of a call that was carried out; the stream may be sent away meanwhile."""
    if fault := world.faults.strikes(FaultKind.disconnect_reply, path=path):
        world.gateway.disconnect_all(is_abrupt=fault.option("how") == "abrupt")
    return _BrokenOff() if world.faults.strikes(FaultKind.lost_answer, path=path) else response


class _BrokenOff(Response):
    """An answer of which one byte arrives: the server closes the connection of a body that is too short."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
