"""The app processes of a soak: started, killed at random moments and started again, and weighed."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from evals.bench.children import Child
from evals.bench.processes import pss_mb

WEIGH_EVERY = 10.0
AFTER = 3.0
"""Seconds after a start in which a tap may still wait for what piled up."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What one process held at one moment of its life."""

    process: int
    life: int
    age: float
    mb: float


@dataclass(slots=True)
class Fleet:
    """One or several processes on one database."""

    apps: Sequence[Child]
    rng: random.Random
    kills: int = 0
    down: list[tuple[float, float]] = field(default_factory=list)
    """When a process was not there, by the monotonic clock."""
    weights: list[Weight] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)
    """Seconds from the start of a process until it listened."""
    _born: dict[int, float] = field(default_factory=dict)
    _lives: dict[int, int] = field(default_factory=dict)

    async def start(self) -> None:
        """Start all, one after the other."""
        for number in range(len(self.apps)):
            await self._start(number)

    async def stop(self) -> None:
        """Ask all to end."""
        for app in self.apps:
            await asyncio.to_thread(app.stop)

    async def kill_now_and_then(self, times: int, seconds: float) -> None:
        """Kill so often within that time, at random moments, one process after the other; each is started again."""
        began = time.monotonic()
        for number, moment in enumerate(sorted(self.rng.uniform(0.05, 0.95) * seconds for _ in range(times))):
            await asyncio.sleep(max(0.0, began + moment - time.monotonic()))
            await self.kill(number % len(self.apps))

    async def weigh(self) -> None:
        """Weigh all processes, for ever."""
        while True:
            await asyncio.sleep(WEIGH_EVERY)
            for number in range(len(self.apps)):
                await self.weigh_one(number)

    async def weigh_one(self, number: int) -> None:
        """Weigh one process; what was killed while it lay on the scales has no weight."""
        born, app = self._born.get(number), self.apps[number]
        if born is None or not app.is_running():
            return
        age = time.monotonic() - born
        mb = await asyncio.to_thread(pss_mb, app.pid)
        if self._born.get(number) == born:
            self.weights.append(Weight(number, self._lives[number], age, mb))

    async def _start(self, number: int) -> None:
        began = time.monotonic()
        await asyncio.to_thread(self.apps[number].start)
        self._born[number] = time.monotonic()
        self._lives[number] = self._lives.get(number, 0) + 1
        self.restarts.append(self._born[number] - began)

    async def kill(self, number: int) -> None:
        """Kill one at once and start it again."""
        began = time.monotonic()
        self._born.pop(number, None)
        await asyncio.to_thread(self.apps[number].kill)
        self.kills += 1
        await self._start(number)
        self.down.append((began, time.monotonic() + AFTER))


def growth(weights: Sequence[Weight]) -> float:
    """Say by how much the longest life of any process grew in its second half: the share of its weight at the middle.

    Like is compared with like: what a killed process held says nothing about leaks, and the young one is still filling
    its caches. Medians of the fifths beside the middle and the end, because each reading is noisy.
    """
    lives: dict[tuple[int, int], list[Weight]] = {}
    for one in weights:
        lives.setdefault((one.process, one.life), []).append(one)
    shares = [_grown(life) for life in _longest(lives).values() if len(life) >= 10]
    return max(shares, default=0.0)


def _longest(lives: dict[tuple[int, int], list[Weight]]) -> dict[int, list[Weight]]:
    """Keep the longest life of each process."""
    kept: dict[int, list[Weight]] = {}
    for (process, _), life in lives.items():
        if life[-1].age > (kept[process][-1].age if process in kept else 0.0):
            kept[process] = life
    return kept


def _grown(life: Sequence[Weight]) -> float:
    fifth = max(2, len(life) // 5)
    middle, end = life[len(life) // 2 :][:fifth], life[-fifth:]
    return _median(end) / _median(middle) - 1


def _median(some: Sequence[Weight]) -> float:
    return sorted(one.mb for one in some)[len(some) // 2]
