"""Alembic's entrance: the one metadata of the house, on the database of the settings or of the caller."""

from typing import Literal

import sqlalchemy as sa
from alembic import context

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
from township.db import Instant, metadata
from township.settings import read_settings


def run() -> None:
    """Run the migrations, in batches on SQLite, where a table cannot be altered in place."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _run_on(connection)
        return
    engine = sa.create_engine(sa.make_url(read_settings().database))
    with engine.begin() as opened:
        _run_on(opened)


def _in_plain_types(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our column types as what they are on disk: a migration must not change when the code does."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, sa.JSON):
        return "sa.JSON()"
    return False


def _run_on(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=_in_plain_types,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
