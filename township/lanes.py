"""How calls reach a database: one writing lane for SQLite, a pool of threads for PostgreSQL.

Both run plain functions of a transaction and hand back a future. What the database is called and which columns
it has is not known here.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from township.handback import Promise
from township.statements import driver

T = TypeVar("T")
Call = Callable[[Connection], T]
Item = tuple[Call[Any], Promise]
Outcome = tuple[Promise, Any, BaseException | None]

#: Calls that may share one SQLite commit. More gains nothing once a sync costs less than the calls themselves.
BATCH = 64
#: Seconds after which a shared transaction ends, however much waits.
SLICE = 0.05
#: PostgreSQL: serialization_failure and deadlock_detected are answered by running the function again.
RETRIED_STATES = frozenset({"40001", "40P01"})
ATTEMPTS = 6
#: Seconds, doubled with each try: a server that is started anew is waited for some seconds.
PAUSE = 0.05


#: Wakes the lane for an urgent call.
_LOOK: Item = (lambda _: None, Future())


class Lane(Protocol):
    """One way into a database."""

    def run(self, call: Call[Any], promise: Promise, *, urgent: bool = False) -> None:
        """Run `call` in a transaction of its own (or a savepoint of a shared one); keep the promise after COMMIT.

        `urgent`: before all that waits.
        """

    def here(self, call: Call[T]) -> T:
        """Run `call` in a transaction of its own in the caller's thread, who has no loop to wait in; after COMMIT."""

    def close(self) -> None:
        """Finish what was submitted, then stop."""


