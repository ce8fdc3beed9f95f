"""The stream of one account: a thread with its own loop that always has a line open to the gateway.

The next line is opened before the old one dies: after a goodbye the gateway sends nothing more on the old socket, and a
client that waits for its end is deaf for ten seconds. Restarts are spaced out, because fast ones leave routing dead.
"""

import asyncio
import logging
import random
import threading
import time
from collections import deque
from enum import StrEnum

from bot.dingtalk.bridge import Bridge
from bot.dingtalk.endpoints import Endpoints
from bot.dingtalk.handlers import Callbacks
from bot.dingtalk.line import Line, OpenFailed
from bot.dingtalk.transport import Credential

log = logging.getLogger(__name__)

_DRAIN_SECONDS = 8.0
"""An old line may finish its acks; the gateway closes it after ten."""
_LONGEST_WAIT = 8.0
_QUIET_SECONDS = 180.0
"""The gateway pings about once a minute: three in a row are missed by a dead line."""
_FIRST_PATIENCE = 20.0
_LONGEST_PATIENCE = 1800.0
"""A line on which nothing was ever heard may be deaf from birth: it is replaced soon, then ever more seldom."""
_CALM_OPENS = 6
"""This many lines a minute may follow each other at once."""


class Pulse(StrEnum):
    """How a stream is, as the supervisor sees it."""

    open = "open"
    opening = "opening"
    stuck = "stuck"
    """The thread has ended, its loop has not turned for a while, or an opening hangs."""


class StreamChannel:
    """Receives frames of one account. Create and start it on the loop where the callbacks shall run."""

    def __init__(
        self,
        credential: Credential,
        endpoints: Endpoints,
        callbacks: Callbacks,
        *,
        first_patience: float = _FIRST_PATIENCE,
    ) -> None:
        """`first_patience`: seconds after which a new line that has said nothing is doubted."""
        self._credential = credential
        self._endpoints = endpoints
        self._callbacks = callbacks
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._line: Line | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._opened: deque[float] = deque(maxlen=_CALM_OPENS)
        self._turned_at = time.monotonic()
        self._opening_since: float | None = None
        self._first_patience = self._patience = first_patience
        self._first_line = asyncio.Event()
        self._app = asyncio.get_running_loop()
        self._bridge = Bridge(app=self._app, stream=self._loop)
        self._thread = threading.Thread(target=self._run, name=f"stream-{credential.account_id}", daemon=True)

    def start(self) -> None:
        """Start the thread; frames come as soon as the gateway takes the line."""
        self._thread.start()

    async def stop(self, *, patience: float = 5.0) -> None:
        """Close the socket properly after acknowledging what is in hand. A stuck thread is left behind."""
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        await asyncio.to_thread(self._thread.join, patience + 3.0)
        if self._thread.is_alive():
            log.error("stream does not stop", extra={"action": "stream_abandoned", **self._about})

    async def until_open(self) -> None:
        """Wait for the first line."""
        await self._first_line.wait()

    @property
    def is_open(self) -> bool:
        return self.pulse() is Pulse.open

    def pulse(self, *, stuck_after: float = 10.0) -> Pulse:
        """Say how it is. Stuck: its loop stands still for `stuck_after` seconds, or an opening hangs twice that."""
        now = time.monotonic()
        hangs = self._opening_since is not None and now - self._opening_since > 2 * stuck_after
        if hangs or not self._thread.is_alive() or now - self._turned_at > stuck_after:
            return Pulse.stuck
        return Pulse.opening if self._line is None or self._line.leaving.is_set() else Pulse.open

    @property
    def heard_at(self) -> float:
        """Monotonic time of the last frame, for the operator's page."""
        line = self._line
        return float(line.heard_at) if line else 0.0

    @property
    def _about(self) -> dict[str, str]:
        return {"account": self._credential.account_id}

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._keep_a_line())
        finally:
            self._loop.run_until_complete(_end_all_others())
            self._loop.close()

    async def _keep_a_line(self) -> None:
        beat = asyncio.create_task(self._beat())
        failures = 0
        while not self._stopping.is_set():
            await self._pause(self._wait_before_open(failures))
            if self._stopping.is_set():
                break
            failures = 0 if await self._next_line() else failures + 1
        await self._close_all()
        beat.cancel()

    async def _next_line(self) -> bool:
        """Open a line, let the old one drain, and stay until it is time for another. False when none opened."""
        line = Line(self._credential, self._endpoints, self._bridge, self._callbacks)
        self._opening_since = time.monotonic()
        self._opened.append(self._opening_since)
        try:
            await line.open()
        except OpenFailed as failed:
            log.warning("stream does not open: %s", failed, extra={"action": "stream_open_failed", **self._about})
            return False
        finally:
            self._opening_since = None
        log.info("stream open", extra={"action": "stream_open", **self._about})
        self._let_go(self._line)
        self._line = line
        self._app.call_soon_threadsafe(self._first_line.set)
        await self._stay_with(line)
        return True

    async def _stay_with(self, line: Line) -> None:
        """Wait until the line says goodbye, breaks, or has been quiet for too long to be trusted."""
        while not (line.leaving.is_set() or self._stopping.is_set()):
            if line.has_spoken:
                self._patience = self._first_patience
            trusted = _QUIET_SECONDS if line.has_spoken else self._patience
            left = line.heard_at + trusted - time.monotonic()
            if left <= 0:
                log.warning("stream is quiet, another line is opened", extra={"action": "stream_quiet", **self._about})
                self._patience = min(2 * self._patience, _LONGEST_PATIENCE)
                return
            await self._first_of(line.leaving, self._stopping, within=left)

    def _wait_before_open(self, failures: int) -> float:
        if failures:
            return min(_LONGEST_WAIT, 0.5 * 2.0 ** (failures - 1)) * random.uniform(0.8, 1.2)
        is_hasty = len(self._opened) == _CALM_OPENS and time.monotonic() - self._opened[0] < 60
        return 1.0 if is_hasty else 0.0

    def _let_go(self, line: Line | None) -> None:
        if line is None:
            return
        task = asyncio.create_task(line.close(patience=_DRAIN_SECONDS))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close_all(self) -> None:
        if self._line is not None:
            await self._line.close(patience=5.0)
        if self._closing:
            await asyncio.wait(self._closing, timeout=2.0)

    async def _pause(self, seconds: float) -> None:
        if seconds:
            await self._first_of(self._stopping, within=seconds)

    @staticmethod
    async def _first_of(*events: asyncio.Event, within: float | None = None) -> None:
        waits = {asyncio.create_task(event.wait()) for event in events}
        await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _beat(self) -> None:
        while True:
            self._turned_at = time.monotonic()
            await asyncio.sleep(1.0)


async def _end_all_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
