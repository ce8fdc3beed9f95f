"""Files of a town, kept once under the hash of their content in its home. What they mean is kept elsewhere."""

import hashlib
import re
from pathlib import Path
from secrets import token_hex

_HASH = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """The files of one home."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def path(self, sha256: str) -> Path:
        """Where a file lies; a name that is no hash is a ValueError."""
        return self._home / self.within(sha256)

    def within(self, sha256: str) -> str:
        """Where a file lies, relative to its home; a name that is no hash is a ValueError."""
        if not _HASH.fullmatch(sha256):
            raise ValueError("not a hash")
        return f"files/{sha256[:2]}/{sha256}"

    def keep(self, content: bytes) -> str:
        """Keep a file and return its hash; the same content is kept once, by however many at a time. Blocks."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{token_hex(4)}.part")
            part.write_bytes(content)
            part.replace(path)
        return sha256

    def drop(self, sha256: str) -> None:
        """Throw a file away that nothing needs any longer; one that is gone already is gone."""
        self.path(sha256).unlink(missing_ok=True)
