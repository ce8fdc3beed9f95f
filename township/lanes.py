"""How calls reach a database: one writing lane for SQLite, a pool of threads for PostgreSQL.

Both run plain functions of a transaction and hand back a future. What the database is called and which columns
it has is not known here.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from township.handback import Promise
from township.statements import driver

T = TypeVar("T")
Call = Callable[[Connection], T]
Item = tuple[Call[Any], Promise]

#: Calls that may share one SQLite commit. More gains nothing once a sync costs less than the calls themselves.
BATCH = 64
#: Seconds after which a shared transaction ends, however much waits.
SLICE = 0.05
#: PostgreSQL: serialization_failure and deadlock_detected are answered by running the function again.
RETRIED_STATES = frozenset({"40001", "40P01"})
ATTEMPTS = 6


#: Wakes the lane for an urgent call.
_LOOK: Item = (lambda _: None, Future())


class Lane(Protocol):
    """One way into a database."""

    def run(self, call: Call[Any], promise: Promise, *, urgent: bool = False) -> None:
        """Run `call` in a transaction of its own (or a savepoint of a shared one); keep the promise after COMMIT.

        `urgent`: before all that waits.
        """

    def close(self) -> None:
        """Finish what was submitted, then stop."""


class GroupCommitLane:
    """One thread and one connection for all writes of an SQLite file.

    Waiting calls share a transaction, a savepoint each: a call that raises takes back its own rows only, and
    nobody's future resolves before the shared COMMIT is on disk. A call alone needs no savepoint. Urgent calls go
    first, and a transaction ends after a slice of time, so that a tap waits for one slice at most.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._calls: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._urgent: deque[Item] = deque()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="db-writer", daemon=True)
        self._thread.start()

    def run(self, call: Call[Any], promise: Promise, *, urgent: bool = False) -> None:
        if urgent:
            self._urgent.append((call, promise))
            self._calls.put(_LOOK)
        else:
            self._calls.put((call, promise))

    def close(self) -> None:
        self._calls.put(None)
        self._thread.join()

    def _run(self) -> None:
        while not self._closing:
            if item := self._next(wait=True):
                self._commit_together(item)

    def _next(self, *, wait: bool) -> "Item | None":
        """Take the next call, an urgent one first; None when nothing waits, or at the end."""
        while True:
            if self._urgent:
                return self._urgent.popleft()
            try:
                item = self._calls.get(block=wait)
            except queue.Empty:
                return None
            if item is None:
                self._closing = True
                return None
            if item is not _LOOK:
                return item

    def _commit_together(self, first: "Item") -> None:
        outcomes: list[tuple[Promise, Any, BaseException | None]] = []
        taken: list[Promise] = []
        item: Item | None = first
        try:
            run = _alone if self._calls.empty() and not self._urgent else _in_savepoint
            with self._engine.begin() as connection:
                until = time.monotonic() + SLICE
                while item is not None:
                    call, promise = item
                    taken.append(promise)
                    if promise.set_running_or_notify_cancel():
                        outcomes.append((promise, *run(connection, call)))
                    is_full = run is _alone or len(taken) >= BATCH or time.monotonic() > until
                    item = None if is_full else self._next(wait=False)
        except BaseException as failure:  # the shared COMMIT failed: nobody's rows are there
            outcomes = [(promise, None, failure) for promise in taken if not promise.cancelled()]
        for promise, result, error in outcomes:
            _keep(promise, result, error)


def _keep(promise: Promise, result: Any, error: BaseException | None) -> None:
    if error is None:
        promise.set_result(result)
    else:
        promise.set_exception(error)


def _in_savepoint(connection: Connection, call: Call[Any]) -> tuple[Any, BaseException | None]:
    # Straight to the driver: through SQLAlchemy a savepoint costs sixteen times as much.
    execute = driver(connection).execute
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

    def run(self, call: Call[Any], promise: Promise, *, urgent: bool = False) -> None:
        self._threads.submit(self._run, call, promise)

    def close(self) -> None:
        self._threads.shutdown(wait=True)

    def _run(self, call: Call[Any], promise: Promise) -> None:
        if promise.set_running_or_notify_cancel():
            try:
                result = self._committed(call)
            except BaseException as error:
                promise.set_exception(error)
            else:
                promise.set_result(result)

    def _committed(self, call: Call[T]) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._engine.begin() as connection:
                    return call(connection)
            except DBAPIError as error:
                if attempt == ATTEMPTS or getattr(error.orig, "sqlstate", None) not in RETRIED_STATES:
                    raise
        raise AssertionError("unreachable")
