"""From the stream's thread to the loop of the app and back, many frames to a wake-up.

`run_coroutine_threadsafe` wakes the other loop twice for each frame; at a thousand frames a second that is most of the
work. Here whoever is awake takes all that has gathered.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

Work = Callable[[], Awaitable[Any]]


class _Door:
    """A queue into a loop; the loop is woken once for all that gathers until it looks."""

    def __init__(self, loop: asyncio.AbstractEventLoop, take: Callable[[Any], None]) -> None:
        self._loop = loop
        self._take = take
        self._waiting: deque[Any] = deque()
        self._is_called = False

    def put(self, item: Any) -> None:
        """Hand over an item from any thread; nothing happens when the loop has closed."""
        self._waiting.append(item)
        if self._is_called:
            return
        self._is_called = True
        try:
            self._loop.call_soon_threadsafe(self._empty)
        except RuntimeError:
            self._waiting.clear()

    def _empty(self) -> None:
        # Lowered before the queue is emptied: what comes in between calls again, and nothing is left lying.
        self._is_called = False
        while self._waiting:
            self._take(self._waiting.popleft())


class Bridge:
    """Runs work on the loop `app` for tasks that wait on the loop `stream`."""

    def __init__(self, *, app: asyncio.AbstractEventLoop, stream: asyncio.AbstractEventLoop) -> None:
        self._app = app
        self._stream = stream
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = _Door(app, self._start)
        self._back = _Door(stream, self._finish)

    def call(self, work: Work) -> "asyncio.Future[Any]":
        """Run `work` on the app's loop; await the future on the stream's. It runs to its end even if nobody waits."""
        future: asyncio.Future[Any] = self._stream.create_future()
        self._over.put((work, future))
        return future

    def _start(self, item: tuple[Work, "asyncio.Future[Any]"]) -> None:
        task = self._app.create_task(self._run(*item))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, work: Work, future: "asyncio.Future[Any]") -> None:
        try:
            outcome: tuple[Any, BaseException | None] = (await work(), None)
        except asyncio.CancelledError:
            self._back.put((future, None, ConnectionAbortedError("the app is stopping")))
            raise
        except Exception as error:
            # Not swallowed: it is raised where the future is awaited.
            outcome = (None, error)
        self._back.put((future, *outcome))

    @staticmethod
    def _finish(item: tuple["asyncio.Future[Any]", Any, BaseException | None]) -> None:
        future, result, error = item
        if future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
