"""From a question to clauses: nearest by words and by meaning, both scored, fused, read back from the rows.

What a scope may not see is not asked (`partitions`); what is not in force on the day is not returned. What to answer
is decided in `answers`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from knowledge import lexical, vectors
from knowledge.authority import authority
from knowledge.library import Library
from knowledge.models import Level, clauses, documents, versions
from knowledge.shelving import Shelf, meaning_of
from knowledge.widening import statutes_words
from township.clock import SHANGHAI
from township.db import Tx
from township.scope import Scope

Floats = NDArray[np.float32]

#: Candidates of each leg and partition.
CANDIDATES = 200
#: Share of meaning against words; what else was tried, and what it gave: docs/decisions/0023.
MEANING = 0.6
#: How much the statutes' words for what people say count beside their own.
WIDENED = 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause that may answer, with all that a citation needs."""

    clause_id: str
    version_id: str
    document_id: str
    title: str
    doc_no: str
    issuer: str
    level: Level
    chapter: str
    number: str
    page: int | None
    path: str
    text: str
    in_force_from: date | None
    in_force_until: date | None
    village_id: str | None
    sample: bool
    score: float
    """Fused, 0..1 among the candidates of this question: an order, not a confidence."""
    cosine: float | None
    """Of meaning; None without an embedder or before the clause was embedded."""
    words: float
    """BM25; comparable between questions of like length only."""
    town_id: str | None = None
    """None: shared by all towns."""

    @property
    def is_elsewhere(self) -> bool:
        """A law of some province, city or county, shared by all towns: it may not hold here."""
        return self.town_id is None and self.level is not Level.nation


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Clauses of all shelves asked, side by side."""

    clause_ids: Sequence[str]
    cosines: Floats
    """NaN where there is no vector."""
    words: Floats

    def fused(self) -> Floats:
        """Fuse both scores, each stretched over its candidates; without a vector a clause ranks last by meaning."""
        if np.isnan(self.cosines).all():
            return _stretched(self.words)
        meaning = np.where(np.isnan(self.cosines), np.nanmin(self.cosines), self.cosines)
        return MEANING * _stretched(meaning) + np.float32(1 - MEANING) * _stretched(self.words)


def retrieve(library: Library, question: str, *, scope: Scope, at: datetime, limit: int = 10) -> list[Hit]:
    """Find the clauses in force at `at` that `scope` may see, best first. Blocks: call it in a thread."""
    day = at.astimezone(SHANGHAI).date()
    shelves = library.shelves(scope, day)
    if not shelves or not question.strip():
        return []
    vector = meaning_of(shelves, question)
    words = _worded([shelf.words for shelf in shelves], question)
    found = [_candidates(library, shelf, scored, vector, day) for shelf, scored in zip(shelves, words, strict=True)]
    together = _Candidates(
        [clause for part in found for clause in part.clause_ids],
        np.concatenate([part.cosines for part in found]),
        np.concatenate([part.words for part in found]),
    )
    if not together.clause_ids:
        return []
    fused = together.fused() + library.db.read_now(lambda tx: _authorities(tx, together.clause_ids))
    best = np.argsort(-fused, kind="stable")[:limit]
    rows = library.db.read_now(lambda tx: _rows(tx, [together.clause_ids[i] for i in best]))
    return [_hit(rows[together.clause_ids[i]], fused[i], together.cosines[i], together.words[i]) for i in best]


def fetch(library: Library, clause_ids: Sequence[str]) -> list[Hit]:
    """Read clauses that were looked up, not searched: hits of the highest score, in the order given."""
    rows = library.db.read_now(lambda tx: _rows(tx, clause_ids))
    return [_hit(rows[each], np.float32(1), np.float32(np.nan), np.float32(0)) for each in clause_ids]


def _worded(indexes: Sequence[lexical.WordIndex], question: str) -> list[Floats]:
    """Score by the question's words, and by what statutes call the things that it names."""
    own, names = lexical.scores(indexes, question), statutes_words(question)
    if not names:
        return own
    widened = lexical.scores(indexes, names)
    return [first + np.float32(WIDENED) * second for first, second in zip(own, widened, strict=True)]