class GroupCommitLane:
    """One thread and one connection for all writes of an SQLite file.

    Waiting calls share a transaction, and nobody's promise is kept before the shared COMMIT is on disk. A call that
    raises takes the transaction back; then all are run again with a savepoint each, so that only its own rows are
    missing. (Savepoints for every call would be a third of all that SQLite is asked: ADR 0014.) Urgent calls go first,
    a transaction ends after a slice of time, and at once behind an urgent call: a tap waits for one slice at most.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._calls: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._urgent: deque[Item] = deque()
        self._closing = self._closed = self._hurries = False
        self._turn = threading.Lock()
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._run, name="db-writer", daemon=True)
        self._thread.start()

    def run(self, call: Call[Any], promise: Promise, *, urgent: bool = False) -> None:
        if self._closed:
            raise RuntimeError("the database is closed")
        if urgent:
            self._urgent.append((call, promise))
            self._calls.put(_LOOK)
        else:
            self._calls.put((call, promise))

    def here(self, call: Call[T]) -> T:
        if self._closed:
            raise RuntimeError("the database is closed")
        with self._turn:
            return self._committed(call)

    def close(self) -> None:
        self._closed = True
        self._calls.put(None)
        self._thread.join()
        if self._connection is not None:
            self._connection.close()

    def _run(self) -> None:
        while not self._closing:
            if item := self._next(wait=True):
                with self._turn:
                    self._commit_together(item)
                self._hurries = False

    @property
    def _held(self) -> Connection:
        """The one connection of the lane: taking it from the pool each time costs more than a commit.

        For SQLAlchemy it is within a transaction for ever: alembic would otherwise end ours with one of its own.
        """
        if self._connection is None:
            self._connection = self._engine.connect()
            self._connection.begin()
        return self._connection

    def _committed(self, work: Call[T]) -> T:
        """Run `work` between BEGIN and COMMIT; whatever it or the COMMIT raises takes all of it back.

        Straight to the driver, as savepoints: what SQLAlchemy makes for each transaction costs more than BEGIN itself.
        """
        connection = self._held
        own = driver(connection)
        own.execute("BEGIN IMMEDIATE")
        try:
            result = work(connection)
            own.commit()
        except BaseException:
            own.rollback()
            raise
        return result

    def _next(self, *, wait: bool) -> "Item | None":
        """Take the next call, an urgent one first; None when nothing waits, or at the end."""
        while True:
            if self._urgent:
                self._hurries = True
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

    def _commit_together(self, first: Item) -> None:
        taken: list[Item] = []
        try:
            outcomes = self._run_together(first, taken)
        except BaseException as failure:
            alone = len(taken) < 2
            outcomes = [(promise, None, failure) for _, promise in taken] if alone else self._run_apart(taken)
        for promise, result, error in outcomes:
            _keep(promise, result, error)

    def _run_together(self, first: Item, taken: list[Item]) -> list[Outcome]:
        """Run what waits in one transaction; the first call that raises takes all of it back."""

        def together(connection: Connection) -> list[Outcome]:
            outcomes: list[Outcome] = []
            item: Item | None = first
            until = time.monotonic() + SLICE
            while item is not None:
                call, promise = item
                if promise.set_running_or_notify_cancel():
                    taken.append(item)
                    outcomes.append((promise, call(connection), None))
                is_full = len(taken) >= BATCH or time.monotonic() > until or (self._hurries and not self._urgent)
                item = None if is_full else self._next(wait=False)
            return outcomes

        return self._committed(together)

    def _run_apart(self, taken: list[Item]) -> list[Outcome]:
        """Run again what one of them took back, with a savepoint each: it takes back its own rows only."""
        try:
            return self._committed(
                lambda connection: [(promise, *_in_savepoint(connection, call)) for call, promise in taken]
            )
        except BaseException as failure:  # the shared COMMIT failed: nobody's rows are there
            return [(promise, None, failure) for _, promise in taken]


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


class Gate:
    """Holds ordinary calls back while an urgent one is under way.

    A tap's thread comes back from PostgreSQL thirty times, and each time it would wait for all threads that compute.
    """

    def __init__(self, longest: float = 0.2) -> None:
        """`longest`: seconds that an ordinary call is held back; taps without end shall not stop everything else."""
        self._longest = longest
        self._open = threading.Condition()
        self._under_way = 0

    @contextmanager
    def urgent(self) -> Iterator[None]:
        """Close it for as long as this lasts."""
        with self._open:
            self._under_way += 1
        try:
            yield
        finally:
            with self._open:
                self._under_way -= 1
                self._open.notify_all()

    def wait(self) -> None:
        """Wait until nothing urgent is under way."""
        if self._under_way:
            with self._open:
                self._open.wait_for(lambda: not self._under_way, self._longest)


class ThreadLane:
    """A pool of threads, a connection and a transaction for each call: PostgreSQL, and reading from SQLite.

    Urgent calls go first, and have threads of their own: a tap waits neither for what piled up while a process was
    away, nor for a thread that waits for a row.
    """

    def __init__(self, engine: Engine, threads: int, name: str, *, urgent: int = 0, gate: Gate | None = None) -> None:
        """`urgent`: threads beside the others that take urgent calls only; `gate`: shared with other lanes."""
        self._engine = engine
        self._gate = gate or Gate()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._ahead = ThreadPoolExecutor(urgent, thread_name_prefix=f"{name}-urgent") if urgent else None
        self._urgent: deque[Item] = deque()
        self._waiting: deque[Item] = deque()
        self._choosing = threading.Lock()
        self._closed = False

    def run(self, call: Call[Any], promise: Promise, *, urgent: bool = False) -> None:
        (self._urgent if urgent else self._waiting).append((call, promise))
        if urgent and self._ahead is not None:
            self._ahead.submit(self._run, ahead=True)
        self._threads.submit(self._run)

    def here(self, call: Call[T]) -> T:
        if self._closed:
            raise RuntimeError("the database is closed")
        return self._committed(call)

    def close(self) -> None:
        self._closed = True
        self._threads.shutdown(wait=True)
        if self._ahead is not None:
            self._ahead.shutdown(wait=True)

    def _run(self, *, ahead: bool = False) -> None:
        """Run one of those that wait: every call that was put there sends one thread here, an urgent one two."""
        if not ahead and not self._urgent:
            self._gate.wait()
        with self._choosing:
            is_urgent = bool(self._urgent)
            waiting = self._urgent or (None if ahead else self._waiting)
            if not waiting:
                return
            call, promise = waiting.popleft()
        with self._gate.urgent() if is_urgent else nullcontext():
            self._keep(call, promise)

    def _keep(self, call: Call[Any], promise: Promise) -> None:
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
                lost = error.connection_invalidated
                if attempt == ATTEMPTS or not (lost or getattr(error.orig, "sqlstate", None) in RETRIED_STATES):
                    raise
                if lost and attempt > 1:
                    time.sleep(PAUSE * 2**attempt)  # the first new try costs nothing: only the pool was old
        raise AssertionError("unreachable")
