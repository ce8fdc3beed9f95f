"""What has left since the last commit: an id per line, written at once, so that a killed process leaves it behind.

The outbox is the truth; this file only keeps the next process from saying again what was said. Used with SQLite, where
one process lives; written down after the call and not synced: a power cut may cost one repetition.
"""

import os
from pathlib import Path

LONGEST = 64 * 1024
"""Bytes after which an idle file is emptied."""


class Sent:
    """The file of one process; without a path nothing is kept."""

    def __init__(self, path: Path | None = None) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600) if path else -1
        self._size = os.fstat(self._file).st_size if path else 0

    def note(self, parcel_id: str) -> None:
        """Write down that this has left."""
        if self._file >= 0:
            self._size += os.write(self._file, f"{parcel_id}\n".encode())

    def left(self) -> list[str]:
        """List what a dead process has sent; its last line may be torn."""
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
