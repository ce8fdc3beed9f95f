"""The sandbox put together: `build` makes the app, `serve` runs it in a thread for tests, `run` in the foreground."""

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from sandbox import phone
from sandbox import town as towns
from sandbox.clocks import MachineTime, Windows
from sandbox.control import routes as control
from sandbox.recorder import Recording
from sandbox.refusals import api, words
from sandbox.wire import cards, directory, files, login, robot, stream, todos, webhook
from sandbox.wire.door import json_response
from sandbox.world import World

CLIENT_ID = "dinglin-sandbox"
CLIENT_SECRET = "dinglin-secret"
PORT = 9700


class PortTaken(Exception):
    """The port cannot be bound; the message names it and the mend."""


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that runs in a thread of this process."""

    url: str
    world: World


def build(
    town: Path | None = None,
    *,
    windows: Windows | None = None,
    machine: MachineTime | None = None,
    client_id: str = CLIENT_ID,
    client_secret: str = CLIENT_SECRET,
) -> FastAPI:
    """Make the app with its own world, found as `app.state.world`; BadTown when the town file cannot be used."""
    loaded = towns.load(town or towns.HERE)
    world = World(loaded, windows or Windows(), machine or MachineTime(), client_id, client_secret)
    routes: list[BaseRoute] = [
        # The busiest first: routes are tried in order.
        *webhook.routes(world),
        *control.routes(world),
        *stream.routes(world),
        *login.routes(world),
        *robot.routes(world),
        *cards.routes(world),
        *todos.routes(world),
        *files.routes(world),
        *directory.routes(world),
    ]
    app = FastAPI(routes=routes, lifespan=_lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.world = world
    app.add_exception_handler(404, _not_found)
    app.include_router(phone.router(world))
    app.add_middleware(Recording, recorder=world.recorder)
    return app


@contextlib.contextmanager
def serve(
    town: Path | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    windows: Windows | None = None,
    machine: MachineTime | None = None,
    client_id: str = CLIENT_ID,
    client_secret: str = CLIENT_SECRET,
) -> Iterator[Running]:
    """Run a sandbox in a thread for the length of a `with` block; port 0 takes a free one."""
    app = build(town, windows=windows, machine=machine, client_id=client_id, client_secret=client_secret)
    sock = _bind(host, port)
    url = f"http://{host}:{sock.getsockname()[1]}"
    app.state.world.origin = url
    server = _Server(_config(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, name="sandbox", daemon=True)
    thread.start()
    server.ready.wait(20)
    try:
        yield Running(url, app.state.world)
    finally:
        server.should_exit = True
        thread.join(20)


def run(town: Path | None, *, host: str, port: int, client_id: str, client_secret: str) -> None:
    """Run a sandbox until it is told to stop; PortTaken or BadTown say what is in the way."""
    app = build(town, client_id=client_id, client_secret=client_secret)
    sock = _bind(host, port)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    app.state.world.origin = f"http://{shown}:{sock.getsockname()[1]}"
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    _Server(_config(app)).run(sockets=[sock])


def _is_news(record: logging.LogRecord) -> bool:
    """Phones and bots always wait for what comes next: that they are let go at the end is no trouble to speak of."""
    return "graceful shutdown exceeded" not in str(record.msg)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def _config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        timeout_graceful_shutdown=1,
    )


def _bind(host: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(2048)
    except OSError as err:
        sock.close()
        reason = err.strerror or type(err).__name__
        raise PortTaken(words("start", "port_taken").format(host=host, port=port, reason=reason)) from err
    return sock


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    timers = asyncio.create_task(app.state.world.timers.run())
    try:
        yield
    finally:
        timers.cancel()


async def _not_found(request: Request, _: Exception) -> Response:
    refusal = api("InvalidAction.NotFound")
    return json_response(refusal.body, refusal.status)
