"""The schema's version: brought up to date by alembic, asked for by everybody who opens the database.

Expand, then contract: a migration adds, and programs of the release before go on beside it, so that processes are
changed one after the other. One that takes away what they use raises `schema_floor` and is refused while they live.
"""

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from township import broker, processes
from township.db import Database, Tx, sqlite_path
from township.errors import Mistake
from township.models import schema_floor

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[1]
VERSIONS = ROOT / "migrations" / "versions"
_LINK = re.compile(r"""^(revision|down_revision)\b[^=]*= *["'](\w+)["']""", re.MULTILINE)


def upgrade(db: Database) -> str:
    """Bring a database to the newest schema, keeping what it holds; returns the revision.

    While a process lives that could not work with it any longer it is the Mistake `old_processes_live`.
    """

    from alembic import command

    def call(tx: Tx) -> None:
        processes.alone(tx)
        config = _config()
        config.attributes["connection"] = tx
        command.upgrade(config, "head")
        broker.prepare(tx)
        if outdated := [one.address for one in processes.living(tx) if _is_below(one.revision, floor(tx))]:
            raise Mistake("old_processes_live", others=", ".join(outdated))

    db.write_now(call)
    return newest()


def newest() -> str:
    """Name the newest revision that this program knows: one that is before no other.

    Read without alembic, which every start would wait for.
    """
    links = [link for path in VERSIONS.glob("*.py") for link in _LINK.findall(path.read_text("utf-8"))]
    [head] = {name for kind, name in links if kind == "revision"} - {name for kind, name in links if kind != "revision"}
    return str(head)


def present(tx: Tx) -> str:
    """Name the revision of a database; empty for one without any table of ours."""
    if not sa.inspect(tx).has_table("alembic_version"):
        return ""
    return tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or ""


def floor(tx: Tx) -> str:
    """Name the oldest revision whose programs may run on a database; empty where none was ever set."""
    if not sa.inspect(tx).has_table(schema_floor.name):
        return ""
    return tx.execute(sa.select(schema_floor.c.revision)).scalar() or ""


def reach(db: Database) -> None:
    """Ask the database for one number; one that does not answer is a Mistake that names it without its password."""
    try:
        db.read_now(lambda tx: tx.execute(sa.select(1)).scalar_one())
    except sa.exc.DatabaseError as error:
        file = sqlite_path(db.url)
        if file is not None:
            raise Mistake("no_database_file", path=str(file), reason=str(error.orig or error)) from error
        if not isinstance(error, sa.exc.OperationalError):
            raise
        shown = sa.make_url(db.url).render_as_string(hide_password=True)
        reason = str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
        raise Mistake("no_database", url=shown, reason=reason) from error


def check(db: Database) -> None:
    """Refuse a database that is older than this program, or newer and without what this program needs.

    A newer one that has only been added to is worked with: its processes are being changed one after the other.
    """
    found, least = db.read_now(lambda tx: (present(tx), floor(tx)))
    if found == newest():
        return
    if not found or _is_known(found):
        raise Mistake("not_migrated", found=found or "-", needed=newest())
    if not _is_known(least):
        raise Mistake("program_too_old", found=found, least=least)
    log.warning("the database is newer than this program", extra={"action": "newer_schema", "revision": found})


def _is_known(revision: str) -> bool:
    return revision in _revisions()


def _is_below(revision: str, least: str) -> bool:
    """Say whether a program is too old for a floor; one from the future knows what it does."""
    known = _revisions()
    return revision in known and least in known and known.index(revision) < known.index(least)


def _revisions() -> list[str]:
    """List the revisions that this program knows, oldest first."""
    from alembic.script import ScriptDirectory

    return [one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def _config() -> "Config":
    from alembic.config import Config

    return Config(str(ROOT / "alembic.ini"))
