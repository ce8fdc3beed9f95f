"""Backup and restore: one archive with the database, the files and what makes the credentials readable.

SQLite is copied with its online backup while the bot runs; a PostgreSQL database belongs to `pg_dump`, which is named
in the guide, and only the files are archived here.
"""

import json
import shutil
import sqlite3
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from township.db import sqlite_path
from township.errors import Mistake

MANIFEST = "manifest.json"
DATABASE = "dinglin.db"
KEPT = ("files", "dinglin.key", "demo-seal")
"""What of the home goes along; indexes and models are made again."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restored home holds."""

    home: Path
    cases: int
    messages: int


def backup(home: Path, database_url: str, target: Path, *, at: datetime, revision: str) -> int:
    """Write an archive; returns its size in bytes. The bot may go on running."""
    database = sqlite_path(database_url)
    if database is None:
        raise Mistake("backup_other_engine", found="SQLite", needed="PostgreSQL")
    if not database.exists():
        raise Mistake("no_town")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copy = Path(folder) / DATABASE
        _copy_database(database, copy)
        manifest = Path(folder) / MANIFEST
        manifest.write_text(json.dumps({"at": at.isoformat(), "revision": revision}), "utf-8")
        part = Path(folder) / "part"
        with tarfile.open(part, "w:gz") as archive:
            archive.add(manifest, MANIFEST)
            archive.add(copy, DATABASE)
            for name in KEPT:
                if (home / name).exists():
                    archive.add(home / name, name)
        part.chmod(0o600)
        part.rename(target)
    return target.stat().st_size


def _copy_database(source: Path, copy: Path) -> None:
    reading = sqlite3.connect(source)
    writing = sqlite3.connect(copy)
    try:
        reading.backup(writing)
    finally:
        writing.close()
        reading.close()


def restore(archive: Path, home: Path) -> Restored:
    """Unpack an archive into an empty home; a home that holds a database, files or a key is never overwritten."""
    if not archive.exists():
        raise Mistake("backup_missing", path=str(archive))
    if any((home / name).exists() for name in (DATABASE, *KEPT)):
        raise Mistake("restore_not_empty", path=str(home))
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home) as folder:
        _unpack(archive, Path(folder))
        cases, messages = _check(archive, Path(folder) / DATABASE)
        for name in (DATABASE, *KEPT):
            if (Path(folder) / name).exists():
                shutil.move(str(Path(folder) / name), str(home / name))
    return Restored(home, cases, messages)


def _unpack(archive: Path, folder: Path) -> None:
    try:
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Mistake("backup_broken", path=str(archive), reason=type(error).__name__) from error


def _check(archive: Path, database: Path) -> tuple[int, int]:
    """Read the whole database once before it is put in place."""
    if not database.exists():
        raise Mistake("backup_broken", path=str(archive), reason=DATABASE)
    connection = sqlite3.connect(database)
    try:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise Mistake("backup_broken", path=str(archive), reason=str(verdict))
        cases = connection.execute("SELECT count(*) FROM cases").fetchone()[0]
        messages = connection.execute("SELECT count(*) FROM inbox").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise Mistake("backup_broken", path=str(archive), reason=str(error)) from error
    finally:
        connection.close()
    return int(cases), int(messages)
