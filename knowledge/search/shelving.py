"""From rows to a shelf: which clauses lie in a partition, when each holds, by which words it is found."""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from knowledge.embeddings import Embedder
from knowledge.models import ALWAYS, APPROVED, FOREVER, Level, VersionState, clauses, documents, versions
from knowledge.search import lexical, wordfiles
from knowledge.search.authority import authority
from knowledge.search.hashes import Hashes, Places
from knowledge.search.partitions import SHARED, Partition
from knowledge.search.ranking import About
from knowledge.search.vectors import PARAMETERS
from township.db import Database, Tx
from township.errors import Mistake
from township.scope import Audience

log = logging.getLogger(__name__)

Floats = NDArray[np.float32]
Lines = Sequence[sa.Row[*tuple[Any, ...]]]
"""Id, version and text hash of each clause of a partition, in the order of the shelf."""

READ = PARAMETERS
"""Texts read at a time."""


@dataclass(frozen=True, slots=True)
class Term:
    """When a version holds, and where that puts it today."""

    partition: Partition
    first: date
    last: date
    title: str
    about: About


@dataclass(frozen=True, slots=True)
class Shelf:
    """One partition, ready to be asked: what is at the same place in each sequence belongs to the same clause."""

    partition: Partition
    name: str
    """Digest of all that is on it: the same name, the same shelf."""
    clause_ids: Sequence[str]
    hashes: Sequence[str]
    places: Places
    """Hash → places: the same text may stand in two documents."""
    first_days: NDArray[np.int32]
    last_days: NDArray[np.int32]
    documents: Sequence[About]
    """What the clauses stand in; it never changes while they are on the shelf."""
    of_document: NDArray[np.int32]
    """Clause → its place in `documents`."""
    words: lexical.WordIndex
    embedder: Embedder | None = None
    """Whose vectors lie in `collection`; None: words only, as long as most have no vector."""
    collection: str = ""
    is_whole: bool = False
    """Every clause that is on it is in the collection."""

    def in_force(self, day: date) -> NDArray[np.bool_]:
        """Say for each clause whether it is in force on `day`."""
        number = day.toordinal()
        return (self.first_days <= number) & (number <= self.last_days)

    def about(self, places: NDArray[np.intp]) -> list[About]:
        """Say of each clause what it stands in."""
        return [self.documents[number] for number in self.of_document[places].tolist()]


def collection_of(embedder: Embedder | None, partition: Partition) -> str:
    """Name the vectors of a partition: the embedder, and four parts that say which."""
    when = "past" if partition.past else "current"
    whose = embedder.name if embedder else ""
    return "/".join((whose, partition.owner, partition.village_id or "", partition.audience, when))


def meaning_of(shelves: Sequence[Shelf], question: str) -> Floats | None:
    """Embed a question by the embedder of its shelves.

    None where there is none, and where its endpoint does not answer: words are left.
    """
    embedder = next((shelf.embedder for shelf in shelves if shelf.embedder is not None), None)
    if embedder is None:
        return None
    try:
        return embedder.embed_query(question)
    except Mistake as mistake:
        log.warning("asked by words alone", extra={"action": "embedder_failed", "code": mistake.code})
        return None


def terms_of(tx: Tx, owner: str, today: date) -> dict[str, Term]:
    """Say of every approved version when it holds. One that was ended without a date holds on no day."""
    v, d = versions.c, documents.c
    of_document = (v.document_id, d.title, d.level, d.town_id, d.village_id, d.audience)
    found = (
        sa.select(v.id, v.state, v.in_force_from, v.in_force_until, *of_document)
        .select_from(versions.join(documents, v.document_id == d.id))
        .where(_of(v.town_id, owner), v.state.in_(APPROVED))
    )
    terms: dict[str, Term] = {}
    for row in tx.execute(found):
        first, last = row.in_force_from or ALWAYS, row.in_force_until or FOREVER
        if row.state != VersionState.in_force and row.in_force_until is None:
            last = ALWAYS
        current = Partition(owner, row.village_id, Audience(row.audience), past=False)
        about = About(row.document_id, authority(Level(row.level), row.title, shared=row.town_id is None))
        terms[row.id] = Term(replace(current, past=not first <= today <= last), first, last, row.title, about)
    return terms


def lines_of(tx: Tx, owner: str, terms: Mapping[str, Term]) -> dict[Partition, Lines]:
    """List the clauses of each partition of an owner."""
    c = clauses.c
    rows = sa.select(c.id, c.version_id, c.text_hash).where(_of(c.town_id, owner))
    cut: dict[Partition, list[sa.Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in tx.execute(rows.order_by(c.version_id, c.position)):
        if row.version_id in terms:
            cut[terms[row.version_id].partition].append(row)
    return dict(cut)


def name_of(lines: Lines, terms: Mapping[str, Term]) -> str:
    """Name a shelf by what is on it, and by the code that makes one."""
    digest = hashlib.sha256(wordfiles.recipe())
    version = ""
    for line in lines:
        if line.version_id != version:
            version = line.version_id
            term = terms[version]
            digest.update(f"\n{version}\t{term.first}\t{term.last}\t{term.title}\t{term.about}\n".encode())
        digest.update(f"{line.id}\t{line.text_hash}\n".encode())
    return digest.hexdigest()[:32]


def texts_of(db: Database, lines: Lines, terms: Mapping[str, Term]) -> Iterator[str]:
    """Read by what each clause of a shelf is found: title, chapter, number and text; some at a time."""
    for start in range(0, len(lines), READ):
        few = lines[start : start + READ]
        found = db.read_now(partial(_texts, ids=[line.id for line in few]))
        yield from ("\n".join((terms[line.version_id].title, *found[line.id])) for line in few)


def shelf_of(
    partition: Partition, name: str, lines: Lines, terms: Mapping[str, Term], words: lexical.WordIndex
) -> Shelf:
    """Put the clauses of a partition on a shelf."""
    hashes = Hashes(line.text_hash for line in lines)
    of_version = {line.version_id: terms[line.version_id].about for line in lines}
    numbers = {about: number for number, about in enumerate(dict.fromkeys(of_version.values()))}
    return Shelf(
        partition,
        name,
        Hashes(line.id for line in lines),
        hashes,
        Places(hashes),
        np.array([terms[line.version_id].first.toordinal() for line in lines], np.int32),
        np.array([terms[line.version_id].last.toordinal() for line in lines], np.int32),
        list(numbers),
        np.array([numbers[of_version[line.version_id]] for line in lines], np.int32),
        words,
    )


def _texts(tx: Tx, ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    c = clauses.c
    rows = tx.execute(sa.select(c.id, c.chapter, c.number, c.text).where(c.id.in_(ids)))
    return {row.id: (row.chapter, row.number, row.text) for row in rows}


def _of(column: sa.Column[str], owner: str) -> sa.ColumnElement[bool]:
    return column.is_(None) if owner == SHARED else column == owner
