"""Documents become rows, once: the same content changes nothing, and ids do not change when it comes again.

A source (a file, the statutes' JSONL) gives `Source` values; how a file is read and cut is not known here. Vectors
follow later (`vectors.embed_missing`); until then a clause is found by its words.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from knowledge.models import Level, VersionState, clauses, documents, versions
from knowledge.search.partitions import SHARED
from knowledge.search.vectors import raise_generation, text_hash
from knowledge.splitters import Clause
from knowledge.structure.lines import Remark
from township.db import Tx
from township.scope import Audience

MOST_KEY = 200
"""Characters of a path or source key in its column; PostgreSQL refuses more, SQLite does not count."""
MOST_NUMBER = 80


@dataclass(frozen=True, slots=True)
class Source:
    """One document as it comes in."""

    source_key: str
    """The source's own name for it, the same each time: a path, a register's id."""
    title: str
    clauses: Sequence[Clause]
    content_hash: str
    """Of the file or rows: the same content is the same version."""
    level: Level
    town_id: str | None = None
    """None: shared by all towns."""
    village_id: str | None = None
    audience: Audience = Audience.PUBLIC
    doc_no: str = ""
    issuer: str = ""
    issued_on: date | None = None
    in_force_from: date | None = None
    in_force_until: date | None = None
    sample: bool = False
    owner_id: str | None = None
    file_path: str | None = None
    file_name: str = ""
    missing: tuple[str, ...] = ()
    """What the file does not say of itself."""
    remarks: tuple[Remark, ...] = ()
    """What is hard to read in it, or unusual."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a source ended."""

    document_id: str
    version_id: str
    is_new: bool


def document_id(town_id: str | None, source_key: str) -> str:
    """Name a document: the same source has the same id in every database."""
    return _digest(town_id or SHARED, source_key)


def store(
    tx: Tx,
    source: Source,
    *,
    at: datetime,
    state: VersionState = VersionState.draft,
    by: str | None = None,
    replaces_id: str | None = None,
) -> Stored:
    """Write a source as a version of its document.

    Idempotent by content. A draft is found by nobody until it is put in force; a version stored `in_force` ends the
    earlier versions of its document on the day before.
    """
    document = document_id(source.town_id, source.source_key)
    stored = Stored(document, _digest(document, source.content_hash), is_new=True)
    described = _describe(tx, document, source, at)
    known = tx.scalar(sa.select(versions.c.id).where(versions.c.id == stored.version_id))
    if known is None:
        tx.execute(versions.insert().values(_version(stored, source, at, state, by, replaces_id)))
        if rows := [_clause(stored.version_id, source, n, clause) for n, clause in enumerate(source.clauses, 1)]:
            tx.execute(clauses.insert(), rows)
    if known is None and state is VersionState.in_force:
        _end_earlier(tx, stored, source.in_force_from or at.date())
    if described or known is None:
        raise_generation(tx, source.town_id or SHARED)
    return Stored(document, stored.version_id, known is None)


def content_hashes(tx: Tx, town_id: str | None) -> set[tuple[str, str]]:
    """List (document id, content hash) of all that is stored: what a re-scan need not read again."""
    owner = versions.c.town_id.is_(None) if town_id is None else versions.c.town_id == town_id
    rows = tx.execute(sa.select(versions.c.document_id, versions.c.content_hash).where(owner))
    return {(row.document_id, row.content_hash) for row in rows}


def shared_levels(tx: Tx) -> dict[str, Level]:
    """Tell who issued each shared document, by its id."""
    rows = tx.execute(sa.select(documents.c.id, documents.c.level).where(documents.c.town_id.is_(None)))
    return {row.id: Level(row.level) for row in rows}


def fitted(text: str, most: int) -> str:
    """Shorten a name to its column: the end stays, which tells most, behind a hash of the whole, which is unique."""
    if len(text) <= most:
        return text
    return f"{hashlib.sha256(text.encode()).hexdigest()[:16]}…{text[17 - most :]}"


def _describe(tx: Tx, document: str, source: Source, at: datetime) -> bool:
    """Write what is known of the document itself; true when it is new or says something else now."""
    row = {
        "town_id": source.town_id,
        "source_key": fitted(source.source_key, MOST_KEY),
        "title": source.title,
        "doc_no": source.doc_no[:MOST_NUMBER],
        "issuer": source.issuer[:MOST_KEY],
        "level": source.level.value,
        "issued_on": source.issued_on,
        "audience": source.audience.value,
        "village_id": source.village_id,
        "sample": source.sample,
        "owner_id": source.owner_id,
    }
    columns = [documents.c[name] for name in row]
    before = tx.execute(sa.select(*columns).where(documents.c.id == document)).mappings().first()
    if before is not None and dict(before) == row:
        return False
    if before is None:
        tx.execute(documents.insert().values(id=document, created_at=at, **row))
    else:
        tx.execute(documents.update().where(documents.c.id == document).values(**row))
    return True


def _version(
    stored: Stored, source: Source, at: datetime, state: VersionState, by: str | None, replaces_id: str | None
) -> dict[str, object]:
    return {
        "id": stored.version_id,
        "document_id": stored.document_id,
        "town_id": source.town_id,
        "content_hash": source.content_hash,
        "state": state.value,
        "in_force_from": source.in_force_from,
        "in_force_until": source.in_force_until,
        "replaces_id": replaces_id,
        "file_path": source.file_path,
        "file_name": source.file_name,
        "ingested_at": at,
        "ingested_by": by,
    }


def _clause(version: str, source: Source, position: int, clause: Clause) -> dict[str, object]:
    return {
        "id": _digest(version, clause.path),
        "version_id": version,
        "town_id": source.town_id,
        "position": position,
        "path": fitted(clause.path, MOST_KEY),
        "chapter": clause.chapter,
        "number": clause.number[:MOST_NUMBER],
        "page": clause.page,
        "text": clause.text,
        "text_hash": text_hash(source.title, clause.text),
    }


def _end_earlier(tx: Tx, stored: Stored, starts: date) -> None:
    earlier = sa.and_(
        versions.c.document_id == stored.document_id,
        versions.c.id != stored.version_id,
        versions.c.state == VersionState.in_force,
    )
    last_day = starts - timedelta(days=1)
    ends = sa.case((versions.c.in_force_until < last_day, versions.c.in_force_until), else_=last_day)
    tx.execute(versions.update().where(earlier).values(state=VersionState.replaced.value, in_force_until=ends))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
