"""The database behind two doors: `await db.read(fn)` and `await db.write(fn)`.

`fn(tx)` is plain synchronous SQLAlchemy Core: it sees only the database, may run twice, and returns a value.
SQLite (WAL, FULL) and PostgreSQL differ in types and in how calls are run; both differences end in this module
and in `lanes.py`.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine

from township import jsontext
from township.clock import SHANGHAI
from township.errors import Mistake
from township.handback import Desk
from township.lanes import Gate, GroupCommitLane, Lane, ThreadLane
from township.statements import Statement

T = TypeVar("T")
Tx = Connection

SESSION = "-c random_page_cost=1.1 -c jit=off"
"""What PostgreSQL is told with each connection; options of the URL come after it and hold.

With its own cost of a page (4, of a turning disk) it reads all that ever left to find the seventy rows that wait:
3.6 ms among 20,000, twice in each look for what is due; by the index .3 ms.
"""
URGENT = 2
"""Connections to PostgreSQL that are kept for taps and alarms."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as microseconds since 1970 in UTC: compared and ordered alike on both engines."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> int | None:
        return _micros(value)

    def process_result_value(self, value: int | None, dialect: object) -> datetime | None:
        return _moment(value)

    # The two above, without what SQLAlchemy puts around them for every value.
    def bind_processor(self, dialect: object) -> Callable[[datetime | None], int | None]:
        return _micros

    def result_processor(self, dialect: object, coltype: object) -> Callable[[int | None], datetime | None]:
        return _moment


@lru_cache(maxsize=256)  # one moment is written into eight columns of a case
def _micros(value: datetime | None) -> int | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("an aware datetime is required")
    return round(value.timestamp() * 1_000_000)


def _moment(value: int | None) -> datetime | None:
    if value is None:
        return None
    seconds, micros = divmod(value, 1_000_000)
    moment = datetime.fromtimestamp(seconds, SHANGHAI)
    return moment.replace(microsecond=micros) if micros else moment


def Json() -> TypeEngine[Any]:
    """JSON as text on both engines: the order of keys is kept, and the actions of a service have an order.

    JSONB of PostgreSQL sorts them, and a card would offer its buttons in another order on each engine.
    """
    return sa.JSON()


