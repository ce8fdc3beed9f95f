"""Rivals that take turns of a second: what else the machine does meanwhile moves all of them alike.

One of ours is a function here; a peer is a script of `evals/peers` in a process of its own, with the Python of a venv
that has the extra `bench`.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Protocol

PEERS = Path(__file__).parents[1] / "peers"


class Rival(Protocol):
    """Somebody who does the same thing again and again."""

    def turn(self, seconds: float) -> float:
        """Do it for so long; returns how many a second."""


@dataclass(frozen=True, slots=True)
class Local:
    """A function of ours, called again and again."""

    once: Callable[[], object]

    def turn(self, seconds: float) -> float:
        """Call it for so long."""
        started = time.perf_counter()
        until, done = started + seconds, 0
        while time.perf_counter() < until:
            self.once()
            done += 1
        return done / (time.perf_counter() - started)


class Peer:
    """A script that says `ready`, then for each line with seconds writes what it did as JSON: done, seconds."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def turn(self, seconds: float) -> float:
        """Let it work for so long."""
        asking, answering = self._process.stdin, self._process.stdout
        assert asking is not None
        assert answering is not None
        asking.write(f"{seconds}\n")
        asking.flush()
        told = json.loads(answering.readline())
        return float(told["done"] / told["seconds"])


def python_with(package: str, peers: str) -> str:
    """Name a Python that has a peer: the one that was given, or this one; empty where neither has."""
    if peers:
        return peers
    return sys.executable if find_spec(package) else ""


@contextmanager
def peer(python: str, script: str, *arguments: str) -> Iterator[Peer]:
    """Start a peer, and end it."""
    line = [python, str(PEERS / script), *arguments]
    process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None or process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{script} did not start")
        yield Peer(process)
    finally:
        process.kill()
        process.communicate()


def played(rivals: Mapping[str, Rival], rounds: int, seconds: float) -> dict[str, list[float]]:
    """Let everybody have a turn in every round, after one that does not count; returns the rates."""
    rates: dict[str, list[float]] = {name: [] for name in rivals}
    for number in range(rounds + 1):
        for name, rival in rivals.items():
            rate = rival.turn(seconds if number else seconds / 2)
            if number:
                rates[name].append(rate)
    return rates


def ratio(rates: Mapping[str, list[float]], ours: str, theirs: str) -> float:
    """The median of the rounds' own ratios."""
    return round(median(mine / other for mine, other in zip(rates[ours], rates[theirs], strict=True)), 3)
