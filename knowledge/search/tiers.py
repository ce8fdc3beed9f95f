"""Small collections in memory, large ones in Chroma: a village's notices are scanned faster than they are looked up.

Chroma keeps 2.6 MB for each collection it has opened, however small; the sample town has nine. Where all are small it
is not opened at all. What is in memory is filled from the rows at every start, as every cache.
"""

from collections.abc import Iterable, Sequence

from knowledge.index import ChromaIndex, ExactIndex, Floats, VectorIndex

SMALL = 512
"""Vectors up to which a collection is scanned: 0.03 ms and 1.6 MB, less than Chroma keeps for it."""


class Tiers:
    """Two indexes as one. Whoever fills a collection says how many it will hold, and that decides where it lies."""

    def __init__(self, large: ChromaIndex, *, small: int = SMALL) -> None:
        self._small, self._large, self._most = ExactIndex(), large, small
        self._grown: set[str] = set()

    def keys(self, collection: str, size: int = 0) -> set[str]:
        if size > self._most:
            self._grown.add(collection)
        else:
            self._grown.discard(collection)
        return self._of(collection).keys(collection)

    def add(self, collection: str, keys: Sequence[str], vectors: Floats) -> None:
        self._of(collection).add(collection, keys, vectors)

    def remove(self, collection: str, keys: Iterable[str]) -> None:
        self._of(collection).remove(collection, keys)

    def nearest(self, collection: str, vector: Floats, count: int) -> dict[str, float]:
        return self._of(collection).nearest(collection, vector, count)

    def drop(self, embedder: str) -> None:
        self._small.drop(embedder)
        self._large.drop(embedder)

    def close(self) -> None:
        self._small.close()
        self._large.close()

    def _of(self, collection: str) -> VectorIndex:
        return self._large if collection in self._grown else self._small
