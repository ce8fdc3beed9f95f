"""Files on the wire: the upload of media, and the temporary addresses behind download codes."""

from collections.abc import Callable
from mimetypes import guess_type
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.encoding import Json
from sandbox.faults import FaultKind
from sandbox.media import Medium
from sandbox.refusals import Refusal, legacy
from sandbox.wire import strikes
from sandbox.wire.door import Price, is_app_token, json_response, pay
from sandbox.world import World

UPLOAD = "/media/upload"
MEGABYTE = 1024 * 1024
UNNAMED = "application/octet-stream"
SHOWN = ("image/png", "image/jpeg", "audio/", "video/", "application/pdf")
LIMITS = {"image": 20 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 20 * MEGABYTE, "file": 20 * MEGABYTE}
DENIED = '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired.</Message></Error>'


def routes(world: World) -> list[Route]:
    """Return upload and download."""
    return [
        Route(UPLOAD, _upload(world), methods=["POST"]),
        Route("/media/files/{media_id}", _download(world), methods=["GET"]),
    ]


def _upload(world: World) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        if (struck := await strikes.before(world, request, UPLOAD)) is not None:
            return struck
        try:
            async with request.form(max_part_size=32 * MEGABYTE) as form:
                token = request.query_params.get("access_token") or str(form.get("access_token", ""))
                kind = str(form.get("type") or request.query_params.get("type", ""))
                stored = await _store(world, token, kind, form.get("media"))
        except Refusal as refusal:
            return json_response(refusal.body)
        return strikes.after(world, UPLOAD, json_response({"errcode": 0, "errmsg": "ok", **stored}))

    return endpoint


async def _store(world: World, token: str, kind: str, upload: object) -> Json:
    if not is_app_token(world, UPLOAD, token):
        raise legacy(40014)
    if world.faults.strikes(FaultKind.qps, path=UPLOAD):
        raise legacy(90018)
    pay(world, UPLOAD, Price.paid, legacy(90020))
    if fault := world.faults.strikes(FaultKind.upload_failed):
        raise legacy(int(fault.option("code", "-1")))
    if kind not in LIMITS or not isinstance(upload, UploadFile):
        raise legacy(40004)
    data = await upload.read()
    if len(data) > LIMITS[kind] or not data:
        raise legacy(40009)
    medium = world.media.put(data, upload.filename or kind, upload.content_type or "application/octet-stream")
    return {"media_id": medium.id, "created_at": world.machine.now_ms(), "type": kind}


def _download(world: World) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        query, media_id = request.query_params, request.path_params["media_id"]
        medium = world.media.get(media_id)
        if medium is None or not world.media.is_signed(media_id, query.get("Expires", ""), query.get("Signature", "")):
            return Response(DENIED, 403, media_type="application/xml")
        return file_response(medium)

    return endpoint


def file_response(medium: Medium) -> Response:
    """Answer with a stored file under its name: shown where a browser can show it, else downloaded."""
    guessed, _ = guess_type(medium.name)
    kind = guessed or medium.content_type if medium.content_type == UNNAMED else medium.content_type
    way = "inline" if kind.startswith(SHOWN) else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(medium.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(medium.data, media_type=kind, headers=headers)
