"""What threads of the database hand back to an event loop, many to a wake-up.

`asyncio.wrap_future` wakes the loop for each future and keeps two of them in step under locks; at three writes a
message that costs more than the writes.
"""

import asyncio
from collections import deque
from typing import Any, Protocol

Settled = tuple["asyncio.Future[Any]", Any, BaseException | None]


class Promise(Protocol):
    """Where the outcome of a call goes: a future of threads, or one of a loop by way of its desk."""

    def set_running_or_notify_cancel(self) -> bool:
        """Say whether anybody still waits; asked before the call is run."""

    def cancelled(self) -> bool:
        """Say whether nobody waits any more."""

    def set_result(self, result: Any, /) -> None:
        """Hand back what the call returned."""

    def set_exception(self, exception: BaseException | None, /) -> None:
        """Hand back what the call raised."""


class Desk:
    """Where threads lay down what belongs to one loop; the loop is woken once for all that gathers until it looks."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._settled: deque[Settled] = deque()
        self._is_called = False

    def promise(self) -> "LoopPromise":
        """Make a promise whose future the loop awaits."""
        return LoopPromise(self, self.loop.create_future())

    def lay_down(self, settled: Settled) -> None:
        """Hand over an outcome from any thread; nothing happens when the loop has closed."""
        self._settled.append(settled)
        if self._is_called:
            return
        self._is_called = True
        try:
            self.loop.call_soon_threadsafe(self._empty)
        except RuntimeError:
            self._settled.clear()

    def _empty(self) -> None:
        # Lowered before the desk is emptied: what comes in between calls again, and nothing is left lying.
        self._is_called = False
        while self._settled:
            future, result, error = self._settled.popleft()
            if future.done():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)


class LoopPromise:
    """A promise to a loop."""

    __slots__ = ("_desk", "future")

    def __init__(self, desk: Desk, future: "asyncio.Future[Any]") -> None:
        self._desk = desk
        self.future = future

    def set_running_or_notify_cancel(self) -> bool:
        return not self.future.cancelled()

    def cancelled(self) -> bool:
        return self.future.cancelled()

    def set_result(self, result: Any, /) -> None:
        self._desk.lay_down((self.future, result, None))

    def set_exception(self, exception: BaseException | None, /) -> None:
        self._desk.lay_down((self.future, None, exception))
