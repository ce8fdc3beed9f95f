"""One process at a time: a lock on a folder or file that the kernel takes back when its holder dies."""

import fcntl
from pathlib import Path
from typing import IO

from township.errors import Mistake


class FileLock:
    """Held from `take` until `give_back` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def take(self, code: str, **values: object) -> None:
        """Take the lock; held by another process it is the Mistake `code`, as is a folder that bears no file."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("a")
        except OSError as error:
            raise Mistake("lock_not_written", path=str(self._path.parent), reason=error.strerror or "") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            raise Mistake(code, path=str(self._path), **values) from error
        self._file = file

    def give_back(self) -> None:
        """Let another process have it."""
        if self._file is not None:
            self._file.close()
            self._file = None
