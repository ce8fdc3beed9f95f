"""The errand that puts new questions beside those that ask the same: think first, then write in one short transaction.

A cluster that is founded remembers the nearest clause that the whole town may see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from knowledge.embeddings import Embedder
from knowledge.language import lexicon
from knowledge.library import Library
from knowledge.questions import decisions
from knowledge.questions.clusters import Cluster, Likeness, Wording, gather
from knowledge.questions.models import clusters, questions
from knowledge.retriever import retrieve
from knowledge.wording import quoting
from township.clock import SHANGHAI
from township.db import Tx
from township.ids import new_id
from township.scope import Audience, Scope
from township.texts import Texts

Floats = NDArray[np.float32]

STORED = np.dtype("<f2")
MOST_WORDINGS = 12
"""Ways of asking by which a cluster is known, the latest ones."""
SLICE = 200
TRIES = 5
"""How often the work is begun anew because another process founded a cluster meanwhile."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A question as the sorter sees it."""

    id: str
    text: str
    cluster_id: str | None
    embedder: str
    vector: Floats | None


@dataclass(frozen=True, slots=True)
class _Near:
    """The clause beside a new cluster."""

    clause_id: str | None
    cited: str


def sort(library: Library, at: datetime) -> int:
    """Give every new question its cluster; returns how many there were. Blocks: the work of a job, in a thread."""
    done = 0
    for town_id in library.db.read_now(_towns):
        for _ in range(TRIES):
            count = _sort_town(library, town_id, at)
            if count is not None:
                done += count
                break
    return done


def _sort_town(library: Library, town_id: str, at: datetime) -> int | None:
    """Sort the new questions of a town; None: another process was quicker, and it is to be done again."""
    rows, newest = library.db.read_now(partial(_read, town_id=town_id))
    words = lexicon.load()
    vectors = _embedded(library.embedder, rows, words)
    wordings = {row.id: Wording(row.text, vectors.get(row.id)) for row in rows}
    new = {row.id: wordings[row.id] for row in rows if row.cluster_id is None}
    homes = gather(Likeness(words, [row.text for row in rows]), new, _known(rows, wordings), new_id)
    old = {row.cluster_id for row in rows}
    nears: dict[str, _Near] = {}
    for question, home in homes.items():
        if home not in old and home not in nears:
            nears[home] = _near(library, words, new[question].text, town_id, at)
    write = partial(_write, town_id=town_id, homes=homes, nears=nears, newest=newest, at=at)
    embedder = library.embedder.name if library.embedder else ""
    made = {row.id: vectors[row.id] for row in rows if row.id in vectors and row.embedder != embedder}
    return library.db.write_now(partial(write, made=made, embedder=embedder))


def _towns(tx: Tx) -> Sequence[str]:
    new = sa.select(questions.c.town_id).where(questions.c.cluster_id.is_(None)).distinct()
    return tx.scalars(new.order_by(questions.c.town_id)).all()


def _read(tx: Tx, *, town_id: str) -> tuple[list[_Row], int]:
    """Read what is new and what is known of a town, the oldest first, and the newest number of a cluster."""
    q = questions.c
    found = sa.select(q.id, q.text, q.cluster_id, q.embedder, q.vector).where(q.town_id == town_id)
    rows = [
        _Row(row.id, row.text, row.cluster_id, row.embedder, _vector(row.vector))
        for row in tx.execute(found.order_by(q.id))
    ]
    return rows, _newest(tx, town_id)


def _newest(tx: Tx, town_id: str) -> int:
    return tx.scalar(sa.select(sa.func.max(clusters.c.number)).where(clusters.c.town_id == town_id)) or 0


def _vector(stored: bytes | None) -> Floats | None:
    return None if stored is None else np.frombuffer(stored, STORED).astype(np.float32)


def _embedded(embedder: Embedder | None, rows: Sequence[_Row], words: lexicon.Lexicon) -> dict[str, Floats]:
    """Give each question its vector: those of this embedder as they are, some of the others made anew.

    Misheard words are put right for it, never in what is shown.
    """
    if embedder is None:
        return {}
    known = {row.id: row.vector for row in rows if row.embedder == embedder.name and row.vector is not None}
    lacking = [row for row in rows if row.id not in known]
    lacking = sorted(lacking, key=lambda row: row.cluster_id is not None)[:SLICE]
    made = embedder.embed_passages([words.repair(row.text).text for row in lacking]) if lacking else ()
    return known | {row.id: vector for row, vector in zip(lacking, made, strict=True)}


def _known(rows: Sequence[_Row], wordings: Mapping[str, Wording]) -> list[Cluster]:
    """Gather the clusters there are, each by its latest different wordings."""
    ways: dict[str, dict[str, Wording]] = {}
    for row in rows:
        if row.cluster_id is not None:
            held = ways.setdefault(row.cluster_id, {})
            held.pop(row.text, None)
            held[row.text] = wordings[row.id]
    return [Cluster(cluster_id, tuple(held.values())[-MOST_WORDINGS:]) for cluster_id, held in ways.items()]


def _near(library: Library, words: lexicon.Lexicon, text: str, town_id: str, at: datetime) -> _Near:
    """Find the nearest clause that every resident of the town may see."""
    scope = Scope(town_id, audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))
    for hit in retrieve(library, words.widen(text), scope=scope, at=at, limit=1):
        line = quoting.line([hit], at.astimezone(SHANGHAI).date())
        return _Near(hit.clause_id, line)
    return _Near(None, "")


def _write(
    tx: Tx, *, town_id: str, homes: Mapping[str, str], nears: Mapping[str, _Near], newest: int, at: datetime,
    made: Mapping[str, Floats], embedder: str,
) -> int | None:  # fmt: skip
    """Store what was found out, unless another process has founded a cluster meanwhile."""
    if _newest(tx, town_id) != newest:
        return None
    for number, (home, near) in enumerate(nears.items(), newest + 1):
        row = {"id": home, "town_id": town_id, "number": number, "clause_id": near.clause_id, "near": near.cited}
        tx.execute(clusters.insert().values(**row, opened_on=at.astimezone(SHANGHAI).date()))
    for question, home in homes.items():
        tx.execute(questions.update().where(questions.c.id == question).values(cluster_id=home))
    decisions.answer_late_ones(tx, list(homes))
    for question, vector in made.items():
        stored = {"embedder": embedder, "vector": vector.astype(STORED).tobytes()}
        tx.execute(questions.update().where(questions.c.id == question).values(**stored))
    return len(homes)


@cache
def _texts() -> Texts:
    return Texts.load(Path(__file__).parents[1] / "texts.yaml")
