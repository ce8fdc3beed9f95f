"""The statutes of a corpus file, ready to be asked: a database and index of their own, outside the repository.

Kept in DINGLIN_CACHE (else ~/.cache/dinglin) by the hash of the corpus; vectors by embedder inside. Made once, gone on
with after a kill.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from knowledge.embeddings import choose
from knowledge.index import ChromaIndex
from knowledge.library import Library
from knowledge.search import vectors
from knowledge.structure import statutes, superseded
from township import memory
from township.clock import SystemClock
from township.db import Database, metadata
from township.settings import read_settings

#: Progress is for people: it never mixes with figures on standard output.
CONSOLE = Console(stderr=True)


@contextmanager
def open_library(corpus: Path, *, embedder: str = "", old_versions: Path | None = None) -> Iterator[Library]:
    """Open the corpus as a library, made now if it is not there; `embedder` as in the setting of that name.

    With `old_versions` another one, of the same articles and beside them the versions that they superseded.
    """
    memory.be_frugal()
    settings = read_settings()
    folder = cache_folder() / f"corpus-{digest(corpus)}"
    if old_versions:
        folder = _copied(folder, folder.with_name(f"{folder.name}-{digest(old_versions)}"))
    folder.mkdir(parents=True, exist_ok=True)
    _renew(folder / "corpus.db")
    now = SystemClock().now()
    db = Database(f"sqlite:///{folder / 'corpus.db'}", threads=2)
    index = ChromaIndex.embedded(folder / "index")
    library = Library(
        db, choose(embedder or settings.embedder, settings.home, key=settings.embedder_key.get_secret_value()), index
    )
    try:
        _fill(library, corpus, now, old_versions)
        library.refresh(now.date())
        yield library
    finally:
        library.close()
        db.close_now()


def cache_folder() -> Path:
    """Name the folder for what evals make and keep."""
    named = os.environ.get("DINGLIN_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "dinglin"


def describe(library: Library, day: date) -> dict[str, object]:
    """Say with what a run was made."""
    embedder = library.embedder.name if library.embedder else "none: words only"
    return {"embedder": embedder, "as_of": day.isoformat()}


def _copied(known: Path, folder: Path) -> Path:
    """Begin with the articles and vectors that are known already."""
    if (known / "corpus.db").exists() and not (folder / "corpus.db").exists():
        folder.mkdir(parents=True, exist_ok=True)
        source, copy = sqlite3.connect(known / "corpus.db"), sqlite3.connect(folder / "new.db")
        with closing(source), closing(copy):
            source.backup(copy)
        (folder / "new.db").rename(folder / "corpus.db")
    return folder


def _renew(kept: Path) -> None:
    """Give a database that was made before the columns that came since: it is a cache and sees no migration."""
    if not kept.exists():
        return
    with closing(sqlite3.connect(kept)) as connection, connection:
        for table in metadata.sorted_tables:
            held = {row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")}
            for column in [column for column in table.columns if held and column.name not in held]:
                default = getattr(column.server_default, "arg", None)
                filled = f" NOT NULL DEFAULT '{default}'" if default is not None else ""
                connection.execute(f"ALTER TABLE {table.name} ADD COLUMN {column.name}{filled}")


def _fill(library: Library, corpus: Path, now: datetime, old_versions: Path | None) -> None:
    library.db.create_all()
    with Progress(console=CONSOLE, transient=True) as progress:
        reading = progress.add_task("articles", total=None)
        statutes.ingest(library.db, corpus, at=now, progress=lambda n: progress.advance(reading, n))
        if old_versions:
            superseded.ingest(library.db, old_versions, at=now)
        if library.embedder:
            embedding = progress.add_task("vectors", total=None)
            vectors.embed_missing(
                library.db, library.embedder, lambda done, of: progress.update(embedding, completed=done, total=of)
            )


def digest(corpus: Path) -> str:
    """Name a file by what is in it."""
    with corpus.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
