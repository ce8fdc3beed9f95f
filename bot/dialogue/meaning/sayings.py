"""What a sentence is like: the nearest of many labelled sayings, by their vectors; asked when no rule is sure.

The house brings sayings for what anybody may say (sayings.yaml), each skill for its own kinds. Their vectors are rows
like those of clauses, made once; without an embedder nothing is guessed and the rules stand alone.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.meaning.everyday import house
from bot.dialogue.meaning.guesses import Guess, Meaning
from bot.dialogue.meaning.services import Services
from knowledge.embeddings import Embedder
from knowledge.search.vectors import load, store, text_hash
from township.db import Database
from township.errors import Mistake

log = logging.getLogger(__name__)

Floats = NDArray[np.float32]

NEIGHBOURS = 9
SHARPNESS = 4
"""A neighbour's vote is its likeness to this power: one close saying outweighs three distant ones."""
KEPT_GUESSES = 512
SLICE = 64
"""Sayings whose vectors are made at a time: a process that ends does not wait longer."""


class Sayings:
    """Labelled sayings and their unit vectors, a row each."""

    def __init__(self, meanings: Sequence[Meaning], vectors: Floats) -> None:
        self._meanings = meanings
        self._centre = vectors.mean(axis=0)
        self._vectors = _unit(vectors - self._centre)

    def nearest(self, vector: Floats) -> Guess:
        """Let the nearest sayings vote."""
        likeness = self._vectors @ _unit(vector - self._centre)
        near = np.argpartition(-likeness, min(NEIGHBOURS, len(likeness) - 1))[:NEIGHBOURS]
        votes: dict[Meaning, float] = defaultdict(float)
        for at in near:
            votes[self._meanings[at]] += max(float(likeness[at]), 1e-6) ** SHARPNESS
        whole = sum(votes.values())
        return Guess({meaning: weight / whole for meaning, weight in votes.items()})


class Ear:
    """Guesses for one process. Its sayings are made beside the talk; until they are there nothing is guessed."""

    def __init__(self, db: Database, embedder: Embedder) -> None:
        self._db, self._embedder = db, embedder
        self._made: dict[str, tuple[Services, Embedder, Sayings]] = {}
        self._guessed: dict[tuple[str, str], Guess] = {}

    def knows(self, town_id: str, services: Services) -> bool:
        """Tell whether the sayings of a town are made of these services."""
        made = self._made.get(town_id)
        return made is not None and made[0] is services and made[1] is self._embedder

    def use(self, embedder: Embedder) -> None:
        """Make the next sayings by another embedder; until then guesses go by those that are there."""
        self._embedder = embedder

    def prepare(self, town_id: str, services: Services) -> None:
        """Bring the vectors of all sayings of a town, from rows or new; blocks, for some seconds the first time."""
        labelled, embedder = labelled_of(services), self._embedder
        sayings = Sayings(list(labelled.values()), vectors_of(self._db, embedder, list(labelled)))
        self._made[town_id] = (services, embedder, sayings)
        self._guessed.clear()

    def guesses(self, town_id: str, services: Services, texts: Sequence[str]) -> Mapping[str, Guess]:
        """Guess what each text means; blocks for a vector each.

        Empty while the sayings are not made, or where the embedder is an endpoint that does not answer.
        """
        known = self._made.get(town_id)
        if known is None or known[0] is not services:
            return {}
        if len(self._guessed) >= KEPT_GUESSES:
            self._guessed.clear()
        new = [text for text in texts if (town_id, text) not in self._guessed]
        _, embedder, sayings = known
        try:
            made = embedder.embed_passages(new) if new else ()
        except Mistake as mistake:
            log.warning("nothing is guessed", extra={"action": "embedder_failed", "code": mistake.code})
            return {}
        for text, vector in zip(new, made, strict=True):
            self._guessed[town_id, text] = sayings.nearest(vector)
        return {text: self._guessed[town_id, text] for text in texts}


def vectors_of(db: Database, embedder: Embedder, texts: Sequence[str]) -> Floats:
    """Give the vector of each saying; those that are not there yet are made, slice by slice, and kept as rows."""
    hashes = {text: text_hash("", text) for text in texts}
    known = dict(db.read_now(lambda tx: load(tx, embedder.name, list(hashes.values()))))
    lacking = [text for text in hashes if hashes[text] not in known]
    for start in range(0, len(lacking), SLICE):
        few = lacking[start : start + SLICE]
        keys, made = [hashes[text] for text in few], embedder.embed_passages(few)
        db.write_now(partial(store, embedder=embedder.name, hashes=keys, made=made))
        known |= dict(zip(keys, made, strict=True))
    return np.stack([known[hashes[text]] for text in texts])


def labelled_of(services: Services) -> Mapping[str, Meaning]:
    """Gather all sayings of a town: what anybody may say, and how people speak of its services."""
    return {**house(), **dict(_of_skills(services))}


def _of_skills(services: Services) -> Iterator[tuple[str, Meaning]]:
    for skill in services.words:
        for example in skill.examples:
            yield example, Meaning(skill=skill.name, kind=services.kind_of(skill.name, example))
        for kind, lines in services.manifests[skill.name].sayings.items():
            for saying in lines.splitlines():
                yield saying, Meaning(skill=skill.name, kind=kind)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)
