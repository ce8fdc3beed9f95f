"""Where vectors are searched: Chroma, embedded or as a server, and an exact scan for small or second processes.

An index is a cache of collections named by the caller, keyed by text hash; it is asked without `where`: a filter by
date and audience cost 214-260 ms over 31,732 vectors, no filter 2-3 ms. What is in a collection is decided before.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from township.locks import FileLock

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration

Floats = NDArray[np.float32]

#: Chroma takes in what was added when it is asked next, and whoever asks then waits: few at a time.
ADD_SLICE, DELETE_SLICE = 500, 2000
#: `ef_search` must reach the 200 candidates that are asked; measured overlap with the exact top 10 is 1.0.
HNSW: "CreateHNSWConfiguration" = {"space": "ip", "ef_construction": 100, "ef_search": 256, "max_neighbors": 16}


class VectorIndex(Protocol):
    """Collections of unit vectors, each known by a key."""

    def keys(self, collection: str, size: int = 0) -> set[str]:
        """Say what a collection holds; empty when there is none. `size`: how many it is about to hold."""

    def add(self, collection: str, keys: Sequence[str], vectors: Floats) -> None:
        """Add vectors; the collection is made when it is not there."""

    def remove(self, collection: str, keys: Iterable[str]) -> None:
        """Take vectors out."""

    def nearest(self, collection: str, vector: Floats, count: int) -> dict[str, float]:
        """Find the nearest keys with their cosines; empty when there is no such collection."""

    def drop(self, embedder: str) -> None:
        """Delete every collection of an embedder: `…/owner/village/audience/when` in their names."""

    def close(self) -> None:
        """Let another process have it."""


class ExactIndex:
    """An exact scan in memory: nothing on disk, nothing to own. Slower to grow, never wrong."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Floats]] = {}
        self._matrices: dict[str, tuple[list[str], Floats]] = {}

    def keys(self, collection: str, size: int = 0) -> set[str]:
        return set(self._rows.get(collection, ()))

    def add(self, collection: str, keys: Sequence[str], vectors: Floats) -> None:
        self._rows.setdefault(collection, {}).update(zip(keys, vectors, strict=True))
        self._matrices.pop(collection, None)

    def remove(self, collection: str, keys: Iterable[str]) -> None:
        for key in keys:
            self._rows[collection].pop(key, None)
        self._matrices.pop(collection, None)

    def nearest(self, collection: str, vector: Floats, count: int) -> dict[str, float]:
        rows = self._rows.get(collection)
        if not rows:
            return {}
        if (known := self._matrices.get(collection)) is None:
            known = self._matrices[collection] = (list(rows), np.stack(list(rows.values())))
        keys, matrix = known
        cosines = matrix @ vector
        best = np.argsort(-cosines)[:count]
        return {keys[i]: float(cosines[i]) for i in best}

    def drop(self, embedder: str) -> None:
        for gone in [name for name in self._rows if _embedder_of(name) == embedder]:
            del self._rows[gone]
            self._matrices.pop(gone, None)

    def close(self) -> None:
        self._rows.clear()
        self._matrices.clear()


