"""The sample town in a database of each kind, prepared once and copied for each test, with the bot living in it."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from ruamel.yaml import YAML

from bot.chores import recalls
from bot.commands.asking import SAMPLE_TOWN, SAMPLES
from bot.dialogue.answers import expired
from bot.dialogue.upkeep import papers
from bot.purse import Limits
from bot.registration import ACCOUNT, offer_services
from knowledge import intake
from skills import changes, lessons
from tests.conftest import MadeOnce
from tests.integration.bot.house import TOWN, House, shelve
from township import directory, register
from township.clock import SHANGHAI, TurnedClock
from township.db import Database, Tx
from workflows.broadcasts import approval
from workflows.circle import review

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
OpenHouse = Callable[..., Awaitable[House]]
_numbers = count(1)


@pytest.fixture(scope="session", autouse=True)
def _with_both_ears(second_ear: Path) -> Path:
    """Emergencies are heard as in a town that was set up."""
    return second_ear


def _declare() -> None:
    """Say what capabilities can do, as the app does when it is put together."""
    papers.declare()
    expired.declare()
    recalls.declare()
    approval.declare()
    review.declare()
    lessons.declare()
    changes.declare()


def _settle(db: Database) -> None:
    """Found the sample town, offer the services of the house, and take in the sample documents."""
    db.create_all()
    sheet = register.read_sheet(YAML(typ="safe", pure=True).load(SAMPLE_TOWN.read_text("utf-8")))

    def found(tx: Tx) -> dict[str, str]:
        register.account(tx, ACCOUNT, client_id="c", secret=b"s", corp_id="dingsandbox", town_ids=[])
        register.town(tx, sheet, ACCOUNT, at=MONDAY)
        offer_services(tx, TOWN, at=MONDAY)
        return {village.name: village.id for village in directory.villages_of(tx, TOWN)}

    villages = db.write_now(found)
    intake.take_folder(db, SAMPLES, town_id=TOWN, villages=villages, at=MONDAY)


@pytest.fixture(scope="session")
def settled_sqlite(made_once: MadeOnce) -> Path:
    def settle(folder: Path) -> None:
        db = Database(f"sqlite:///{folder / 'town.db'}")
        _settle(db)
        db.close_now()

    _declare()
    return made_once("settled", settle) / "town.db"


def _execute(postgres_url: str, statement: str) -> None:
    url = sa.make_url(postgres_url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture(scope="session")
def settled_postgres(postgres_url: str) -> Iterator[str]:
    _declare()
    name = f"settled{os.getpid()}"
    _execute(postgres_url, f'CREATE DATABASE "{name}"')
    db = Database(sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False))
    _settle(db)
    db.close_now()
    yield name
    _execute(postgres_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def sqlite_town(settled_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(settled_sqlite, tmp_path / "town.db")
    db = Database(f"sqlite:///{tmp_path / 'town.db'}")
    shelve(db, MONDAY.date())
    yield db
    db.close_now()


@pytest.fixture
def postgres_town(settled_postgres: str, postgres_url: str) -> Iterator[Database]:
    name = f"town{os.getpid()}_{next(_numbers)}"
    _execute(postgres_url, f'CREATE DATABASE "{name}" TEMPLATE "{settled_postgres}"')
    db = Database(sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False))
    shelve(db, MONDAY.date())
    yield db
    db.close_now()
    _execute(postgres_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def town_db(request: pytest.FixtureRequest) -> Database:
    """The sample town on either engine."""
    found: Database = request.getfixturevalue("sqlite_town" if request.param == "sqlite" else "postgres_town")
    return found


@pytest.fixture
async def house(sqlite_town: Database, clock: TurnedClock, tmp_path: Path) -> AsyncIterator[House]:
    """The bot in the sample town, on a Monday morning at nine, on SQLite: for what is said."""
    opened = await House(sqlite_town, clock, tmp_path).start()
    yield opened
    await opened.stop()


@pytest.fixture
async def house_on_both(town_db: Database, clock: TurnedClock, tmp_path: Path) -> AsyncIterator[House]:
    """The same on either engine: for what is stored."""
    opened = await House(town_db, clock, tmp_path).start()
    yield opened
    await opened.stop()


@pytest.fixture
async def open_house(town_db: Database, clock: TurnedClock, tmp_path: Path) -> AsyncIterator[OpenHouse]:
    """Open further processes on the same database, with other limits."""
    opened: list[House] = []

    async def make(limits: Limits | None = None, *, started: bool = True) -> House:
        house = House(town_db, clock, tmp_path, limits)
        opened.append(house)
        return await house.start() if started else house

    yield make
    for house in opened:
        await house.stop()
