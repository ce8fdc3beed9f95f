"""The caches that answer: for each partition a word index and a vector collection, made from rows when they change.

One library a process. Whoever changes rows raises a generation (`vectors.raise_generation`); `refresh` sees it and
swaps new shelves in at once, so that a question sees all of a document or nothing of it.
"""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from knowledge import lexical, vectors
from knowledge.embeddings import Embedder
from knowledge.index import VectorIndex
from knowledge.models import ALWAYS, APPROVED, FOREVER, VersionState, clauses, documents, versions
from knowledge.partitions import SHARED, Partition, open_to
from township import memory
from township.db import Database, Tx
from township.scope import Audience, Scope

FILL_SLICE = 4096
_Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """One partition, ready to be asked: what is at the same place in each sequence belongs to the same clause."""

    partition: Partition
    clause_ids: Sequence[str]
    hashes: Sequence[str]
    places: Mapping[str, Sequence[int]]
    """Hash → places: the same text may stand in two documents."""
    first_days: NDArray[np.int32]
    last_days: NDArray[np.int32]
    words: lexical.WordIndex

    def in_force(self, day: date) -> NDArray[np.bool_]:
        """Say for each clause whether it is in force on `day`."""
        number = day.toordinal()
        return (self.first_days <= number) & (number <= self.last_days)


@dataclass(frozen=True, slots=True)
class _Term:
    """When a version holds, and where that puts it today."""

    partition: Partition
    first: date
    last: date
    title: str


@dataclass(frozen=True, slots=True)
class _Owned:
    """What was made of the rows of one town, or of the shared ones."""

    generation: int
    terms: Mapping[str, _Term]
    shelves: Sequence[Shelf]


class Library:
    """Shelves for every town of the database. `embedder` None: words only."""

    def __init__(self, db: Database, embedder: Embedder | None, index: VectorIndex) -> None:
        self.db, self.embedder, self.index = db, embedder, index
        self.day = ALWAYS
        """The day by which current and past are parted."""
        self._owned: dict[str, _Owned] = {}
        self._vectors = -1
        self._refreshing = threading.Lock()

    def refresh(self, today: date) -> bool:
        """Take in what changed in the rows, or with the day; true when anything did. Cheap when nothing did."""
        with self._refreshing:
            generations = self.db.read_now(vectors.read_generations)
            made = generations.get(vectors.vectors_key(self.embedder.name), 0) if self.embedder else 0
            owners = {key: n for key, n in generations.items() if not key.startswith("vectors:")}
            known = {key: owned.generation for key, owned in self._owned.items()}
            if owners == known and today == self.day and made == self._vectors:
                return False
            before = self._owned
            after = {owner: self._made(owner, generation, today) for owner, generation in owners.items()}
            self._fill(_shelves(after))
            self._owned, self.day, self._vectors = after, today, made
            self._prune({shelf.partition for shelf in [*_shelves(before), *_shelves(after)]})
            memory.give_back()
            return True

    def shelves(self, scope: Scope, day: date) -> list[Shelf]:
        """Choose the shelves that `scope` may ask about `day`."""
        mine = {owner: self._owned[owner] for owner in (SHARED, scope.town_id) if owner in self._owned}
        by_partition = {shelf.partition: shelf for owned in mine.values() for shelf in owned.shelves}
        return [by_partition[partition] for partition in open_to(scope, by_partition, past=day != self.day)]

    def collection(self, partition: Partition) -> str:
        """Name the vectors of a partition."""
        when = "past" if partition.past else "current"
        whose = self.embedder.name if self.embedder else ""
        return "/".join((whose, partition.owner, partition.village_id or "", partition.audience, when))

    def close(self) -> None:
        """Let another process have the vector index."""
        self.index.close()

    def _made(self, owner: str, generation: int, today: date) -> _Owned:
        """Make the shelves of an owner, or keep them where neither rows nor the parting by day changed."""
        terms = self.db.read_now(partial(_terms, owner=owner, today=today))
        known = self._owned.get(owner)
        if known is not None and known.generation == generation and known.terms == terms:
            return known
        rows = self.db.read_now(partial(_rows, owner=owner))
        cut: dict[Partition, list[_Row]] = defaultdict(list)
        for row in rows:
            if row.version_id in terms:
                cut[terms[row.version_id].partition].append(row)
        return _Owned(generation, terms, [_shelf(p, found, terms) for p, found in cut.items()])

    def _fill(self, shelves: Sequence[Shelf]) -> None:
        """Add the vectors that the collections lack and the rows have; ask each once, so that it is loaded."""
        if self.embedder is None:
            return
        for shelf in shelves:
            collection = self.collection(shelf.partition)
            hashes = set(shelf.hashes)
            lacking = sorted(hashes - self.index.keys(collection, len(hashes)))
            for start in range(0, len(lacking), FILL_SLICE):
                few = lacking[start : start + FILL_SLICE]
                found = self.db.read_now(partial(vectors.load, embedder=self.embedder.name, hashes=few))
                if found:
                    self.index.add(collection, list(found), np.stack(list(found.values())))
            self.index.nearest(collection, np.ones(self.embedder.dimensions, np.float32), 1)

    def _prune(self, partitions: set[Partition]) -> None:
        """Take out of the collections what is on no shelf any more."""
        if self.embedder is None:
            return
        wanted = {shelf.partition: shelf.places for shelf in _shelves(self._owned)}
        for gone in partitions:
            collection = self.collection(gone)
            hashes = set(wanted.get(gone, ()))
            if extra := self.index.keys(collection, len(hashes)) - hashes:
                self.index.remove(collection, extra)


def _shelves(owned: Mapping[str, _Owned]) -> list[Shelf]:
    return [shelf for one in owned.values() for shelf in one.shelves]


def _shelf(partition: Partition, rows: Sequence[_Row], terms: Mapping[str, _Term]) -> Shelf:
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[row.text_hash].append(place)
    texts = ["\n".join((terms[row.version_id].title, row.chapter, row.number, row.text)) for row in rows]
    return Shelf(
        partition,
        [row.id for row in rows],
        [row.text_hash for row in rows],
        dict(places),
        np.array([terms[row.version_id].first.toordinal() for row in rows], np.int32),
        np.array([terms[row.version_id].last.toordinal() for row in rows], np.int32),
        lexical.build(texts),
    )


def _rows(tx: Tx, owner: str) -> Sequence[_Row]:
    c = clauses.c
    rows = sa.select(c.id, c.version_id, c.chapter, c.number, c.text, c.text_hash).where(_of(c.town_id, owner))
    return tx.execute(rows.order_by(c.version_id, c.position)).all()


def _terms(tx: Tx, owner: str, today: date) -> dict[str, _Term]:
    """Say of every approved version when it holds. One that was ended without a date holds on no day."""
    v, d = versions.c, documents.c
    found = (
        sa.select(v.id, v.state, v.in_force_from, v.in_force_until, d.title, d.village_id, d.audience)
        .select_from(versions.join(documents, v.document_id == d.id))
        .where(_of(v.town_id, owner), v.state.in_(APPROVED))
    )
    terms: dict[str, _Term] = {}
    for row in tx.execute(found):
        first, last = row.in_force_from or ALWAYS, row.in_force_until or FOREVER
        if row.state != VersionState.in_force and row.in_force_until is None:
            last = ALWAYS
        current = Partition(owner, row.village_id, Audience(row.audience), past=False)
        terms[row.id] = _Term(replace(current, past=not first <= today <= last), first, last, row.title)
    return terms


def _of(column: sa.Column[str], owner: str) -> sa.ColumnElement[bool]:
    return column.is_(None) if owner == SHARED else column == owner
