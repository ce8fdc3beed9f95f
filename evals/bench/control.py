"""The control API of a sandbox for crowds: asynchronous and frugal, it shares the machine with what it measures."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import aiohttp

Json = dict[str, Any]
PATIENCE = 30.0


class Control:
    """Tells and asks one sandbox, and hears every change: what is heard goes to `take`."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self.hears = asyncio.Event()
        """Set when changes are heard from here on."""

    def take(self, event: Json) -> None:
        """Take in one change of the sandbox."""

    async def post(self, name: str, body: Mapping[str, Any]) -> Any:
        """Tell the control API."""
        async with self._http.post(f"/_sandbox/{name}", data=json.dumps(body)) as answer:
            return await answer.json(content_type=None)

    async def get(self, name: str) -> Any:
        """Ask the control API."""
        async with self._http.get(f"/_sandbox/{name}") as answer:
            return await answer.json(content_type=None)

    async def delete(self, name: str) -> None:
        """Take back what was told: faults."""
        async with self._http.delete(f"/_sandbox/{name}") as answer:
            answer.raise_for_status()

    async def listen(self) -> None:
        """Take in what the sandbox tells, for ever."""
        async with self._http.get("/_sandbox/events", timeout=aiohttp.ClientTimeout(total=None)) as events:
            async for line in events.content:
                if line.startswith(b"data: "):
                    event = json.loads(line[6:])
                    if event["kind"] == "hello":
                        self.hears.set()
                    self.take(event)


Hearer = TypeVar("Hearer", bound=Control)


@asynccontextmanager
async def session(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    """Open connections to a sandbox: as many as there are people."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2)  # shorter than the sandbox's
    async with aiohttp.ClientSession(url, connector=connector, read_bufsize=2**22) as http:
        yield http


@asynccontextmanager
async def hearing(control: Hearer) -> AsyncIterator[Hearer]:
    """Let it hear the sandbox while the block lasts."""
    listening = asyncio.create_task(control.listen())
    try:
        await asyncio.wait_for(control.hears.wait(), PATIENCE)
        yield control
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError, aiohttp.ClientError):
            await listening
