"""Two processes on one PostgreSQL: messages in order and once, one killed for good, both restarted in turn."""

import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from ruamel.yaml import YAML

from evals.bench import children, kills
from evals.bench.children import Child
from evals.bench.kills import WINDOWS, Play
from evals.bench.phones import Town
from sandbox.server import serve
from township import schema
from township.db import Database

PEOPLE = 6
TAKEN_UP = 30.0
WITHIN = 60.0
"""Patience with a busy machine; what is promised is asserted."""
ROUND = 30
HANDED_ON = 10.0
"""An orderly end gives back what it holds: nobody waits for a lease."""
STANDING = (
    "SELECT now()",
    "SELECT * FROM inbox WHERE state <> 'done'",
    "SELECT id, lease_owner, lease_until FROM conversations WHERE lease_owner IS NOT NULL",
    "SELECT id, key, kind, target, state, tries, lease_until, retry_at, receipt FROM outbox WHERE state <> 'done'",
)
"""What is looked at when an answer does not come."""
WORDS: dict[str, str] = YAML(typ="safe", pure=True).load(Path(kills.__file__).with_suffix(".yaml").read_text("utf-8"))


class Neighbours:
    """Two processes that share a database and a home."""

    def __init__(self, town: Town, database: str, apps: list[Child]) -> None:
        self.town, self.database, self.apps = town, database, apps
        self.game = Play(town, Path(), random.Random(3), WORDS)
        known: list[dict[str, Any]] = town.get("state")["people"]
        reporting = [one["userId"] for one in known if one["staffId"] and not one["roles"] and one["village"]]
        self.game.people = reporting[:PEOPLE]

    def answered(self, within: float) -> float:
        """Wait until everything said was answered; how long that took."""
        began = time.monotonic()
        self.town.wait(lambda: kills.all_answered(self.game) or None, "every answer", within, self.missing)
        return time.monotonic() - began

    def missing(self) -> str:
        """Say who lacks an answer, which rows stand in its way, and what the processes wrote last."""
        lacks = {one: count - len(self.game.answers(one)) for one, count in self.game.said.items()}
        heard = {
            one: [text["text"] for text in self.town.heard(one)][-ROUND:] for one, lacking in lacks.items() if lacking
        }
        with closing(psycopg.connect(self.database)) as connection:
            rows = [(query, connection.execute(query.encode()).fetchall()) for query in STANDING]
        return f"{lacks}\n{heard}\n{rows}\n{self.apps[0].log.read_text('utf-8')[-3000:]}"

    def count(self, query: str) -> int:
        with closing(psycopg.connect(self.database)) as connection:
            found = connection.execute(query.encode()).fetchone()
            return int(found[0]) if found else 0

    def connected(self, count: int) -> None:
        self.town.wait(lambda: len(self.town.get("state")["connections"]) == count or None, f"{count} connections")


@pytest.fixture
def database(postgres_url: str, postgres_admin: sa.Connection) -> Iterator[str]:
    """A database without a table."""
    name = f"e{os.getpid()}"
    postgres_admin.exec_driver_sql(f'CREATE DATABASE "{name}"')
    yield sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    postgres_admin.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def neighbours(database: str, home: Path) -> Iterator[Neighbours]:
    made = Database(database)
    schema.upgrade(made)
    made.close_now()
    with serve() as running, Town(running.url) as town:
        town.turn_to_working_morning()
        town.post("windows", WINDOWS)
        given = {"embedder": "none", "database_url": database, "api_limit": "0", "push_limit": "0"}
        apps = [children.app(home, running.url, **given) for _ in range(2)]
        try:
            with ThreadPoolExecutor() as threads:
                list(threads.map(Child.start, apps))
            yield Neighbours(town, database, apps)
        finally:
            for app in apps:
                app.stop()


@pytest.mark.timeout(240)
def test_two_processes_share_all_work_and_outlive_each_other(database: str, tmp_path: Path) -> None:
    with neighbours(database, tmp_path) as both:
        both.connected(2)
        _in_order_and_once(both)
        _killed_for_good(both)
        _one_after_the_other(both)
        said = sum(both.game.said.values())
        assert both.count("SELECT count(*) FROM cases WHERE skill = 'village_report'") == said
        assert both.count("SELECT count(*) FROM inbox WHERE state <> 'done'") == 0


def _in_order_and_once(both: Neighbours) -> None:
    """Frames go to a random connection; each person says several things without waiting."""
    both.game.speak(ROUND)
    both.answered(WITHIN)
    for person in both.game.people:
        heard = [one["text"] for one in both.town.heard(person)]
        numbers = [number for text in heard for number in range(ROUND) if kills.name(number) in text]
        assert numbers == sorted(numbers)
        assert max(both.game.answers(person).values()) == 1


def _killed_for_good(both: Neighbours) -> None:
    """What one had in its hands when it died is answered by the other, and at most a text is read twice."""
    both.game.speak(ROUND)
    both.apps[0].kill()
    assert both.answered(WITHIN) <= TAKEN_UP
    assert max(count for one in both.game.people for count in both.game.answers(one).values()) <= 2


def _one_after_the_other(both: Neighbours) -> None:
    """A new process comes while people speak and the old one goes: an orderly end hands on, nobody reads twice."""
    before = {one: set(both.game.answers(one)) for one in both.game.people}
    both.apps[0].start()
    both.connected(2)
    both.game.speak(ROUND // 2)
    both.apps[1].stop()
    both.game.speak(ROUND // 2)
    assert both.answered(WITHIN) <= HANDED_ON
    # What was said before may still be read a second time now: that one was killed then.
    new = [
        both.game.answers(one)[text] for one in both.game.people for text in set(both.game.answers(one)) - before[one]
    ]
    assert new == [1] * (ROUND // 2 * 2)
