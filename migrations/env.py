"""Alembic's entrance: the one metadata of the house, on the database of the settings or of the caller."""

import sqlalchemy as sa
from alembic import context

import bot.models
import knowledge.models
import township.models
import workflows.models  # noqa: F401 - their tables are on the metadata
from township.db import metadata
from township.settings import read_settings


def run() -> None:
    """Run the migrations, in batches on SQLite, where a table cannot be altered in place."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _run_on(connection)
        return
    engine = sa.create_engine(sa.make_url(read_settings().database))
    with engine.connect() as opened:
        _run_on(opened)
        opened.commit()


def _run_on(connection: sa.Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


run()