class Database:
    """One database of one process. Open it once, at the edge; hand it down."""

    def __init__(self, url: str, *, threads: int = 6) -> None:
        self.url = url
        self.dialect = sa.make_url(url).get_backend_name()
        gate = Gate()
        if self.dialect == "sqlite":
            self._engine = _sqlite_engine(url)
            self._reading = _sqlite_engine(url, begin="BEGIN DEFERRED", readers=threads)
            self._writer: Lane = GroupCommitLane(self._engine)
        elif self.dialect == "postgresql":
            self._engine = self._reading = _postgres_engine(url, connections=threads * 2 + URGENT)
            self._writer = ThreadLane(self._engine, threads, "db-writer", urgent=URGENT, gate=gate)
        else:
            raise Mistake("unknown_database", url=sa.make_url(url).render_as_string(hide_password=True))
        self._reader = ThreadLane(self._reading, threads, "db-reader", gate=gate)
        self._at: Desk | None = None

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` in a reading transaction."""
        promise = self._desk().promise()
        self._reader.run(fn, promise)
        result: T = await promise.future
        return result

    async def write(self, fn: Callable[[Tx], T], *, urgent: bool = False) -> T:
        """Run `fn` in a writing transaction; the answer comes after COMMIT. `urgent`: somebody looks at the screen."""
        promise = self._desk().promise()
        self._writer.run(fn, promise, urgent=urgent)
        result: T = await promise.future
        return result

    def write_now(self, fn: Callable[[Tx], T]) -> T:
        """Like `write`, for a command line or thread without an event loop."""
        return self._writer.here(fn)

    def read_now(self, fn: Callable[[Tx], T]) -> T:
        """Like `read`, for a command line or thread without an event loop."""
        return self._reader.here(fn)

    def _desk(self) -> Desk:
        """The desk of the loop that runs: one process has one, tests have one after another."""
        loop = asyncio.get_running_loop()
        if self._at is None or self._at.loop is not loop:
            self._at = Desk(loop)
        return self._at

    def scrub_now(self) -> bool:
        """Free the pages in which deleted rows still lie; False where somebody held the file and they lie there yet."""
        path = sqlite_path(self.url)
        return scrub(path) if path else _vacuum(self._engine)

    def create_all(self) -> None:
        """Create every table that has been imported; tests only, a township migrates."""
        self.write_now(metadata.create_all)

    async def close(self) -> None:
        """Finish the waiting writes and close all connections."""
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """Like `close`, without an event loop."""
        self._writer.close()
        self._reader.close()
        self._reading.dispose()
        self._engine.dispose()


def insert_ignore(tx: Tx, table: sa.Table, values: Mapping[str, object], keys: Sequence[str] = ()) -> bool:
    """Insert a row unless one with the same `keys` (without any: with any key) is there; true when it was inserted."""
    inserting = _inserting(tx.dialect.name, table, tuple(keys), tuple(values))
    if tx.dialect.name == "sqlite":
        return inserting.run(tx, **values) == 1
    return bool(inserting.rows(tx, **values))


def insert_ignore_all(tx: Tx, table: sa.Table, several: Sequence[Mapping[str, object]], keys: Sequence[str]) -> None:
    """Insert rows with the same columns, each unless one with the same `keys` is there."""
    if several:
        _inserting(tx.dialect.name, table, tuple(keys), tuple(several[0])).run_all(tx, several)


def insert_ignore_then(tx: Tx, table: sa.Table, values: Mapping[str, object], done: Callable[[bool], None]) -> None:
    """Like `insert_ignore`, but who sends together with others hears only at the end whether the row was inserted."""
    inserting = _inserting(tx.dialect.name, table, (), tuple(values))
    inserting.then(tx, lambda number: done(number == 1), **values)


def upsert(tx: Tx, table: sa.Table, values: Mapping[str, object], keys: Sequence[str]) -> None:
    """Insert a row, or overwrite the columns of the row with the same `keys`."""
    _upserting(tx.dialect.name, table, tuple(keys), tuple(values)).run(tx, **values)


@cache
def _inserting(dialect: str, table: sa.Table, keys: tuple[str, ...], names: tuple[str, ...]) -> Statement:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    built = insert(table).on_conflict_do_nothing(index_elements=list(keys) or None)
    return Statement(built if dialect == "sqlite" else built.returning(*table.primary_key), names)


@cache
def _upserting(dialect: str, table: sa.Table, keys: tuple[str, ...], names: tuple[str, ...]) -> Statement:
    statement = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    return Statement(statement.on_conflict_do_update(index_elements=list(keys), set_=changed), names)


def locked(statement: sa.Select[Any], *, skip: bool = False) -> sa.Select[Any]:
    """Lock the rows of `statement` on PostgreSQL; on SQLite the writing lane is lock enough and this adds nothing."""
    return statement.with_for_update(skip_locked=skip)


def scrub(path: Path) -> bool:
    """Write an SQLite file anew without what was deleted, and empty its log; the bot may go on running."""
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        connection.execute("VACUUM")
        is_held, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_held
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()


def _vacuum(engine: sa.Engine) -> bool:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM")
    return True


def sqlite_path(url: str) -> Path | None:
    """Name the file of an SQLite URL; nothing for another engine or a database in memory."""
    parsed = sa.make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def _loads(stored: str | bytes) -> Any:
    """Read JSON of PostgreSQL, whose driver hands it over as it came."""
    return jsontext.read(stored.decode() if isinstance(stored, bytes) else stored)


def _sqlite_engine(url: str, *, begin: str = "", readers: int = 1) -> sa.Engine:
    """Prepare connections; without `begin` whoever holds one begins and commits: the writing lane."""
    if path := sqlite_path(url):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Mistake("home_unusable", path=str(path.parent), reason=reason) from error
    engine = sa.create_engine(
        url,
        pool_size=readers,
        max_overflow=0,
        poolclass=sa.QueuePool,
        json_serializer=jsontext.written,
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": 30},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        for pragma in ("page_size=2048", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-4000"):
            connection.execute(f"PRAGMA {pragma}")

    # Not by an event: an engine with any listener looks for listeners five times in every statement.
    dialect: Any = engine.dialect
    dialect.do_begin = (lambda connection: connection.execute(begin)) if begin else (lambda _: None)
    return engine


def _postgres_engine(url: str, *, connections: int) -> sa.Engine:
    made = sa.make_url(url).set(drivername="postgresql+psycopg")
    own = made.query.get("options") or ()
    return sa.create_engine(
        made,
        pool_size=connections,
        max_overflow=0,
        json_serializer=jsontext.written,
        json_deserializer=_loads,
        connect_args={"options": " ".join([SESSION, *([own] if isinstance(own, str) else own)])},
    )
