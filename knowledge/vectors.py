"""Vectors as rows: by the hash of what was embedded and the embedder, so that nothing is embedded twice.

A run that was killed goes on where it stopped: every slice is committed.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from knowledge.embeddings import Embedder
from knowledge.models import clauses, documents, generations, vectors, versions
from township.db import Database, Tx, insert_ignore, upsert

Floats = NDArray[np.float32]

STORED = np.dtype("<f2")
SLICE = 256
#: Bound parameters of one statement; SQLite's oldest limit is 999.
PARAMETERS = 900


def passage(title: str, text: str) -> str:
    """Say what is embedded for a clause: on dev questions title and text beat text, and chapter added nothing."""
    return f"{title}\n{text}"


def text_hash(title: str, text: str) -> str:
    """Name the vector of a clause."""
    return hashlib.sha256(passage(title, text).encode()).hexdigest()


def load(tx: Tx, embedder: str, hashes: Sequence[str]) -> Mapping[str, Floats]:
    """Read the vectors that are there."""
    found: dict[str, Floats] = {}
    for start in range(0, len(hashes), PARAMETERS):
        few = hashes[start : start + PARAMETERS]
        rows = sa.select(vectors.c.text_hash, vectors.c.vector).where(
            vectors.c.embedder == embedder, vectors.c.text_hash.in_(few)
        )
        found.update((key, np.frombuffer(stored, STORED).astype(np.float32)) for key, stored in tx.execute(rows))
    return found


def store(tx: Tx, embedder: str, hashes: Sequence[str], made: Floats) -> None:
    """Write vectors; what another run wrote first stays."""
    for key, vector in zip(hashes, made, strict=True):
        row = {"text_hash": key, "embedder": embedder, "vector": vector.astype(STORED).tobytes()}
        insert_ignore(tx, vectors, row, ["text_hash", "embedder"])


def missing(tx: Tx, embedder: str) -> list[str]:
    """List the hashes of clauses without a vector, short texts first: a batch of like lengths wastes little."""
    has = sa.select(vectors.c.text_hash).where(vectors.c.embedder == embedder)
    lacking = (
        sa.select(clauses.c.text_hash)
        .where(clauses.c.text_hash.not_in(has))
        .group_by(clauses.c.text_hash)
        .order_by(sa.func.min(sa.func.length(clauses.c.text)), clauses.c.text_hash)
    )
    return list(tx.scalars(lacking))


def embed_missing(
    db: Database, embedder: Embedder, progress: Callable[[int, int], None] = lambda done, of: None
) -> int:
    """Embed every clause that has no vector yet; tell `progress` how many of how many are done."""
    hashes = db.read_now(lambda tx: missing(tx, embedder.name))
    for start in range(0, len(hashes), SLICE):
        few = hashes[start : start + SLICE]
        texts = db.read_now(partial(_passages, hashes=few))
        made = embedder.embed_passages(list(texts.values()))
        db.write_now(partial(store, embedder=embedder.name, hashes=list(texts), made=made))
        progress(start + len(few), len(hashes))
    if hashes:
        db.write_now(lambda tx: raise_generation(tx, vectors_key(embedder.name)))
    return len(hashes)


def vectors_key(embedder: str) -> str:
    """Name the generation that counts new vectors of an embedder."""
    return f"vectors:{embedder}"


def raise_generation(tx: Tx, key: str) -> None:
    """Say, in the transaction that changed rows, that caches made of them are old."""
    now = tx.scalar(sa.select(generations.c.generation).where(generations.c.partition == key)) or 0
    upsert(tx, generations, {"partition": key, "generation": now + 1}, ["partition"])


def read_generations(tx: Tx) -> dict[str, int]:
    """Read how often what was changed."""
    rows = tx.execute(sa.select(generations.c.partition, generations.c.generation))
    return {row.partition: row.generation for row in rows}


def _passages(tx: Tx, hashes: Sequence[str]) -> dict[str, str]:
    joined = clauses.join(versions, clauses.c.version_id == versions.c.id).join(
        documents, versions.c.document_id == documents.c.id
    )
    rows = sa.select(clauses.c.text_hash, documents.c.title, clauses.c.text).select_from(joined)
    found = {key: passage(title, text) for key, title, text in tx.execute(rows.where(clauses.c.text_hash.in_(hashes)))}
    return {key: found[key] for key in hashes if key in found}
