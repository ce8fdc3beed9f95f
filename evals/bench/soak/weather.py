"""The weather of a soak: every fault of the sandbox in turn, each for a while, with calm between."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from evals.bench.control import Control, Json

GUST = 3.0
"""Seconds between two gusts of a fault that is counted."""
ARMED = 0.65
"""The share of a fault's time in which it strikes; the rest is calm."""
OURS = frozenset({"taps", "deaf", "strange", "also", "long", "after"})
"""Keys that say what people do meanwhile; the rest is told to the sandbox."""
NARROWS = ("kind", "pool", "how", "list")
CALM = "calm"


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of weather."""

    tells: Json
    also: Json | None = None
    """Another fault that makes the occasion for this one."""
    taps: bool = True
    deaf: bool = False
    strange: bool = False
    long: bool = False
    after: float = 2.0

    @property
    def name(self) -> str:
        """Name it, with what narrows it."""
        narrow = [str(self.tells[key]) for key in NARROWS if key in self.tells]
        return " ".join([self.tells["fault"], *narrow])


def read(rows: Sequence[Json]) -> list[Fault]:
    """Read the faults of soak.yaml."""
    return [
        Fault(
            {key: value for key, value in row.items() if key not in OURS},
            **{key: value for key, value in row.items() if key in OURS},
        )
        for row in rows
    ]


@dataclass(slots=True)
class Weather:
    """What blows now."""

    control: Control
    faults: Sequence[Fault]
    now: Fault | None = None
    rough: list[tuple[float, float]] = field(default_factory=list)
    """When taps may not be answered in time, by the monotonic clock."""

    @property
    def name(self) -> str:
        """Name what blows now."""
        return self.now.name if self.now else CALM

    async def blow(self, seconds: float, rounds: int) -> None:
        """Let every fault blow in turn, so often, within that time."""
        again = [one for one in self.faults if not one.long]
        blowing = [*self.faults, *again * (rounds - 1)]
        each = seconds / len(blowing)
        for fault in blowing:
            await self._blow_one(fault, each * ARMED)
            await asyncio.sleep(each * (1 - ARMED))

    async def _blow_one(self, fault: Fault, seconds: float) -> None:
        self.now, began = fault, time.monotonic()
        while (left := began + seconds - time.monotonic()) > 0:
            for tells in (fault.tells, fault.also):
                if tells and "error" in (told := await self.control.post("faults", tells)):
                    raise ValueError(f"{tells}: {told['message']}")
            await asyncio.sleep(min(left, GUST) if "times" in fault.tells else left)
        await self.control.delete("faults")
        if not fault.taps:
            self.rough.append((began, time.monotonic() + fault.after))
        self.now = None
