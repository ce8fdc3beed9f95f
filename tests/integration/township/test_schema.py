from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from township import schema
from township.db import Database, Tx, metadata


def test_migrations_build_what_the_code_declares(db: Database) -> None:
    db.write_now(metadata.drop_all)
    assert schema.upgrade(db) == schema.newest()

    def compare(tx: Tx) -> list[object]:
        opts = {"compare_type": False, "include_object": _is_ours}
        return list(compare_metadata(MigrationContext.configure(tx, opts=opts), metadata))

    assert db.read_now(compare) == []
    assert "inbox" in metadata.tables
    assert "outbox" in metadata.tables


def _is_ours(item: object, name: str | None, *_: object) -> bool:
    """Leave out the tables of procrastinate, which come with its own schema."""
    return not (name or "").startswith("procrastinate")
