"""Named points where a rehearsal may cut the power: after a row, before an ack. Inert unless one is armed.

Armed by the setting `kill_at` alone, which only the sandbox's profile accepts; see `evals/bench/kills.py`.
"""

import os
import signal
from enum import StrEnum


class Point(StrEnum):
    """Where a process may die."""

    INBOX = "inbox"
    """A message is stored, not yet committed."""
    ACK = "ack"
    """Committed, not yet acknowledged."""
    WRITE = "write"
    """A turn has written its rows, not yet committed."""
    SEND = "send"
    """The platform has taken an effect, which is not yet written down."""


_left: dict[Point, int] = {}


def arm(spec: str) -> None:
    """Arm `point` or `point:n`, to die when it is reached for the n-th time; the empty string disarms."""
    _left.clear()
    if spec:
        name, _, times = spec.partition(":")
        _left[Point(name)] = int(times or 1)


def reach(point: Point) -> None:
    """Pass a point; the process dies here, as in a power cut, if it is armed."""
    if point in _left:
        _left[point] -= 1
        if _left[point] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
