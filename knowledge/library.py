"""The caches that answer: for each partition a word index and a vector collection, made from rows when they change.

One library a process. Whoever changes rows raises a generation (`vectors.raise_generation`); `refresh` sees it and
swaps new shelves in at once, so that a question sees all of a document or nothing of it.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

from knowledge.embeddings import Embedder
from knowledge.index import VectorIndex
from knowledge.models import ALWAYS
from knowledge.search import lexical, shelving, vectors, wordfiles
from knowledge.search.partitions import SHARED, Partition, open_to
from knowledge.search.shelving import Shelf, Term
from township import memory
from township.db import Database
from township.scope import Scope

FILL_SLICE = 2000
UNKNOWN = -1
"""A generation of vectors that none is."""
ENOUGH = 0.9
"""Share of the clauses of a shelf that must have a vector before it is asked by meaning as well: the shortest
are embedded first, and a few that have one would push away those that fit."""


@dataclass(frozen=True, slots=True)
class _Owned:
    """What was made of the rows of one town, or of the shared ones."""

    generation: int
    terms: Mapping[str, Term]
    shelves: Sequence[Shelf]


@dataclass(frozen=True, slots=True)
class _Moment:
    """All that a question is asked of, as of one moment: it is swapped whole."""

    day: date
    """The day by which current and past are parted."""
    embedder: Embedder | None
    made: int
    """Generation of the embedder's vectors."""
    owned: Mapping[str, _Owned]

    def shelves(self) -> list[Shelf]:
        return [shelf for one in self.owned.values() for shelf in one.shelves]


