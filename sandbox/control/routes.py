"""The control API `/_sandbox/*`: how people, tests and the phone page play with the pretend DingTalk."""

from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sandbox.control import stage, talk, taps
from sandbox.control.inbox import inbox
from sandbox.encoding import Json, as_object, dumps
from sandbox.refusals import Refusal, control
from sandbox.tokens import CodeKind
from sandbox.wire.door import json_response
from sandbox.wire.files import file_response
from sandbox.world import World

MAX_WAIT = 60.0
Answer = Callable[[Request, Json], object]


def routes(world: World) -> list[Route]:
    """Return every address of the control API."""
    return [
        _route("/_sandbox/say", {"POST": lambda _, body: talk.say(world, body)}),
        Route("/_sandbox/tap", _tap(world), methods=["POST"]),
        _route("/_sandbox/inbox", {"GET": lambda request, _: inbox(world, request.query_params)}),
        _route("/_sandbox/state", {"GET": lambda *_: stage.state(world)}),
        _route("/_sandbox/town", {"GET": lambda *_: world.town.raw}),
        Route("/_sandbox/clock", _clock(world), methods=["GET"]),
        _route("/_sandbox/clock", {"POST": lambda _, body: stage.turn(world, body)}),
        _route("/_sandbox/faults", _faults(world)),
        _route(
            "/_sandbox/meter",
            {"GET": lambda *_: world.meter.as_json(), "POST": lambda _, body: stage.set_meter(world, body)},
        ),
        _route(
            "/_sandbox/windows",
            {"GET": lambda *_: stage.windows(world, {}), "POST": lambda _, body: stage.windows(world, body)},
        ),
        _route("/_sandbox/event", {"POST": lambda _, body: stage.event(world, body)}),
        _route("/_sandbox/disconnect", {"POST": lambda _, body: stage.disconnect(world, body)}),
        _route(
            "/_sandbox/wire",
            {"GET": lambda *_: world.recorder.entries(), "POST": lambda _, body: stage.record(world, body)},
        ),
        _route("/_sandbox/restart", {"POST": lambda *_: stage.restart(world)}),
        _route("/_sandbox/reset", {"POST": lambda *_: stage.reset(world)}),
        _route("/_sandbox/authcode", {"POST": lambda _, body: _authcode(world, body)}),
        Route("/_sandbox/media", _upload(world), methods=["POST"]),
        Route("/_sandbox/media/{media_id}", _medium(world), methods=["GET"]),
        Route("/_sandbox/events", _events(world), methods=["GET"]),
    ]


def _route(path: str, answers: dict[str, Answer]) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            raw = await request.body()
            body = as_object(raw) if raw else {}
            if body is None:
                raise control("not_json", "the body is not a JSON object")
            return json_response(answers[request.method](request, body))
        except Refusal as refusal:
            return json_response(refusal.body, refusal.status)

    return Route(path, endpoint, methods=list(answers))


def _faults(world: World) -> dict[str, Answer]:
    return {
        "GET": lambda *_: world.faults.armed(),
        "POST": lambda _, body: stage.arm(world, body),
        "DELETE": lambda request, body: stage.clear(world, request.query_params.get("fault") or body.get("fault")),
    }


def _tap(world: World) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = as_object(await request.body())
            if body is None:
                raise control("not_json", "the body is not a JSON object")
            return json_response(await taps.tap(world, body))
        except Refusal as refusal:
            return json_response(refusal.body, refusal.status)

    return endpoint


def _clock(world: World) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        query = request.query_params
        try:
            if "after" in query:
                await world.business.turned(int(query["after"]), min(float(query.get("wait", "25")), MAX_WAIT))
        except ValueError:
            return json_response({"error": "bad_number", "message": "after and wait are numbers"}, 400)
        return json_response(stage.clock(world))

    return endpoint


def _authcode(world: World, body: Json) -> Json:
    return {"code": world.tokens.login_code(talk.speaker(world, body.get("as")).id, CodeKind.inside)}


def _upload(world: World) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        async with request.form(max_part_size=64 * 1024 * 1024) as form:
            file = form.get("file") or form.get("media")
            if not isinstance(file, UploadFile):
                return json_response({"error": "no_file", "message": "post the multipart field `file`"}, 400)
            medium = world.media.put(
                await file.read(), file.filename or "file", file.content_type or "application/octet-stream"
            )
            return json_response({"mediaId": medium.id, "name": medium.name, "url": f"/_sandbox/media/{medium.id}"})

    return endpoint


def _medium(world: World) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        media_id = request.path_params["media_id"]
        medium = world.media.get(media_id)
        if medium is None:
            return json_response({"error": "no_such_media", "message": f"nothing is stored under {media_id!r}"}, 404)
        return file_response(medium)

    return endpoint


def _events(world: World) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        persona = request.query_params.get("as")
        try:
            account = talk.speaker(world, persona).id if persona else None
        except Refusal as refusal:
            return json_response(refusal.body, refusal.status)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_lines(world, account), media_type="text/event-stream", headers=headers)

    return endpoint


async def _lines(world: World, account: str | None) -> AsyncIterator[bytes]:
    async for events in world.hub.listen(account):
        yield b"".join(map(_line, events)) or b": still here\n\n"


def _line(event: Json) -> bytes:
    return b"event: " + str(event["kind"]).encode() + b"\ndata: " + dumps(event) + b"\n\n"
