"""The schema's version: brought up to date by alembic, asked for by everybody who opens the database."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from township.db import Database, Tx
from township.errors import Mistake

ROOT = Path(__file__).parents[1]


def upgrade(db: Database) -> str:
    """Bring a database to the newest schema, keeping what it holds; returns the revision."""

    def call(tx: Tx) -> None:
        config = _config()
        config.attributes["connection"] = tx
        command.upgrade(config, "head")

    db.write_now(call)
    return newest()


def newest() -> str:
    """Name the newest revision that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def present(tx: Tx) -> str:
    """Name the revision of a database; empty for one without any table of ours."""
    return MigrationContext.configure(tx).get_current_revision() or ""


def reach(db: Database) -> None:
    """Ask the database for one number; one that does not answer is a Mistake that names it without its password."""
    try:
        db.read_now(lambda tx: tx.execute(sa.select(1)).scalar_one())
    except sa.exc.OperationalError as error:
        shown = sa.make_url(db.url).render_as_string(hide_password=True)
        reason = str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
        raise Mistake("no_database", url=shown, reason=reason) from error


def check(db: Database) -> None:
    """Refuse a database that has not been migrated; starting on it could lose what is stored."""
    found = db.read_now(present)
    if found != newest():
        raise Mistake("not_migrated", found=found or "-", needed=newest())


def _config() -> Config:
    return Config(str(ROOT / "alembic.ini"))