class ChromaIndex:
    """Chroma collections. A folder is owned by one process, as embedded Chroma is not safe for two.

    Chroma is read when it is first asked: 50 MB and most of a second, which a small town never needs (`tiers.py`).
    """

    def __init__(self, connect: Callable[[], "ClientAPI"], lock: FileLock | None = None) -> None:
        self._connect, self._lock = connect, lock
        self._opening = threading.Lock()
        self._opened: ClientAPI | None = None
        self._known: dict[str, Collection] = {}

    @classmethod
    def embedded(cls, folder: Path) -> "ChromaIndex":
        """Own the folder; held by another process it is the Mistake `index_in_use`."""
        lock = FileLock(folder / "owner.lock")
        lock.take("index_in_use")
        return cls(partial(_open_folder, folder), lock)

    @classmethod
    def server(cls, url: str) -> "ChromaIndex":
        """Use a Chroma server, which many processes may share; one that does not answer is told at once."""
        index = cls(partial(_reach_server, url))
        index.client()
        return index

    def client(self) -> "ClientAPI":
        """Open Chroma, once."""
        with self._opening:
            if self._opened is None:
                client = self._connect()
                self._known = {held.name: held for held in client.list_collections()}
                self._opened = client
            return self._opened

    def keys(self, collection: str, size: int = 0) -> set[str]:
        held = self._found(collection)
        return set(held.get(include=[])["ids"]) if held else set()

    def add(self, collection: str, keys: Sequence[str], vectors: Floats) -> None:
        client, name = self.client(), _name(collection)
        if (held := self._known.get(name)) is None:
            held = client.get_or_create_collection(
                name, embedding_function=None, metadata={"of": collection}, configuration={"hnsw": HNSW}
            )
            self._known[name] = held
        for start in range(0, len(keys), ADD_SLICE):
            few = slice(start, start + ADD_SLICE)
            held.upsert(ids=list(keys[few]), embeddings=vectors[few])
            held.query(query_embeddings=vectors[:1], n_results=1, include=[])  # takes them in now, not in a question

    def remove(self, collection: str, keys: Iterable[str]) -> None:
        self.client()
        gone = list(keys)
        held = self._known[_name(collection)]
        for start in range(0, len(gone), DELETE_SLICE):
            held.delete(ids=gone[start : start + DELETE_SLICE])

    def nearest(self, collection: str, vector: Floats, count: int) -> dict[str, float]:
        self.client()
        held = self._known.get(_name(collection))
        if held is None:
            return {}
        try:
            found = held.query(query_embeddings=vector[None, :], n_results=count, include=["distances"])
        except _gone():  # another process has deleted it: what is left is found by words
            self._known.pop(_name(collection), None)
            return {}
        distances = found["distances"] or [[]]
        return {key: 1 - distance for key, distance in zip(found["ids"][0], distances[0], strict=True)}

    def drop(self, embedder: str) -> None:
        client = self.client()
        for held in client.list_collections():
            if _embedder_of(str((held.metadata or {}).get("of", ""))) == embedder:
                with suppress(_gone()):  # another process was faster
                    client.delete_collection(held.name)
                self._known.pop(held.name, None)

    def _found(self, collection: str) -> "Collection | None":
        """Look a collection up anew: another process may have made or deleted it."""
        client, name = self.client(), _name(collection)
        try:
            self._known[name] = client.get_collection(name, embedding_function=None)
        except _gone():
            self._known.pop(name, None)
        return self._known.get(name)

    def close(self) -> None:
        if self._opened is not None:
            _close(self._opened)
        if self._lock:
            self._lock.give_back()


def _open_folder(folder: Path) -> "ClientAPI":
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def _reach_server(url: str) -> "ClientAPI":
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(url)
    ssl = parts.scheme == "https"
    port = parts.port or (443 if ssl else 8000)
    settings = Settings(anonymized_telemetry=False)
    return chromadb.HttpClient(parts.hostname or "127.0.0.1", port, ssl=ssl, settings=settings)


def _close(client: "ClientAPI") -> None:
    from chromadb.api.client import Client

    if isinstance(client, Client):
        servers = (client._server, getattr(client._admin_client, "_server", None))
        client.close()
        for session in filter(None, (getattr(server, "_session", None) for server in servers)):
            session.close()  # Chroma leaves the HTTP sessions of a server's client open


def _gone() -> type[Exception]:
    """What Chroma raises for a collection that another process has deleted."""
    from chromadb.errors import NotFoundError

    return NotFoundError


def _name(collection: str) -> str:
    """Chroma allows short plain names only; what it stands for is in the collection's metadata."""
    return f"c-{hashlib.sha256(collection.encode()).hexdigest()[:32]}"


def _embedder_of(collection: str) -> str:
    return collection.rsplit("/", 4)[0]
