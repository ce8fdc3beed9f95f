"""Memory that was freed goes back to the system."""

from pathlib import Path

from township.memory import be_frugal, give_back


def held_kb() -> int:
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Rss:"))


def test_what_was_freed_is_given_back() -> None:
    be_frugal()
    blocks = [bytes(50_000) for _ in range(2000)]
    full = held_kb()
    del blocks
    give_back()
    assert held_kb() < full - 50_000
