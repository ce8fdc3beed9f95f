"""Fixtures for all tests: a clock that is turned, and a database of each kind.

PostgreSQL is started once from Debian's binaries, in a folder of its own; where they are missing the PostgreSQL half
is skipped with a word on how to get it.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

import bot.models  # noqa: F401 - its tables are on the metadata
import knowledge.models
import knowledge.questions.models  # noqa: F401 - likewise
import township.models  # noqa: F401 - likewise
import workflows.bookings.models
import workflows.broadcasts.models
import workflows.circle.models
import workflows.handovers.models
import workflows.models
import workflows.orders.models
import workflows.public.models
import workflows.rosters.models
import workflows.rounds.models
import workflows.seals.models  # noqa: F401 - likewise
from evals import hearing
from evals.bench import postgres
from township.clock import SHANGHAI, TurnedClock
from township.db import Database

settings.register_profile("dinglin", deadline=None)
settings.load_profile("dinglin")
"""No test is timed: a machine that is shared takes its time."""

EMPTY = "dinglin_empty"
MadeOnce = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture
def clock() -> TurnedClock:
    """A Monday morning in office hours."""
    return TurnedClock(datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI))


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Make a folder that is only copied from: the first worker makes it, the others wait and take the same."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make(name: str, fill: Callable[[Path], None]) -> Path:
        folder, ready = base / name, base / f"{name}.ready"
        with (base / f"{name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not ready.exists():
                folder.mkdir()
                fill(folder)
                ready.touch()
        return folder

    return make


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Start a PostgreSQL server for this run."""
    found = postgres.binaries()
    if found is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgres.server(found) as url:
        yield url


@pytest.fixture(scope="session")
def empty_sqlite(made_once: MadeOnce) -> Path:
    """A file with every table, empty: the template of all others."""

    def make(folder: Path) -> None:
        database = Database(f"sqlite:///{folder / 'empty.db'}")
        database.create_all()
        database.close_now()

    return made_once("empty", make) / "empty.db"


@pytest.fixture
def sqlite_db(empty_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """An SQLite database with every table."""
    shutil.copy(empty_sqlite, tmp_path / "test.db")
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    yield database
    database.close_now()


@pytest.fixture(scope="session")
def postgres_admin(postgres_url: str) -> Iterator[sa.Connection]:
    """A connection that makes databases, and one of them with every table: the template of all others."""
    url = sa.make_url(postgres_url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {EMPTY}")
        database = Database(_named(postgres_url, EMPTY))
        database.create_all()
        database.close_now()
        yield connection
    engine.dispose()


@pytest.fixture
def postgres_db(postgres_url: str, postgres_admin: sa.Connection) -> Iterator[Database]:
    """A PostgreSQL database with every table, empty."""
    name = f"t{os.getpid()}_{datetime.now(SHANGHAI):%H%M%S%f}"
    postgres_admin.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE {EMPTY}')
    database = Database(_named(postgres_url, name))
    yield database
    database.close_now()
    postgres_admin.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


def _named(postgres_url: str, name: str) -> str:
    return sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest) -> Database:
    """The same test on both engines."""
    database: Database = request.getfixturevalue("sqlite_db" if request.param == "sqlite" else "postgres_db")
    return database


@pytest.fixture(scope="session")
def second_ear(made_once: MadeOnce) -> Path:
    """Teach the second ear for emergencies as set-up does, and use it."""
    target = made_once("ear", lambda folder: hearing.ready(folder / "second_ear.json")) / "second_ear.json"
    hearing.ready(target)
    return target
