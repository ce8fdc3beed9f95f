"""What this process and its children hold: PSS, so that pages shared between them count once."""

import os
from pathlib import Path


def pss_mb(pid: int | None = None) -> float:
    """Sum the proportional memory of a process tree, from /proc, in MB (10^6 bytes)."""
    return sum(_pss_kb(one) for one in _tree(pid or os.getpid())) * 1024 / 1e6


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _tree(int(child))
    return found


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it ended while we looked
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
