"""From a question to clauses: nearest by words and by meaning, both scored, fused, read back from the rows.

What a scope may not see is not asked (`partitions`); what is not in force on the day is not returned. What to answer
is decided in `answers`.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from knowledge.language.widening import statutes_words
from knowledge.library import Library
from knowledge.models import Level, clauses, documents, versions
from knowledge.search import lexical, vectors
from knowledge.search.partitions import SHARED
from knowledge.search.ranking import WIDENED, Candidates, Order, joined, score
from knowledge.search.shelving import Shelf, meaning_of
from knowledge.search.witnesses import sure, witnesses
from knowledge.validity.terms import Found
from township.clock import SHANGHAI
from township.db import Tx
from township.scope import Scope
from township.statements import Row, Statement

log = logging.getLogger(__name__)

Floats = NDArray[np.float32]

#: Candidates of each leg and partition.
CANDIDATES = 200
_NOTHING = Candidates([], np.zeros(0, np.float32), np.zeros(0, np.float32), np.zeros(0, np.float32))


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
    checked_on: date | None = None
    """When it was taken in, or a second person said yes."""
    there: float | None = None
    """Of a statute: how sure the whole search is that the right one was found; None where too few were searched."""

    @property
    def is_elsewhere(self) -> bool:
        """A law of some province, city or county, shared by all towns: it may not hold here."""
        return self.town_id is None and self.level is not Level.nation


def retrieve(
    library: Library, question: str, *, scope: Scope, at: datetime, limit: int = 10, own: int = 0, order: Order = score
) -> list[Hit]:
    """Find the clauses in force at `at` that `scope` may see, best first. Blocks: call it in a thread.

    Of the town's `own` clauses so many are among them, however many statutes stand before them.
    """
    started, worked = time.perf_counter(), time.thread_time()
    candidates = search(library, question, scope=scope, at=at)
    scores = order(candidates)
    ranked = np.argsort(-scores, kind="stable")
    near = ranked[candidates.own[ranked]][:own] if candidates.own.size else ranked[:0]
    best = [*ranked[:limit], *(place for place in near if place not in ranked[:limit])]
    chosen = candidates.at(best)
    rows = library.db.read_now(lambda tx: _rows(tx, chosen.clause_ids))
    words = chosen.words + chosen.widened
    there = _there(candidates, scores)
    took, work = ((now - then) * 1000 for now, then in ((time.perf_counter(), started), (time.thread_time(), worked)))
    about = {"ms": round(took, 1), "cpu_ms": round(work, 1), "candidates": len(scores)}
    log.info("clauses were searched", extra={"action": "searched", **about})
    hits = [
        _hit(rows[clause_id], scores[place], chosen.cosines[n], words[n])
        for n, (place, clause_id) in enumerate(zip(best, chosen.clause_ids, strict=True))
    ]
    return [replace(hit, there=there) if hit.town_id is None else hit for hit in hits]


def _there(candidates: Candidates, scores: Floats) -> float | None:
    """Ask all candidates together; of a handful of statutes, or without meaning, they bear no witness."""
    is_many = len(scores) >= CANDIDATES and not np.isnan(candidates.cosines).any()
    return sure(witnesses(candidates, scores)) if is_many else None


def search(library: Library, question: str, *, scope: Scope, at: datetime) -> Candidates:
    """Find what may answer, scored by both legs, with what it stands in; in no order."""
    day = at.astimezone(SHANGHAI).date()
    shelves = library.shelves(scope, day)
    if not shelves or not question.strip():
        return joined([_NOTHING])
    vector = meaning_of(shelves, question)
    indexes, names = [shelf.words for shelf in shelves], statutes_words(question)
    words = lexical.scores(indexes, question)
    widened = lexical.scores(indexes, names) if names else [np.zeros_like(each) for each in words]
    scored = zip(shelves, words, widened, strict=True)
    found = [_found(library, shelf, own, more, vector, day) for shelf, own, more in scored]
    cosines = _cosines(library, found, vector)
    return joined([each.candidates(cosines) for each in found])


def fetch(library: Library, clause_ids: Sequence[str]) -> list[Hit]:
    """Read clauses that were looked up, not searched: hits of the highest score, in the order given."""
    rows = library.db.read_now(lambda tx: _rows(tx, clause_ids))
    return [_hit(rows[each], np.float32(1), np.float32(np.nan), np.float32(0)) for each in clause_ids]


@dataclass(frozen=True, slots=True)
class _Found:
    """The best of both legs in one shelf."""

    shelf: Shelf
    places: NDArray[np.intp]
    hashes: Sequence[str]
    """Of the clauses in these places."""
    nearest: Mapping[str, float]
    """Cosines that the index has told, by hash."""
    words: Floats
    widened: Floats

    def candidates(self, cosines: Mapping[str, float]) -> Candidates:
        """Score all by both legs; `cosines` knows of those that the index has not told."""
        shelf, told = self.shelf, {**cosines, **self.nearest} if self.shelf.embedder else self.nearest
        return Candidates(
            [shelf.clause_ids[place] for place in self.places],
            np.array([told.get(key, np.nan) for key in self.hashes], np.float32),
            self.words[self.places],
            self.widened[self.places],
            shelf.about(self.places),
            np.full(len(self.places), shelf.partition.owner != SHARED),
        )


def _found(library: Library, shelf: Shelf, words: Floats, widened: Floats, vector: Floats | None, day: date) -> _Found:
    """Unite the best of each leg in one shelf."""
    in_force = shelf.in_force(day)
    nearest: dict[str, float] = {}
    if vector is not None:
        nearest = library.index.nearest(shelf.collection, vector, CANDIDATES)
    near = np.array(shelf.places.of(nearest), np.intp)
    places = np.union1d(_best(np.where(in_force, words + WIDENED * widened, 0)), near[in_force[near]])
    return _Found(shelf, places, [shelf.hashes[place] for place in places], nearest, words, widened)


def _best(words: Floats) -> NDArray[np.intp]:
    """Choose the places with the highest scores, of those that share a word at all."""
    top = np.argpartition(-words, CANDIDATES)[:CANDIDATES] if words.size > CANDIDATES else np.arange(words.size)
    return top[words[top] > 0]


def _cosines(library: Library, found: Sequence[_Found], vector: Floats | None) -> dict[str, float]:
    """Score by meaning what the word leg alone found: from the rows, which is faster than asking the index."""
    (name,) = {each.shelf.embedder.name for each in found if each.shelf.embedder} or {""}
    lacking = (key for each in found if each.shelf.embedder for key in each.hashes if key not in each.nearest)
    wanted = list(dict.fromkeys(lacking))
    if vector is None or not wanted:
        return {}
    made = library.db.read_now(lambda tx: vectors.load(tx, name, wanted))
    return {key: float(row @ vector) for key, row in made.items()}


def _rows(tx: Tx, clause_ids: Sequence[str]) -> dict[str, Row]:
    return {row["clause_id"]: row for row in _HITS.rows(tx, its_ids=clause_ids)}


def _hits() -> Statement:
    c, v, d = clauses.c, versions.c, documents.c
    joined = clauses.join(versions, c.version_id == v.id).join(documents, v.document_id == d.id)
    ours = (c.id.label("clause_id"), c.version_id, c.chapter, c.number, c.page, c.path, c.text)
    dates = (v.document_id, v.in_force_from, v.in_force_until, v.basis, v.approved_at, v.ingested_at)
    about = (d.title, d.doc_no, d.issuer, d.level, d.village_id, d.sample, d.town_id)
    rows = sa.select(*ours, *dates, *about).select_from(joined)
    return Statement(rows.where(c.id.in_(sa.bindparam("its_ids", expanding=True))))


_HITS = _hits()


def _hit(row: Row, score: np.float32, cosine: np.float32, words: np.float32) -> Hit:
    values = {**row, "level": Level(row["level"])}
    approved, ingested = values.pop("approved_at"), values.pop("ingested_at")
    values["checked_on"] = (approved or ingested).astimezone(SHANGHAI).date()
    if values.pop("basis").get("first") == Found.confirmed:
        values["in_force_from"] = None  # the document does not say so: it is the day of its second yes
    return Hit(**values, score=float(score), cosine=None if np.isnan(cosine) else float(cosine), words=float(words))
