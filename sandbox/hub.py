"""Every visible change as one small event, for the phone page and for tests: published at once, kept nowhere."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count

from sandbox.encoding import Json

WAITING = 10_000
"""Events a slow listener may fall behind before the oldest are dropped."""


class Hub:
    """Listeners and the events they wait for. Without listeners an event costs nothing."""

    def __init__(self) -> None:
        self._listeners: dict[int, tuple[str | None, asyncio.Queue[Json]]] = {}
        self._keys = count()

    @property
    def is_heard(self) -> bool:
        """Say whether anybody listens."""
        return bool(self._listeners)

    def publish(self, kind: str, to: list[str] | None = None, **what: object) -> None:
        """Tell listeners; `to` names the accounts that see the change, None means everybody."""
        event: Json = {"kind": kind, "to": to, **what}
        for persona, queue in self._listeners.values():
            if persona is not None and to is not None and persona not in to:
                continue
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    async def listen(self, persona: str | None = None, beat: float = 15) -> AsyncIterator[list[Json]]:
        """Yield the events that wait for a persona (or for all); an empty list after `beat` quiet seconds."""
        key, queue = next(self._keys), asyncio.Queue[Json](WAITING)
        self._listeners[key] = (persona, queue)
        try:
            yield [{"kind": "hello", "to": None}]
            while True:
                try:
                    events = [await asyncio.wait_for(queue.get(), beat)]
                except TimeoutError:
                    events = []
                while not queue.empty():
                    events.append(queue.get_nowait())
                yield events
        finally:
            del self._listeners[key]
