"""Vectors that set-up made of the sample documents, borrowed for a home that is new: rows by the hash of a text."""

import sqlite3
from contextlib import closing
from pathlib import Path


def borrow(built: Path, home: Path) -> None:
    """Take over what the database of `built` has; a home without one lends nothing."""
    source = built / "dinglin.db"
    if not source.is_file():
        return
    with closing(sqlite3.connect(f"file:{home / 'dinglin.db'}", isolation_level=None, uri=True)) as database:
        database.execute("ATTACH ? AS built", (f"file:{source.resolve()}?mode=ro",))
        if database.execute("SELECT 1 FROM built.sqlite_master WHERE name = 'vectors'").fetchone():
            database.execute("INSERT OR IGNORE INTO vectors SELECT * FROM built.vectors")
