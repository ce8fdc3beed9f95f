"""Watches the stream of an account: a deaf one is abandoned, and another thread takes its place.

An abandoned thread may still finish what it holds; the inbox stores a message once, whoever brings it.
"""

import asyncio
import logging
from collections.abc import Callable

from bot.dingtalk.stream import Pulse, StreamChannel

log = logging.getLogger(__name__)


class Supervisor:
    """Keeps one healthy stream. `make` builds a fresh one on the app's loop."""

    def __init__(
        self,
        make: Callable[[], StreamChannel],
        *,
        look_every: float = 1.0,
        stuck_after: float = 10.0,
    ) -> None:
        """`stuck_after`: see `StreamChannel.pulse`. A gateway that is down is no reason: the stream keeps trying."""
        self._make = make
        self._look_every = look_every
        self._stuck_after = stuck_after
        self._stream: StreamChannel | None = None
        self._watch: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self.replaced = 0
        """How many streams were abandoned since the start."""

    async def start(self) -> None:
        """Start a stream and watch it."""
        self._stream = self._make()
        self._stream.start()
        self._watch = asyncio.create_task(self._keep_watch(), name="stream-supervisor")

    async def stop(self) -> None:
        """Stop watching, then close the stream properly."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch})
        if self._stream is not None:
            await self._stream.stop()
        if self._leaving:
            await asyncio.wait(self._leaving)

    @property
    def is_open(self) -> bool:
        return self._stream is not None and self._stream.is_open

    @property
    def stream(self) -> StreamChannel:
        """The stream in service. Only after `start`."""
        if self._stream is None:
            raise RuntimeError("the supervisor has not been started")
        return self._stream

    async def _keep_watch(self) -> None:
        while True:
            await asyncio.sleep(self._look_every)
            if self.stream.pulse(stuck_after=self._stuck_after) is Pulse.stuck:
                self._replace()

    def _replace(self) -> None:
        log.error("stream is stuck, another takes over", extra={"action": "stream_replaced"})
        old = self.stream
        self._stream = self._make()
        self._stream.start()
        self.replaced += 1
        # A stuck thread cannot be joined in time; it ends by itself, or with the process.
        task = asyncio.create_task(old.stop(patience=0.0))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
