"""What this process brings into a database that several may share (`township/processes.py`); nothing on SQLite."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.incoming.workers import Workers
from township import schema
from township.db import sqlite_path
from township.processes import Index, Process, mark_of
from township.settings import Settings

if TYPE_CHECKING:
    from township.presence import Presence


def presence_of(settings: Settings) -> "Presence | None":
    """Say who this process is; None on SQLite, where no other can live."""
    if sqlite_path(settings.database):
        return None
    from township.presence import Presence  # with psycopg: ten megabytes that SQLite does not need

    address = f"{settings.host}:{settings.port}"
    return Presence(
        settings.database, Process(schema.newest(), _index(settings), mark_of(settings.home / "files"), address)
    )


def listen(presence: "Presence", workers: Workers) -> None:
    """Let the workers hear what other processes call, and look round after a time of not hearing."""
    loop = asyncio.get_running_loop()
    presence.listen(
        workers.owner,
        lambda conversation_id: _soon(loop, workers.hand, conversation_id),
        lambda: _soon(loop, workers.look_round),
    )


def _soon(loop: asyncio.AbstractEventLoop, do: Callable[..., None], *arguments: str) -> None:
    with suppress(RuntimeError):  # the loop has closed: the process ends
        loop.call_soon_threadsafe(do, *arguments)


def _index(settings: Settings) -> Index:
    if settings.embedder == "none":
        return Index.NONE
    return Index.SERVER if settings.chroma_url else Index.EMBEDDED
