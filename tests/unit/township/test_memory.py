"""Memory that was freed goes back to the system."""

import gc
from pathlib import Path

from township.memory import be_frugal, give_back, settle


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


def test_what_has_settled_is_not_searched_again() -> None:
    kept = [[number] for number in range(10_000)]
    settle()
    try:
        assert gc.get_freeze_count() > len(kept)
        assert len(gc.get_objects()) < len(kept)
    finally:
        gc.unfreeze()
