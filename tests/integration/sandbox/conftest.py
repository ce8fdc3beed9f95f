"""A sandbox in a thread, a raw stream client, and a bot in a process of its own on the real SDK."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from evals.bench.phones import PLAIN
from sandbox.server import CLIENT_ID, CLIENT_SECRET, Running, serve

BOT = "/v1.0/im/bot/messages/get"
CARD = "/v1.0/card/instances/callback"
ALL = [{"type": "EVENT", "topic": "*"}, {"type": "CALLBACK", "topic": BOT}, {"type": "CALLBACK", "topic": CARD}]


class Stream:
    """One raw connection: reads frames, sends acks."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def frame(self, seconds: float = 5) -> dict[str, Any]:
        """Return the next frame, its data decoded."""
        frame = json.loads(await asyncio.wait_for(self.socket.recv(), seconds))
        assert isinstance(frame["data"], str)
        frame["data"] = json.loads(frame["data"])
        return frame

    async def ack(self, frame: dict[str, Any], data: object = None, code: int = 200) -> None:
        """Acknowledge a frame."""
        headers = {"messageId": frame["headers"]["messageId"], "contentType": "application/json"}
        answer = {"response": None} if data is None else data
        await self.socket.send(
            json.dumps({"code": code, "headers": headers, "message": "OK", "data": json.dumps(answer)})
        )

    async def is_silent(self) -> bool:
        """Say whether nothing has come: a ping of the socket's own travels behind every frame already sent."""
        await (await self.socket.ping())
        try:
            await asyncio.wait_for(self.socket.recv(), 0.05)
        except TimeoutError:
            return True
        return False


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with serve() as running:
        yield running


@pytest.fixture
async def http(sandbox: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=sandbox.url, timeout=10, verify=PLAIN) as client:
        yield client


async def open_ticket(http: httpx.AsyncClient, subscriptions: object = ALL) -> str:
    """Return the address of a fresh socket."""
    body = {"clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET, "subscriptions": subscriptions, "ua": "test"}
    opened = (await http.post("/v1.0/gateway/connections/open", json=body)).json()
    return f"{opened['endpoint']}?ticket={opened['ticket']}"


@pytest.fixture
def stream(http: httpx.AsyncClient) -> Callable[..., AbstractAsyncContextManager[Stream]]:
    @asynccontextmanager
    async def opened(subscriptions: object = ALL) -> AsyncIterator[Stream]:
        async with connect(await open_ticket(http, subscriptions), proxy=None, max_queue=None) as socket:
            yield Stream(socket)

    return opened


@pytest.fixture
def ticket(http: httpx.AsyncClient) -> Callable[[], Any]:
    return lambda: open_ticket(http)


@pytest.fixture
async def token(http: httpx.AsyncClient) -> str:
    answer = await http.post("/v1.0/oauth2/accessToken", json={"appKey": CLIENT_ID, "appSecret": CLIENT_SECRET})
    return str(answer.json()["accessToken"])


@pytest.fixture
def api(http: httpx.AsyncClient, token: str) -> Callable[..., Any]:
    """Call api.dingtalk.com with the app's token."""

    async def call(method: str, path: str, body: object = None, **params: str) -> httpx.Response:
        headers = {"x-acs-dingtalk-access-token": token}
        return await http.request(method, path, json=body, params=params, headers=headers)

    return call


@pytest.fixture
def sdk_bot(sandbox: Running) -> Iterator[subprocess.Popen[bytes]]:
    """Run the bot of `sdk_bot.py`: the SDK reads its endpoint at import, so it needs a process of its own."""
    environment = {**os.environ, "DINGTALK_OPENAPI_ENDPOINT": sandbox.url, "NO_PROXY": "127.0.0.1"}
    script = Path(__file__).with_name("sdk_bot.py")
    command = [sys.executable, str(script), CLIENT_ID, CLIENT_SECRET]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Changes:
    """The stream of visible changes, read in order."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self, kind: str, **wanted: object) -> dict[str, Any]:
        """Return the next change of a kind whose fields are as wanted."""
        async with asyncio.timeout(20):
            async for line in self._lines:
                if line.startswith("data: "):
                    event = json.loads(line[6:])
                    if event["kind"] == kind and all(event.get(key) == value for key, value in wanted.items()):
                        return dict(event)
        raise AssertionError("the stream of changes ended")

    async def bot_says(self) -> str:
        """Return the bot's next line."""
        while True:
            message = (await self.next("message"))["message"]
            if message["from"] == "bot":
                return str(message["text"])


@pytest.fixture
def changes(http: httpx.AsyncClient) -> Callable[..., AbstractAsyncContextManager[Changes]]:
    @asynccontextmanager
    async def opened(persona: str | None = None) -> AsyncIterator[Changes]:
        async with http.stream("GET", "/_sandbox/events", params={"as": persona} if persona else {}) as answer:
            heard = Changes(answer.aiter_lines())
            await heard.next("hello")
            yield heard

    return opened
