from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from township import schema
from township.db import Database, Tx, metadata
from township.errors import Mistake


def test_migrations_build_what_the_code_declares(db: Database) -> None:
    db.write_now(metadata.drop_all)
    assert schema.upgrade(db) == schema.newest()

    def compare(tx: Tx) -> list[object]:
        opts = {"compare_type": False, "include_object": _is_ours}
        return list(compare_metadata(MigrationContext.configure(tx, opts=opts), metadata))

    assert db.read_now(compare) == []
    assert "inbox" in metadata.tables
    assert "outbox" in metadata.tables


def test_a_migration_ends_with_the_call_that_began_it(db: Database) -> None:
    def refused(tx: Tx) -> None:
        config = Config(str(schema.ROOT / "alembic.ini"))
        config.attributes["connection"] = tx
        command.upgrade(config, "head")
        raise Mistake("no")

    db.write_now(metadata.drop_all)
    with _fresh(db) as fresh, pytest.raises(Mistake):
        fresh.write_now(refused)
    assert db.read_now(schema.present) == ""


@contextmanager
def _fresh(db: Database) -> Iterator[Database]:
    """The same database through connections on which nothing was done yet."""
    opened = Database(db.url)
    try:
        yield opened
    finally:
        opened.close_now()


def _is_ours(item: object, name: str | None, *_: object) -> bool:
    """Leave out the tables of procrastinate, which come with its own schema."""
    return not (name or "").startswith("procrastinate")
