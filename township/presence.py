"""One process among others on one PostgreSQL: it comes in, hears what is called to it, and leaves.

It keeps one connection open as long as it lives: its name there says what it brings, the server forgets it when it
dies, and what others call out (NOTIFY) is heard on it. The only user of psycopg beside SQLAlchemy.
"""

import logging
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg
import sqlalchemy as sa

from township.errors import Mistake
from township.processes import CHANNEL, ENTERING, FAMILY, NAMES, Process, get_on

log = logging.getLogger(__name__)

LISTENS = 5.0
"""Seconds after which a listening thread looks again, should nothing have been called."""
KEEPALIVE = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
"""Asked of the server: a machine without power is forgotten after eleven seconds."""


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
            for (name,) in connection.execute(NAMES).fetchall():
                if other := Process.read(name):
                    get_on(self._me, other)
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
            select.select([self._connection.fileno(), self._woken.fileno()], [], [], LISTENS)
            for notice in self._connection.notifies(timeout=0):
                to, _, what = notice.payload.partition(" ")
                if to == owner:
                    heard(what)
