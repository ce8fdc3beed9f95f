"""Where clauses stand and what is embedded of them: for measuring, no answer needs it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from knowledge.library import Library
from knowledge.models import VersionState, clauses, documents, versions
from knowledge.search import vectors
from knowledge.search.vectors import Floats
from township.db import Tx


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a clause stands, and how long it is."""

    document_id: str
    chapter: str
    length: int
    """Of its text, in characters."""


def places(library: Library, paths: Collection[str]) -> dict[str, tuple[str, Passage]]:
    """Find of each article in force, known by its path, the clause and where it stands."""
    return library.db.read_now(lambda tx: _places(tx, paths))


def passages(library: Library, clause_ids: Sequence[str]) -> dict[str, Passage]:
    """Say of clauses where they stand."""
    return library.db.read_now(lambda tx: _passages(tx, clause_ids))


def in_force(library: Library) -> tuple[dict[str, str], Floats]:
    """Give what is embedded of every article in force that all towns share, by path, and the vectors in that order."""
    name = library.embedder.name if library.embedder else ""
    c, v, d = clauses.c, versions.c, documents.c
    whole = clauses.join(versions, c.version_id == v.id).join(documents, v.document_id == d.id)
    rows = sa.select(c.path, d.title, c.text, c.text_hash).select_from(whole)
    shared = rows.where(v.state == VersionState.in_force, d.town_id.is_(None))
    found = {row.path: row for row in library.db.read_now(lambda tx: tx.execute(shared).all())}
    made = library.db.read_now(lambda tx: vectors.load(tx, name, [row.text_hash for row in found.values()]))
    kept = {path: row for path, row in found.items() if row.text_hash in made}
    texts = {path: vectors.passage(row.title, row.text) for path, row in kept.items()}
    return texts, np.stack([made[row.text_hash] for row in kept.values()])


def _places(tx: Tx, paths: Collection[str]) -> dict[str, tuple[str, Passage]]:
    rows = _standing().add_columns(clauses.c.path).where(versions.c.state == VersionState.in_force)
    found = (row for row in tx.execute(rows) if row.path in paths)
    return {row.path: (row.id, Passage(row.document_id, row.chapter, row.length)) for row in found}


def _passages(tx: Tx, clause_ids: Sequence[str]) -> dict[str, Passage]:
    cut = (clause_ids[start : start + vectors.PARAMETERS] for start in range(0, len(clause_ids), vectors.PARAMETERS))
    found = (row for few in cut for row in tx.execute(_standing().where(clauses.c.id.in_(few))))
    return {row.id: Passage(row.document_id, row.chapter, row.length) for row in found}


def _standing() -> sa.Select[*tuple[Any, ...]]:
    c, v = clauses.c, versions.c
    rows = sa.select(c.id, c.chapter, sa.func.length(c.text).label("length"), v.document_id)
    return rows.select_from(clauses.join(versions, c.version_id == v.id))
