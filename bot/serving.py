"""Running: the app and its web face in one event loop, until a signal; and a database opened for one command."""

import asyncio
import contextlib
import errno
import os
import signal
import socket
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

import uvicorn
from fastapi import FastAPI

from bot.app import App
from bot.wording import texts
from township import memory, schema
from township.db import Database, sqlite_path
from township.errors import Mistake
from township.settings import Settings

SWITCH = 0.0005
"""Seconds that a thread may compute before another that is ready. A tap's comes back from the database thirty times
and waited, with Python's own 5 ms, each time behind a search that computes: p99 450 ms, now 153."""


class OpenDatabase:
    """The database of the settings for the length of a command; one that cannot be reached is a Mistake."""

    def __init__(self, settings: Settings, *, migrated: bool = True) -> None:
        self._settings = settings
        self._migrated = migrated

    def __enter__(self) -> Database:
        if sqlite_path(self._settings.database):
            ready_home(self._settings.home)
        self._db = Database(self._settings.database)
        try:
            schema.reach(self._db)
            if self._migrated:
                schema.check(self._db)
        except BaseException:
            self._db.close_now()
            raise
        return self._db

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._db.close_now()


def ready_home(home: Path) -> None:
    """Make the home of a process; one that cannot be made or written to is a Mistake."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Mistake("home_unusable", path=str(home), reason=error.strerror or type(error).__name__) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise Mistake("home_unusable", path=str(home), reason=os.strerror(errno.EACCES))


async def serve(settings: Settings, *, phone_page: str, say: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM; then stop listening, finish what is under way, and close."""
    memory.be_frugal()
    sys.setswitchinterval(SWITCH)
    ready_home(settings.home)
    listening = listen(settings.host, settings.port)
    app = App(settings, opens_office=bool(phone_page))
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    starting = asyncio.create_task(_start(app))
    stopping = asyncio.create_task(stopped.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        return
    server = await starting
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    address = f"http://{settings.host}:{settings.port}"
    say(_ready(address, phone_page, app.clock.now()))
    await stopping
    server.should_exit = True
    await serving
    await app.stop()


async def _start(app: App) -> "_Server":
    """Open everything, put the pages together, and only then listen: a tap does not wait for what begins once."""
    await app.open()
    server = _Server(configured(app.build_web()))
    server.config.load()
    memory.settle()
    await app.listen()
    return server


def configured(pages: FastAPI) -> uvicorn.Config:
    """Say how the pages are served; what goes wrong there is logged, masked, where everything is."""
    return uvicorn.Config(pages, log_config=None, log_level="warning", access_log=False, lifespan="off")


def _ready(address: str, phone_page: str, now: datetime) -> str:
    if phone_page:
        return texts().say("demo_ready", phone=phone_page, console=f"{address}/console", now=f"{now:%Y-%m-%d %H:%M}")
    return texts().say("run_ready", url=address)


def listen(host: str, port: int, *, taken: str = "port_in_use") -> socket.socket:
    """Take a port of this machine; one that is not to be had is a Mistake, `taken` if somebody else has it."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        code = {errno.EADDRNOTAVAIL: "address_not_here", errno.EACCES: "port_forbidden"}.get(error.errno or 0, taken)
        raise Mistake(code, host=host, port=port) from error
    return sock


class _Server(uvicorn.Server):
    """Signals are ours: they stop the stream before the pages."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield
