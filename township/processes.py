"""The processes that share one PostgreSQL: who lives, who may live beside whom, and how one calls another.

A process keeps one connection open as long as it lives: its name there says what it brings, the server forgets it when
it dies, and what others call out (NOTIFY) is heard on it. SQLite has one process and needs none of this.
"""

import logging
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psycopg
import sqlalchemy as sa

from township.db import Tx
from township.errors import Mistake
from township.ids import new_id

log = logging.getLogger(__name__)

CHANNEL = "dinglin"
FAMILY = "dinglin"
ENTERING = 0x64_6C_69_6E
"""The advisory lock of whoever looks round and comes in: two that start at once see each other."""
LISTENS = 5.0
"""Seconds after which a listening thread looks again, should nothing have been called."""
KEEPALIVE = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
"""Asked of the server: a machine without power is forgotten after eleven seconds."""
LONGEST_NAME = 63


class Index(StrEnum):
    """Where a process searches its vectors."""

    NONE = "none"
    EMBEDDED = "embedded"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Process:
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
    path = files / ".shared"
    files.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            file.write(new_id()[-8:])
    except FileExistsError:
        pass
    return path.read_text("ascii").strip()


def living(tx: Tx) -> list[Process]:
    """List the processes that live on this database now; empty on SQLite."""
    if tx.dialect.name == "sqlite":
        return []
    return [one for name in tx.scalars(sa.text(_NAMES)) if (one := Process.read(name))]


def call(tx: Tx, owner: str, what: str) -> None:
    """Call out to the process `owner` when the transaction commits; nothing on SQLite, where it is the caller."""
    if tx.dialect.name != "sqlite":
        tx.execute(sa.text("SELECT pg_notify(:channel, :said)"), {"channel": CHANNEL, "said": f"{owner} {what}"})


def alone(tx: Tx) -> None:
    """Wait until no other process migrates, registers or comes in; to the end of the transaction."""
    if tx.dialect.name != "sqlite":
        tx.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ENTERING})


_NAMES = """SELECT application_name FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY backend_start"""


class Presence:
    """One process among the others. `enter`, then `listen`; `leave` at the end."""

    def __init__(self, url: str, me: Process) -> None:
        self._url = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._me = me
        self._connection: psycopg.Connection | None = None
        self._thread: threading.Thread | None = None
        self._leaving = threading.Event()

    def enter(self) -> None:
        """Come in; beside a process with which this one cannot share the work it is a Mistake."""
        connection = psycopg.connect(self._url, autocommit=True, options=KEEPALIVE, application_name=FAMILY)
        try:
            connection.execute("SELECT pg_advisory_lock(%s)", (ENTERING,))
            for (name,) in connection.execute(_NAMES).fetchall():
                if other := Process.read(name):
                    _get_on(self._me, other)
            connection.execute("SELECT set_config('application_name', %s, false)", (self._me.name(),))
            connection.execute("SELECT pg_advisory_unlock(%s)", (ENTERING,))
            connection.execute(f"LISTEN {CHANNEL}")
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def listen(self, owner: str, heard: Callable[[str], None], missed: Callable[[], None]) -> None:
        """Hand what is called to `owner` to `heard`, from a thread; `missed` after a time of not hearing."""
        self._waking, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, args=(owner, heard, missed), name="presence", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Go, so that others know it at once."""
        self._leaving.set()
        if self._thread is not None:
            self._waking.send(b".")
            self._thread.join()
            self._waking.close()
            self._woken.close()
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.execute("RESET application_name")  # the server closes a connection in its own time
            self._connection.close()

    def _listen(self, owner: str, heard: Callable[[str], None], missed: Callable[[], None]) -> None:
        while not self._leaving.is_set():
            try:
                if self._connection is None:
                    self.enter()
                    missed()
                self._hear(owner, heard)
            except (psycopg.Error, Mistake) as error:
                if self._connection is not None:
                    self._connection.close()
                    self._connection = None
                if not self._leaving.wait(1.0):
                    log.warning("calls are not heard", extra={"action": "not_heard", "code": type(error).__name__})

    def _hear(self, owner: str, heard: Callable[[str], None]) -> None:
        while self._connection is not None and not self._leaving.is_set():
            select.select([self._connection.fileno(), self._woken], [], [], LISTENS)
            for notice in self._connection.notifies(timeout=0):
                to, _, what = notice.payload.partition(" ")
                if to == owner:
                    heard(what)


def _get_on(me: Process, other: Process) -> None:
    """Refuse what two processes cannot share: an index of one's own, and files that the other does not see."""
    if Index.EMBEDDED in (me.index, other.index):
        raise Mistake("index_not_shared", other=other.address)
    if me.files != other.files:
        raise Mistake("files_not_shared", other=other.address)
