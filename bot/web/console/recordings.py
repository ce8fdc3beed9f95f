"""Recordings of a case: what was spoken and could not be read, for who may see the case; who hears it is recorded."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from bot.web.console import dossier
from bot.web.console.photos import HEADERS
from bot.web.console.session import PATH, Guard
from bot.web.doors import Deps

KINDS: Final = {
    b"#!AMR": "audio/amr",
    b"RIFF": "audio/wav",
    b"OggS": "audio/ogg",
    b"ID3": "audio/mpeg",
    b"\xff\xfb": "audio/mpeg",
}
"""How sound files begin; DingTalk sends AMR."""
ANY: Final = "application/octet-stream"


def routes(deps: Deps, guard: Guard) -> APIRouter:
    """Mount the recordings of cases."""
    router = APIRouter(prefix=f"{PATH}/cases")

    @router.get("/{case_id}/recordings/{sha256}")
    async def recording(request: Request, case_id: str, sha256: str) -> Response:
        visitor, now = await guard.visitor(request), deps.clock.now()
        hear = partial(dossier.hear_recording, visitor=visitor, case_id=case_id, sha256=sha256, now=now)
        await deps.db.write(hear)
        content = await asyncio.to_thread(_read, deps.files.path(sha256))
        return Response(content, media_type=kind_of(content), headers=HEADERS)

    return router


def kind_of(content: bytes) -> str:
    """Name the kind of a sound file by its first bytes; what is none is only downloaded."""
    return next((kind for begins, kind in KINDS.items() if content.startswith(begins)), ANY)


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise HTTPException(404)
    return path.read_bytes()