class Library:
    """Shelves for every town of the database. `embedder` None: words only."""

    def __init__(self, db: Database, embedder: Embedder | None, index: VectorIndex, words: Path | None = None) -> None:
        """`words`: the folder in which large word indexes are kept; None: each start builds them anew."""
        self.db, self.index = db, index
        self._words = words
        self._wanted = embedder
        self._now = _Moment(ALWAYS, embedder, UNKNOWN, {})
        self._refreshing = threading.Lock()

    @property
    def embedder(self) -> Embedder | None:
        """The embedder that answers. A question takes it from its shelves: it may change meanwhile."""
        return self._now.embedder

    @property
    def day(self) -> date:
        """The day by which current and past are parted."""
        return self._now.day

    def use(self, embedder: Embedder) -> None:
        """Let another embedder answer from the next refresh on; until then the one before does."""
        self._wanted = embedder

    def refresh(self, today: date, *, most: int | None = None) -> bool:
        """Take in what changed in the rows, or with the day; true when anything did. Cheap when nothing did.

        `most`: a collection that lacks more vectors is left for the next time, and its clauses are found by words.
        """
        with self._refreshing:
            now, wanted = self._now, self._wanted
            generations = self.db.read_now(vectors.read_generations)
            made = generations.get(vectors.vectors_key(wanted.name), 0) if wanted else 0
            owners = {key: n for key, n in generations.items() if not key.startswith("vectors:")}
            known = {key: owned.generation for key, owned in now.owned.items()}
            if owners == known and (today, made, wanted) == (now.day, now.made, now.embedder):
                return False
            owned = {owner: self._made(owner, generation, today) for owner, generation in owners.items()}
            filled = {owner: self._filled(one, wanted, most) for owner, one in owned.items()}
            coming = _Moment(today, wanted, made if most is None else UNKNOWN, filled)
            self._now = coming
            self._prune(now, coming)
            memory.give_back()
            return True

    def shelves(self, scope: Scope, day: date) -> list[Shelf]:
        """Choose the shelves that `scope` may ask about `day`: all of one moment."""
        now = self._now
        mine = [now.owned[owner] for owner in (SHARED, scope.town_id) if owner in now.owned]
        by_partition = {shelf.partition: shelf for owned in mine for shelf in owned.shelves}
        return [by_partition[partition] for partition in open_to(scope, by_partition, past=day != now.day)]

    def collection(self, partition: Partition) -> str:
        """Name the vectors of a partition."""
        return shelving.collection_of(self.embedder, partition)

    def close(self) -> None:
        """Let another process have the vector index."""
        self.index.close()

    def _made(self, owner: str, generation: int, today: date) -> _Owned:
        """Make the shelves of an owner; one whose clauses and dates are what they were is kept."""
        known = self._now.owned.get(owner)
        terms = self.db.read_now(partial(shelving.terms_of, owner=owner, today=today))
        if known is not None and known.generation == generation and known.terms == terms:
            return known
        before = {shelf.name: shelf for shelf in known.shelves} if known else {}
        shelves = []
        for partition, lines in self.db.read_now(partial(shelving.lines_of, owner=owner, terms=terms)).items():
            name = shelving.name_of(lines, terms)
            held = before.get(name)
            is_same = held is not None and held.partition == partition
            shelves.append(held if held and is_same else self._shelf(partition, name, lines, terms))
        return _Owned(generation, terms, shelves)

    def _shelf(self, partition: Partition, name: str, lines: shelving.Lines, terms: Mapping[str, Term]) -> Shelf:
        folder = self._words if len(lines) > wordfiles.SMALL else None
        words = wordfiles.find(folder, name) if folder else None
        if words is None and folder:
            words = wordfiles.make(folder, name, shelving.texts_of(self.db, lines, terms))
        if words is None:
            words = lexical.build(list(shelving.texts_of(self.db, lines, terms)))
        return shelving.shelf_of(partition, name, lines, terms, words)

    def _filled(self, owned: _Owned, embedder: Embedder | None, most: int | None) -> _Owned:
        """Fill the collections of shelves, and say on each whose vectors lie beside it; a whole one is left alone."""
        shelves = []
        for shelf in owned.shelves:
            collection = shelving.collection_of(embedder, shelf.partition)
            if shelf.is_whole and (shelf.embedder, shelf.collection) == (embedder, collection):
                shelves.append(shelf)
                continue
            lacking = self._fill(collection, shelf.hashes, embedder, most) if embedder else 0
            enough = embedder if lacking <= len(shelf.hashes) * (1 - ENOUGH) else None
            shelves.append(replace(shelf, embedder=enough, collection=collection, is_whole=not lacking))
        return replace(owned, shelves=shelves)

    def _fill(self, collection: str, wanted: Sequence[str], embedder: Embedder, most: int | None) -> int:
        """Add the vectors that a collection lacks and the rows have, up to `most`; says how many it lacks still.

        It is asked once, so that it is loaded.
        """
        hashes = set(wanted)
        lacking = sorted(hashes - self.index.keys(collection, len(hashes)))
        if most is not None and len(lacking) > most:
            return len(lacking)
        without = 0
        for start in range(0, len(lacking), FILL_SLICE):
            few = lacking[start : start + FILL_SLICE]
            found = self.db.read_now(partial(vectors.load, embedder=embedder.name, hashes=few))
            without += len(few) - len(found)
            if found:
                self.index.add(collection, list(found), np.stack(list(found.values())))
        self.index.nearest(collection, np.ones(embedder.dimensions, np.float32), 1)
        return without

    def _prune(self, before: _Moment, now: _Moment) -> None:
        """Take out of the collections what is on no shelf any more, and forget word indexes that nobody reads."""
        if self._words:
            wordfiles.clear(self._words, {shelf.name for shelf in now.shelves()})
        if now.embedder is None:
            return
        old, new = ({shelf.partition: shelf for shelf in moment.shelves()} for moment in (before, now))
        for partition in [one for one in old.keys() | new.keys() if old.get(one) is not new.get(one)]:
            collection = shelving.collection_of(now.embedder, partition)
            hashes = set(new[partition].hashes) if partition in new else set()
            if extra := self.index.keys(collection, len(hashes)) - hashes:
                self.index.remove(collection, extra)
