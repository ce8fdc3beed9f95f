"""How calls reach a database: one writing lane for SQLite, a pool of threads for PostgreSQL.

Both run plain functions of a transaction and hand back a future. What the database is called and which columns
it has is not known here.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")
Call = Callable[[Connection], T]

#: Calls that may share one SQLite commit. More gains nothing once a sync costs less than the calls themselves.
BATCH = 64
#: PostgreSQL: serialization_failure and deadlock_detected are answered by running the function again.
RETRIED_STATES = frozenset({"40001", "40P01"})
ATTEMPTS = 6


class Lane(Protocol):
    """One way into a database."""

    def submit(self, call: Call[T]) -> "Future[T]":
        """Run `call` in a transaction of its own (or a savepoint of a shared one) and resolve after COMMIT."""

    def close(self) -> None:
        """Finish what was submitted, then stop."""


class GroupCommitLane:
    """One thread and one connection for all writes of an SQLite file.

    Waiting calls share a transaction, a savepoint each: a call that raises takes back its own rows only, and
    nobody's future resolves before the shared COMMIT is on disk. A call alone needs no savepoint.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._calls: queue.SimpleQueue[tuple[Call[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="db-writer", daemon=True)
        self._thread.start()

    def submit(self, call: Call[T]) -> "Future[T]":
        future: Future[T] = Future()
        self._calls.put((call, future))
        return future

    def close(self) -> None:
        self._calls.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._calls.get()) is not None:
            batch = [first]
            closing = False
            while len(batch) < BATCH and not self._calls.empty():
                following = self._calls.get()
                if following is None:
                    closing = True
                    break
                batch.append(following)
            self._commit_together(batch)
            if closing:
                return

    def _commit_together(self, batch: list[tuple[Call[Any], "Future[Any]"]]) -> None:
        run = _in_savepoint if len(batch) > 1 else _alone
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with self._engine.begin() as connection:
                for call, future in batch:
                    if future.set_running_or_notify_cancel():
                        outcomes.append((future, *run(connection, call)))
        except BaseException as failure:  # the shared COMMIT failed: nobody's rows are there
            outcomes = [(future, None, failure) for _, future in batch if not future.cancelled()]
        for future, result, error in outcomes:
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)


def _in_savepoint(connection: Connection, call: Call[Any]) -> tuple[Any, BaseException | None]:
    # Straight to the driver: through SQLAlchemy a savepoint costs sixteen times as much.
    execute = connection.connection.driver_connection.execute  # type: ignore[union-attr]
    execute("SAVEPOINT call")
    try:
        result = call(connection)
    except BaseException as error:
        execute("ROLLBACK TO call")
        execute("RELEASE call")
        return None, error
    execute("RELEASE call")
    return result, None


def _alone(connection: Connection, call: Call[Any]) -> tuple[Any, None]:
    return call(connection), None


class ThreadLane:
    """A pool of threads, a connection and a transaction for each call: PostgreSQL, and reading from SQLite."""

    def __init__(self, engine: Engine, threads: int, name: str) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)

    def submit(self, call: Call[T]) -> "Future[T]":
        return self._threads.submit(self._run, call)

    def close(self) -> None:
        self._threads.shutdown(wait=True)

    def _run(self, call: Call[T]) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._engine.begin() as connection:
                    return call(connection)
            except DBAPIError as error:
                if attempt == ATTEMPTS or getattr(error.orig, "sqlstate", None) not in RETRIED_STATES:
                    raise
        raise AssertionError("unreachable")
