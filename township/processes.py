"""The processes that share one PostgreSQL: who lives, who may live beside whom, and how one calls another.

A process lives as long as one connection of it (`township/presence.py`), whose name says what it brings. SQLite has one
process and needs none of this.
"""

from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct

from township.db import Tx
from township.errors import Mistake
from township.ids import new_id

CHANNEL = "dinglin"
FAMILY = "dinglin"
ENTERING = 0x64_6C_69_6E
"""The advisory lock of whoever looks round and comes in: two that start at once see each other."""
LONGEST_NAME = 63


class Index(StrEnum):
    """Where a process searches its vectors."""

    NONE = "none"
    EMBEDDED = "embedded"
    SERVER = "server"


class Process(Struct, frozen=True):
    """What others must know about a process; fits into the name of a connection."""

    revision: str
    """The newest schema that its program knows."""
    index: Index
    files: str
    """The mark of its folder of files (`mark_of`)."""
    address: str
    """Where its console listens."""

    def name(self) -> str:
        """Say it in one word."""
        return "|".join((FAMILY, self.revision, self.index, self.files, self.address))[:LONGEST_NAME]

    @classmethod
    def read(cls, name: str) -> "Process | None":
        """Read what `name` said; None for a connection of something else."""
        match name.split("|", 4):
            case [family, revision, index, files, address] if family == FAMILY and index in set(Index):
                return cls(revision, Index(index), files, address)
        return None


def mark_of(files: Path) -> str:
    """Name a folder of files: two processes see the same mark when they share the folder."""
    path, mark = files / ".shared", new_id()[-8:]
    files.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        mine = files / f".{mark}"
        mine.write_text(mark, "ascii")
        with suppress(FileExistsError):
            path.hardlink_to(mine)  # whole at once: whoever reads it reads a mark
        mine.unlink()
    return path.read_text("ascii")


def living(tx: Tx) -> list[Process]:
    """List the processes that live on this database now; empty on SQLite."""
    if tx.dialect.name == "sqlite":
        return []
    return [one for name in tx.scalars(sa.text(NAMES)) if (one := Process.read(name))]


def call(tx: Tx, owner: str, what: str) -> None:
    """Call out to the process `owner` when the transaction commits; nothing on SQLite, where it is the caller."""
    if tx.dialect.name != "sqlite":
        tx.execute(sa.text("SELECT pg_notify(:channel, :said)"), {"channel": CHANNEL, "said": f"{owner} {what}"})


def alone(tx: Tx) -> None:
    """Wait until no other process migrates, registers or comes in; to the end of the transaction."""
    if tx.dialect.name != "sqlite":
        tx.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ENTERING})


NAMES = """SELECT application_name FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY backend_start"""


def get_on(me: Process, other: Process) -> None:
    """Refuse what two processes cannot share: an index of one's own, and files that the other does not see."""
    if Index.EMBEDDED in (me.index, other.index):
        raise Mistake("index_not_shared", other=other.address)
    if me.files != other.files:
        raise Mistake("files_not_shared", other=other.address)
