"""The sample town in a folder of its own, with statutes beside its documents: what the township eval asks."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.statutes import cache_folder, digest, open_library
from evals.townsfolk import DATASETS
from knowledge import factsheet, intake
from knowledge.answers import Answerer
from knowledge.embeddings import Embedder
from knowledge.index import ExactIndex
from knowledge.language import lexicon
from knowledge.library import Library
from knowledge.search import vectors
from knowledge.structure import folders, statutes
from township.clock import SHANGHAI
from township.db import Database

SAMPLES = Path(lexicon.__file__).parents[1] / "samples"
STATUTES = DATASETS / "township_statutes.jsonl"
"""Invented laws on what the samples are about: none may be cited where the town has a rule of its own."""
AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
"""The day of the samples, a Monday: some facts have run out by then."""
TOWN = "eval"


@contextmanager
def sample_town(embedder: Embedder | None, *, corpus: Path | None = None, name: str = "") -> Iterator[Answerer]:
    """Set up the sample town; beside it the statutes of `corpus` (its cached database, vectors by embedder `name`)."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "town.db"
        if corpus:
            _copy(corpus, path, name)
        db = Database(f"sqlite:///{path}")
        db.create_all()
        villages = {village: village for village in folders.manifest(SAMPLES).canaries}
        intake.take_folder(db, SAMPLES, town_id=TOWN, villages=villages, at=AT)
        if not corpus:
            statutes.ingest(db, STATUTES, at=AT)
        if embedder:
            vectors.embed_missing(db, embedder)
        library = Library(db, embedder, ExactIndex())
        library.refresh(AT.date())
        try:
            yield Answerer(library, frozenset(villages))
        finally:
            library.close()
            db.close_now()


def titles() -> Mapping[str, tuple[str, str]]:
    """Give title and number of each sample document by its path."""
    villages = {name: name for name in folders.manifest(SAMPLES).canaries}
    read = folders.read(SAMPLES, town_id=TOWN, villages=villages)
    return {each.name: (each.source.title, each.source.doc_no) for each in read if each.source}


def sheet() -> factsheet.Sheet:
    """Read the facts of the samples."""
    villages = {name: name for name in folders.manifest(SAMPLES).canaries}
    return factsheet.read_sheet((SAMPLES / "facts.csv").read_bytes(), "facts.csv", villages)


def _copy(corpus: Path, target: Path, embedder: str) -> None:
    """Copy the cached database of the statutes, made first where it is not there."""
    kept = cache_folder() / f"corpus-{digest(corpus)}" / "corpus.db"
    if not kept.exists():
        with open_library(corpus, embedder=embedder):
            pass
    with closing(sqlite3.connect(kept)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
