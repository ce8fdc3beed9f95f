"""Who may live beside whom on one PostgreSQL, and how one process calls another."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from township import processes, schema
from township.db import Database
from township.errors import Mistake
from township.presence import Presence
from township.processes import Index, Process, mark_of

A = Process("0006", Index.SERVER, "m1", "here:1")
B = Process("0006", Index.SERVER, "m1", "there:2")


@contextmanager
def present(db: Database, me: Process) -> Iterator[Presence]:
    presence = Presence(db.url, me)
    presence.enter()
    try:
        yield presence
    finally:
        presence.leave()


def living(db: Database) -> list[Process]:
    return db.read_now(processes.living)


def test_a_process_is_seen_while_it_lives(postgres_db: Database) -> None:
    with present(postgres_db, A), present(postgres_db, B):
        assert living(postgres_db) == [A, B]
    assert living(postgres_db) == []


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (A, Process("0006", Index.EMBEDDED, "m1", "there:2"), "index_not_shared"),
        (Process("0006", Index.EMBEDDED, "m1", "here:1"), B, "index_not_shared"),
        (A, Process("0006", Index.SERVER, "m2", "there:2"), "files_not_shared"),
    ],
)
def test_what_cannot_be_shared_is_refused(postgres_db: Database, first: Process, second: Process, code: str) -> None:
    with present(postgres_db, first):
        with pytest.raises(Mistake) as refused:
            Presence(postgres_db.url, second).enter()
        assert refused.value.code == code
        assert refused.value.values == {"other": "here:1"}
        assert living(postgres_db) == [first]


def test_whoever_is_called_hears_it_when_the_rows_are_committed(postgres_db: Database) -> None:
    heard: queue.Queue[str] = queue.Queue()
    with present(postgres_db, A) as first, present(postgres_db, B) as second:
        first.listen("a", heard.put, lambda: None)
        second.listen("b", lambda said: heard.put(f"wrong: {said}"), lambda: None)
        postgres_db.write_now(lambda tx: processes.call(tx, "a", "c-1"))
        assert heard.get(timeout=10) == "c-1"
        assert heard.empty()


def test_a_lost_connection_is_made_anew_and_what_was_missed_is_looked_for(postgres_db: Database) -> None:
    heard: queue.Queue[str] = queue.Queue()
    with present(postgres_db, A) as presence:
        presence.listen("a", heard.put, lambda: heard.put("missed"))
        postgres_db.write_now(
            lambda tx: tx.execute(
                sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"),
                {"name": A.name()},
            )
        )
        assert heard.get(timeout=10) == "missed"
        assert living(postgres_db) == [A]
        postgres_db.write_now(lambda tx: processes.call(tx, "a", "c-2"))
        assert heard.get(timeout=10) == "c-2"


def test_other_connections_are_no_processes() -> None:
    assert Process.read("psql") is None
    assert Process.read("dinglin") is None
    assert Process.read(A.name()) == A


def test_one_folder_has_one_mark(tmp_path: Path) -> None:
    assert mark_of(tmp_path / "a") == mark_of(tmp_path / "a")
    assert mark_of(tmp_path / "a") != mark_of(tmp_path / "b")


def test_a_write_goes_on_after_the_server_has_dropped_the_connections(postgres_db: Database) -> None:
    assert postgres_db.write_now(lambda tx: tx.scalar(sa.text("SELECT 1"))) == 1
    with psycopg.connect(postgres_db.url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert postgres_db.write_now(lambda tx: tx.scalar(sa.text("SELECT 2"))) == 2
    assert postgres_db.read_now(lambda tx: tx.scalar(sa.text("SELECT 3"))) == 3


def _set_floor(db: Database, revision: str) -> None:
    db.write_now(lambda tx: tx.execute(sa.text("UPDATE schema_floor SET revision = :to"), {"to": revision}))


def _set_schema(db: Database, revision: str) -> None:
    db.write_now(lambda tx: tx.execute(sa.text("UPDATE alembic_version SET version_num = :to"), {"to": revision}))


def _migrated(db: Database) -> None:
    from township.db import metadata

    db.write_now(metadata.drop_all)
    schema.upgrade(db)


def test_a_schema_that_was_only_added_to_serves_the_program_before(db: Database) -> None:
    _migrated(db)
    _set_schema(db, "9999")
    schema.check(db)


def test_a_schema_that_was_taken_from_refuses_the_program_before(db: Database) -> None:
    _migrated(db)
    _set_schema(db, "9999")
    _set_floor(db, "9998")
    with pytest.raises(Mistake, match="program_too_old"):
        schema.check(db)


def test_an_older_schema_is_refused(db: Database) -> None:
    _migrated(db)
    _set_schema(db, "0001")
    with pytest.raises(Mistake, match="not_migrated"):
        schema.check(db)


def test_nothing_is_taken_away_while_an_old_process_lives(postgres_db: Database) -> None:
    _migrated(postgres_db)
    old = Process("0005", Index.NONE, "m1", "here:1")
    with present(postgres_db, old), pytest.raises(Mistake, match="old_processes_live"):
        schema.upgrade(postgres_db)
    assert schema.upgrade(postgres_db) == schema.newest()
