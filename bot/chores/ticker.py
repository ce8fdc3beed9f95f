"""What happens without anybody speaking: leases renewed, timers fired, the outbox woken, the clock followed.

Every process may tick; whoever comes first takes the rows. Nothing here decides anything: a due timer goes through
`cases.act` like a tap.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do again and again."""

    name: str
    every: float
    """Seconds of machine time between two runs."""
    do: Callable[[], Awaitable[object]]


class Ticker:
    """Does chores until it is stopped; a chore that fails is logged and tried again at its next time."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        self._chores = chores
        self._wanted = {chore.name: asyncio.Event() for chore in chores}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin; each chore first runs at once."""
        self._tasks = [asyncio.create_task(self._repeat(chore), name=chore.name) for chore in self._chores]

    async def stop(self) -> None:
        """Stop; what a chore was doing is cut off and done again by the next process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hurry(self, *names: str) -> None:
        """Do some chores now, without names all, rather than at their next time: something has come for them."""
        for name in names or self._wanted:
            self._wanted[name].set()

    async def tick(self) -> None:
        """Do every chore once, in order: for tests and rehearsals."""
        for chore in self._chores:
            await chore.do()

    async def _repeat(self, chore: Chore) -> None:
        wanted = self._wanted[chore.name]
        while True:
            wanted.clear()
            try:
                await chore.do()
            except Exception:
                log.exception("a chore failed", extra={"action": "chore_failed", "chore": chore.name})
            with suppress(TimeoutError):
                async with asyncio.timeout(chore.every):
                    await wanted.wait()
