"""Builders: a source of some clauses, put in force in a real database."""

import hashlib
from datetime import datetime
from functools import partial
from typing import Any

from knowledge.embeddings import HashEmbedder
from knowledge.ingest import Source, Stored, store
from knowledge.models import Level, VersionState
from knowledge.search.vectors import embed_missing
from knowledge.splitters import Clause
from township.clock import SHANGHAI
from township.db import Database

TODAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)


def a_source(key: str, *texts: str, **about: Any) -> Source:
    """Build a town's document with one clause a text."""
    clauses = [Clause(f"{n}", "", f"第{n}条", None, text) for n, text in enumerate(texts, 1)]
    values: dict[str, Any] = {
        "title": key,
        "content_hash": hashlib.sha256(repr(texts).encode()).hexdigest(),
        "level": Level.town,
        "town_id": "town",
        **about,
    }
    return Source(source_key=key, clauses=clauses, **values)


def put(db: Database, *sources: Source, at: datetime = TODAY) -> list[Stored]:
    """Store sources in force and give them vectors."""
    in_force = VersionState.in_force
    made = [db.write_now(partial(store, source=source, at=at, state=in_force)) for source in sources]
    embed_missing(db, HashEmbedder())
    return made
