"""What was about to leave and what has left since the last commit: a line each, written at once, for the next process.

The outbox is the truth; this file only keeps the next process from saying again what was said. Used with SQLite, where
one process lives. A call is about to leave when its connection is there: if the process dies then, its text was most
likely read. Not synced: a power cut may cost one repetition.
"""

import os
from collections.abc import Iterable
from contextvars import ContextVar
from pathlib import Path

LONGEST = 64 * 1024
"""Bytes after which an idle file is emptied."""

_BEGUN = ">"
_carried: ContextVar[tuple[str, ...]] = ContextVar("carried", default=())


def carrying(*parcel_ids: str) -> None:
    """Say what the calls of this task carry from here on."""
    _carried.set(parcel_ids)


class Sent:
    """The file of one process; without a path nothing is kept."""

    def __init__(self, path: Path | None = None) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600) if path else -1
        self._size = os.fstat(self._file).st_size if path else 0

    def begin(self) -> None:
        """Write down that what this task carries is about to leave."""
        self._write(f"{_BEGUN}{one}\n" for one in _carried.get())

    def note(self, *parcel_ids: str) -> None:
        """Write down that these have left."""
        self._write(f"{one}\n" for one in parcel_ids)

    def _write(self, lines: Iterable[str]) -> None:
        if self._file >= 0 and (text := "".join(lines)):
            self._size += os.write(self._file, text.encode())

    def left(self) -> list[str]:
        """List what a dead process has sent; its last line may be torn."""
        return [line for line in self._lines() if not line.startswith(_BEGUN)]

    def begun(self) -> list[str]:
        """List what a dead process was about to send, whatever became of it."""
        return [line.removeprefix(_BEGUN) for line in self._lines() if line.startswith(_BEGUN)]

    def _lines(self) -> list[str]:
        if self._file < 0:
            return []
        return os.pread(self._file, self._size, 0).decode("ascii", "ignore").split("\n")[:-1]

    def clear(self, *, when_long: bool = False) -> None:
        """Forget everything: all of it is in the outbox."""
        if self._file >= 0 and (self._size > LONGEST or not when_long):
            os.ftruncate(self._file, 0)
            self._size = 0

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