def _candidates(library: Library, shelf: Shelf, words: Floats, vector: Floats | None, day: date) -> _Candidates:
    """Unite the best of each leg in one shelf, and score all by both."""
    in_force = shelf.in_force(day)
    nearest: dict[str, float] = {}
    if vector is not None:
        nearest = library.index.nearest(shelf.collection, vector, CANDIDATES)
    places = set(_best(np.where(in_force, words, 0)))
    places.update(place for key in nearest for place in shelf.places.get(key, ()) if in_force[place])
    ordered = sorted(places)
    hashes = [shelf.hashes[place] for place in ordered]
    if vector is not None and shelf.embedder is not None:
        nearest |= _cosines(library, shelf.embedder.name, [h for h in hashes if h not in nearest], vector)
    return _Candidates(
        [shelf.clause_ids[place] for place in ordered],
        np.array([nearest.get(key, np.nan) for key in hashes], np.float32),
        words[ordered] if ordered else np.zeros(0, np.float32),
    )


def _best(words: Floats) -> list[int]:
    """Choose the places with the highest scores, of those that share a word at all."""
    top = np.argpartition(-words, CANDIDATES)[:CANDIDATES] if words.size > CANDIDATES else np.arange(words.size)
    return [int(place) for place in top[words[top] > 0]]


def _cosines(library: Library, embedder: str, hashes: Sequence[str], vector: Floats) -> dict[str, float]:
    """Score by meaning what the word leg alone found: from the rows, which is faster than asking the index."""
    found = library.db.read_now(lambda tx: vectors.load(tx, embedder, hashes))
    return {key: float(row @ vector) for key, row in found.items()}


def _stretched(scores: Floats) -> Floats:
    low, high = scores.min(), scores.max()
    return np.asarray((scores - low) / (high - low) if high > low else np.zeros_like(scores), np.float32)


def _authorities(tx: Tx, clause_ids: Sequence[str]) -> Floats:
    """Read who passed each candidate's document, and weigh it."""
    c, v, d = clauses.c, versions.c, documents.c
    joined = clauses.join(versions, c.version_id == v.id).join(documents, v.document_id == d.id)
    about = sa.select(c.id, d.id.label("document"), d.title, d.level, d.town_id).select_from(joined)
    weights: dict[str, float] = {}
    documents_weighed: dict[str, float] = {}
    for start in range(0, len(clause_ids), vectors.PARAMETERS):
        for row in tx.execute(about.where(c.id.in_(clause_ids[start : start + vectors.PARAMETERS]))):
            if row.document not in documents_weighed:
                weight = authority(Level(row.level), row.title, shared=row.town_id is None)
                documents_weighed[row.document] = weight
            weights[row.id] = documents_weighed[row.document]
    return np.array([weights.get(each, 0.0) for each in clause_ids], np.float32)


def _rows(tx: Tx, clause_ids: Sequence[str]) -> dict[str, sa.RowMapping]:
    c, v, d = clauses.c, versions.c, documents.c
    joined = clauses.join(versions, c.version_id == v.id).join(documents, v.document_id == d.id)
    ours = (c.id.label("clause_id"), c.version_id, c.chapter, c.number, c.page, c.path, c.text)
    dates = (v.document_id, v.in_force_from, v.in_force_until)
    about = (d.title, d.doc_no, d.issuer, d.level, d.village_id, d.sample, d.town_id)
    rows = sa.select(*ours, *dates, *about).select_from(joined).where(c.id.in_(clause_ids))
    return {row["clause_id"]: row for row in tx.execute(rows).mappings()}


def _hit(row: sa.RowMapping, score: np.float32, cosine: np.float32, words: np.float32) -> Hit:
    values = {**row, "level": Level(row["level"])}
    return Hit(**values, score=float(score), cosine=None if np.isnan(cosine) else float(cosine), words=float(words))
