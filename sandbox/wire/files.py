"""Files on the wire: the upload of media, and the temporary addresses behind download codes."""

from collections.abc import Callable

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.media import Medium
from sandbox.refusals import legacy
from sandbox.wire.door import json_response
from sandbox.world import World

MEGABYTE = 1024 * 1024
LIMITS = {"image": 20 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 20 * MEGABYTE, "file": 20 * MEGABYTE}
DENIED = '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired.</Message></Error>'


def routes(world: World) -> list[Route]:
    """Return upload and download."""
    return [
        Route("/media/upload", _upload(world), methods=["POST"]),
        Route("/media/files/{media_id}", _download(world), methods=["GET"]),
    ]


def _upload(world: World) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        async with request.form(max_part_size=32 * MEGABYTE) as form:
            token = request.query_params.get("access_token") or str(form.get("access_token", ""))
            if not world.tokens.is_app_token(token):
                return json_response(legacy(40014).body)
            if not world.meter.call("/media/upload", is_free=False):
                return json_response(legacy(90020).body)
            kind = str(form.get("type") or request.query_params.get("type", ""))
            upload = form.get("media")
            if kind not in LIMITS or not isinstance(upload, UploadFile):
                return json_response(legacy(40004).body)
            data = await upload.read()
            if len(data) > LIMITS[kind] or not data:
                return json_response(legacy(40009).body)
            medium = world.media.put(data, upload.filename or kind, upload.content_type or "application/octet-stream")
            done = {"media_id": medium.id, "created_at": world.machine.now_ms(), "type": kind}
            return json_response({"errcode": 0, "errmsg": "ok", **done})

    return endpoint


def _download(world: World) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        query, media_id = request.query_params, request.path_params["media_id"]
        medium = world.media.get(media_id)
        if medium is None or not world.media.is_signed(media_id, query.get("Expires", ""), query.get("Signature", "")):
            return Response(DENIED, 403, media_type="application/xml")
        return file_response(medium)

    return endpoint


def file_response(medium: Medium) -> Response:
    """Answer with a stored file."""
    return Response(medium.data, media_type=medium.content_type)
