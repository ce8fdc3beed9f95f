"""Vectors as rows: by the hash of what was embedded and the embedder, so that nothing is embedded twice.

A run that was killed goes on where it stopped: every slice is committed.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from knowledge.embeddings import Embedder
from knowledge.models import clauses, documents, generations, vectors, versions
from township.db import Database, Tx, insert_ignore, upsert
from township.statements import Statement

Floats = NDArray[np.float32]

STORED = np.dtype("<f2")
#: Clauses, and characters, that are embedded and committed at a time: a second or two of work on two cores.
SLICE, SLICE_CHARACTERS = 128, 12_000
#: Seconds after which the caches are told of what was made so far: they look at each key when they take it in.
ANNOUNCED = 30.0
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
        rows = _VECTORS.rows(tx, its_embedder=embedder, its_hashes=hashes[start : start + PARAMETERS])
        found.update((row["text_hash"], np.frombuffer(row["vector"], STORED).astype(np.float32)) for row in rows)
    return found


_VECTORS = Statement(
    sa.select(vectors.c.text_hash, vectors.c.vector).where(
        vectors.c.embedder == sa.bindparam("its_embedder"),
        vectors.c.text_hash.in_(sa.bindparam("its_hashes", expanding=True)),
    )
)


def store(tx: Tx, embedder: str, hashes: Sequence[str], made: Floats) -> None:
    """Write vectors; what another run wrote first stays."""
    for key, vector in zip(hashes, made, strict=True):
        row = {"text_hash": key, "embedder": embedder, "vector": vector.astype(STORED).tobytes()}
        insert_ignore(tx, vectors, row, ["text_hash", "embedder"])


def missing(tx: Tx, embedder: str) -> list[tuple[str, int]]:
    """List the hashes of clauses without a vector with their length, short texts first: like lengths waste little."""
    has = sa.select(vectors.c.text_hash).where(vectors.c.embedder == embedder)
    length = sa.func.min(sa.func.length(clauses.c.text)).label("length")
    lacking = (
        sa.select(clauses.c.text_hash, length)
        .where(clauses.c.text_hash.not_in(has))
        .group_by(clauses.c.text_hash)
        .order_by(length, clauses.c.text_hash)
    )
    return [(row.text_hash, row.length) for row in tx.execute(lacking)]


def embed_missing(
    db: Database,
    embedder: Embedder,
    progress: Callable[[int, int], None] = lambda done, of: None,
    *,
    going_on: Callable[[], bool] = lambda: True,
) -> int:
    """Embed every clause that has no vector yet; tell `progress` how many of how many are done.

    `going_on` is asked before each slice. Answers how many were made. The last slice says in its own transaction that
    there are new ones, so that whoever goes on after a kill says so at its end.
    """
    lacking = db.read_now(lambda tx: missing(tx, embedder.name))
    made, announced = 0, time.monotonic()
    for hashes in _slices(lacking):
        if not going_on():
            break
        texts = db.read_now(partial(passages, hashes=hashes))
        vectors_of_slice = embedder.embed_passages(list(texts.values())) if texts else np.zeros((0, 0), np.float32)
        made += len(hashes)
        tells = made == len(lacking) or time.monotonic() - announced > ANNOUNCED
        announced = time.monotonic() if tells else announced
        db.write_now(partial(_keep, embedder=embedder.name, hashes=list(texts), made=vectors_of_slice, tells=tells))
        progress(made, len(lacking))
    return made


def _keep(tx: Tx, embedder: str, hashes: Sequence[str], made: Floats, *, tells: bool) -> None:
    store(tx, embedder, hashes, made)
    if tells:
        raise_generation(tx, vectors_key(embedder))


def _slices(lacking: Sequence[tuple[str, int]]) -> Iterator[list[str]]:
    """Cut what is missing into what is embedded at a time."""
    hashes: list[str] = []
    characters = 0
    for key, length in lacking:
        if hashes and (len(hashes) == SLICE or characters + length > SLICE_CHARACTERS):
            yield hashes
            hashes, characters = [], 0
        hashes.append(key)
        characters += length
    if hashes:
        yield hashes


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


def passages(tx: Tx, hashes: Sequence[str]) -> dict[str, str]:
    """Read what is embedded for each hash, in the order given; what no clause has any more is left out."""
    joined = clauses.join(versions, clauses.c.version_id == versions.c.id).join(
        documents, versions.c.document_id == documents.c.id
    )
    rows = sa.select(clauses.c.text_hash, documents.c.title, clauses.c.text).select_from(joined)
    found = {key: passage(title, text) for key, title, text in tx.execute(rows.where(clauses.c.text_hash.in_(hashes)))}
    return {key: found[key] for key in hashes if key in found}
