"""What processes hold and spend, read from /proc: PSS, so that pages shared between them count once, and CPU time."""

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

BEAT = 0.04
"""Seconds in which a process that is held back has its turn once."""


def pss_mb(pid: int | None = None) -> float:
    """Sum the proportional memory of a process tree, from /proc, in MB (10^6 bytes)."""
    return sum(_pss_kb(one) for one in _tree(pid or os.getpid())) * 1024 / 1e6


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _words(task):
            found += _tree(int(child))
    return found


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []  # the thread ended while we looked


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it ended while we looked
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def cpu_seconds(pid: int) -> float:
    """Sum the time that a process tree has spent on a core, ended children of its processes included."""
    return sum(map(_ticks, _tree(pid))) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(map(int, fields[11:15]))


def pids_listening(url: str) -> list[int]:
    """Find the process that listens on the port of a local address."""
    port = urlsplit(url).port or 0
    wanted = {line.split()[9] for line in _sockets() if line.split()[1].endswith(f":{port:04X}")}
    links = (link for link in Path("/proc").glob("[0-9]*/fd/*"))
    found = {int(link.parts[2]) for link in links if _socket_of(link) in wanted}
    return sorted(found)[:1]


def _sockets() -> list[str]:
    listening = "0A"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return [line for line in lines if line.split()[3] == listening]


def _socket_of(link: Path) -> str:
    try:
        return os.readlink(link).removeprefix("socket:[").removesuffix("]")
    except OSError:
        return ""


@contextmanager
def held_back(pids: Sequence[int], share: float) -> Iterator[None]:
    """Let processes run for a share of each BEAT only, in turn, while the block lasts; needs no rights."""
    ending = threading.Event()

    def beat(pid: int, first: float) -> None:
        ending.wait(first)
        while not ending.is_set():
            os.kill(pid, signal.SIGCONT)
            ending.wait(BEAT * share)
            os.kill(pid, signal.SIGSTOP)
            ending.wait(BEAT * (1 - share))

    beats = [threading.Thread(target=beat, args=(pid, BEAT * n * share), daemon=True) for n, pid in enumerate(pids)]
    for one in beats:
        one.start()
    try:
        yield
    finally:
        ending.set()
        for one in beats:
            one.join()
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
