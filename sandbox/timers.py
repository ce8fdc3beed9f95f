"""What falls due on machine time: one heap, one task; a forwarded clock fires everything due without sleeping."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count

from sandbox.clocks import MachineTime

Action = Callable[[str], None]
"""Gets the key it was set with, and looks for itself whether anything is left to do."""

IDLE = 3600.0


class Timers:
    """Actions keyed by machine time. Nothing is cancelled: an action looks at the state and may find nothing to do."""

    def __init__(self, machine: MachineTime) -> None:
        self._machine = machine
        self._heap: list[tuple[float, int, Action, str]] = []
        self._order = count()
        self._wake: asyncio.Event | None = None

    def after(self, seconds: float, action: Action, key: str) -> None:
        """Call `action(key)` once the seconds have passed on machine time."""
        due = self._machine.now() + seconds
        is_first = not self._heap or due < self._heap[0][0]
        heapq.heappush(self._heap, (due, next(self._order), action, key))
        if is_first and self._wake is not None:
            self._wake.set()

    def fire_due(self) -> int:
        """Run every action that is due, also those that fall due meanwhile; return how many."""
        fired = 0
        now = self._machine.now()
        while self._heap and self._heap[0][0] <= now:
            _, _, action, key = heapq.heappop(self._heap)
            action(key)
            fired += 1
        return fired

    def forward(self, seconds: float) -> int:
        """Push machine time ahead step by step, so that chained actions fire in their order; return how many."""
        goal = self._machine.now() + seconds
        fired = 0
        while self._heap and self._heap[0][0] <= goal:
            self._machine.forward(max(0.0, self._heap[0][0] - self._machine.now()))
            fired += self.fire_due()
        self._machine.forward(max(0.0, goal - self._machine.now()))
        return fired + self.fire_due()

    async def run(self) -> None:
        """Fire what falls due, for ever."""
        self._wake = asyncio.Event()
        while True:
            self.fire_due()
            wait = self._heap[0][0] - self._machine.now() if self._heap else IDLE
            try:
                await asyncio.wait_for(self._wake.wait(), max(0.0, min(wait, IDLE)))
            except TimeoutError:
                continue
            self._wake.clear()
