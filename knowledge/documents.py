"""The life of a document: draft, confirmed by a second person, in force, replaced and still citable as of its dates.

New rows stand beside the old; `confirm` moves from one to the other in one transaction, and raises the generation
that makes the caches follow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from knowledge import ingest
from knowledge.models import VersionState, clauses, documents, versions
from knowledge.partitions import SHARED
from knowledge.validity import Term
from knowledge.vectors import raise_generation
from township import jobs
from township.db import Tx, locked
from township.errors import Mistake, Refused

EMBED = "embed"
"""The job that gives vectors to clauses that have none; asked for by whoever puts a document in force."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that waits for a second person, as the preview shows it."""

    version_id: str
    document_id: str
    title: str
    doc_no: str
    issuer: str
    in_force_from: date | None
    in_force_until: date | None
    clause_count: int
    first_clauses: tuple[str, ...]
    replaces: str
    """Title of the version that ends when this one is confirmed, or empty."""
    ingested_by: str | None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What confirming changed."""

    version_id: str
    ended: tuple[str, ...]
    """Versions that are in force no longer, or only until the new one begins."""


def submit(tx: Tx, source: ingest.Source, *, by: str, at: datetime, replaces: Sequence[str] = ()) -> ingest.Stored:
    """Store a file as a draft that nobody is told yet; `replaces` are numbers of documents that it repeals."""
    return ingest.store(tx, source, at=at, by=by, replaces_id=predecessor(tx, source.town_id, replaces))


def draft(tx: Tx, version_id: str) -> Draft:
    """Show a version before it is confirmed."""
    row = _row(tx, version_id)
    if row["state"] != VersionState.draft:
        raise Refused("version_not_draft", title=row["title"])
    texts = sa.select(clauses.c.number, clauses.c.text).where(clauses.c.version_id == version_id)
    shown = [f"{number} {text}".strip() for number, text in tx.execute(texts.order_by(clauses.c.position).limit(3))]
    count = tx.scalar(sa.select(sa.func.count()).where(clauses.c.version_id == version_id)) or 0
    old = _row(tx, row["replaces_id"])["title"] if row["replaces_id"] else ""
    names = ("document_id", "title", "doc_no", "issuer", "in_force_from", "in_force_until", "ingested_by")
    about = {name: row[name] for name in names}
    return Draft(version_id=version_id, clause_count=count, first_clauses=tuple(shown), replaces=old, **about)


def drafts(tx: Tx, town_id: str) -> list[Draft]:
    """List what waits for a second person, oldest first."""
    waiting = sa.and_(versions.c.town_id == town_id, versions.c.state == VersionState.draft)
    found = sa.select(versions.c.id).where(waiting).order_by(versions.c.ingested_at, versions.c.id)
    return [draft(tx, version_id) for version_id in tx.scalars(found).all()]


def confirm(tx: Tx, version_id: str, *, by: str, at: datetime) -> Confirmed:
    """Put a draft in force and end what it replaces, in one step. The person who brought it cannot."""
    row = _row(tx, version_id)
    if row["state"] != VersionState.draft:
        raise Refused("version_not_draft", title=row["title"])
    if by == row["ingested_by"]:
        raise Refused("needs_second_person")
    starts = row["in_force_from"] or at.date()
    ended = [earlier for earlier in _in_force(tx, row) if earlier["id"] != version_id]
    for earlier in ended:
        _end(tx, earlier, starts)
    approved = {"state": VersionState.in_force.value, "approved_by": by, "approved_at": at, "in_force_from": starts}
    tx.execute(versions.update().where(versions.c.id == version_id).values(**approved))
    raise_generation(tx, row["town_id"] or SHARED)
    jobs.defer(tx, EMBED, {}, f"{EMBED}:{version_id}", machine=at)
    return Confirmed(version_id, tuple(str(earlier["id"]) for earlier in ended))


def discard(tx: Tx, version_id: str) -> None:
    """Throw a draft away; what is or was in force is never thrown away."""
    row = _row(tx, version_id)
    if row["state"] != VersionState.draft:
        raise Refused("version_not_draft", title=row["title"])
    tx.execute(clauses.delete().where(clauses.c.version_id == version_id))
    tx.execute(versions.delete().where(versions.c.id == version_id))


def replace_by(tx: Tx, old_version_id: str, new_version_id: str, starts: date) -> None:
    """Record that a version in force ends where another begins (for a source that knows it, such as a folder)."""
    if old_version_id == new_version_id:
        raise Mistake("replaces_itself")
    old = _row(tx, old_version_id)
    _end(tx, old, starts)
    tx.execute(versions.update().where(versions.c.id == new_version_id).values(replaces_id=old_version_id))
    raise_generation(tx, old["town_id"] or SHARED)


def predecessor(tx: Tx, town_id: str | None, numbers: Sequence[str]) -> str | None:
    """Find the version in force of the document with one of these numbers."""
    owner = documents.c.town_id.is_(None) if town_id is None else documents.c.town_id == town_id
    named = sa.and_(owner, documents.c.doc_no.in_(list(numbers)), versions.c.state == VersionState.in_force)
    joined = versions.join(documents, versions.c.document_id == documents.c.id)
    return tx.scalar(sa.select(versions.c.id).select_from(joined).where(named).order_by(versions.c.id))


def _in_force(tx: Tx, row: sa.RowMapping) -> Sequence[sa.RowMapping]:
    """Give the versions that a draft replaces: those of its own document, and the one that it names."""
    ours = sa.or_(versions.c.document_id == row["document_id"], versions.c.id == row["replaces_id"])
    found = sa.select(versions).where(ours, versions.c.state == VersionState.in_force)
    return tx.execute(locked(found)).mappings().all()


def _end(tx: Tx, row: sa.RowMapping, successor_first: date) -> None:
    term = Term(row["in_force_from"], row["in_force_until"]).ended_by(successor_first)
    values = {"state": VersionState.replaced.value, "in_force_until": term.last}
    tx.execute(versions.update().where(versions.c.id == row["id"]).values(**values))


def _row(tx: Tx, version_id: str) -> sa.RowMapping:
    about = (documents.c.title, documents.c.doc_no, documents.c.issuer)
    joined = versions.join(documents, versions.c.document_id == documents.c.id)
    found = sa.select(versions, *about).select_from(joined).where(versions.c.id == version_id)
    row = tx.execute(found).mappings().first()
    if row is None:
        raise Mistake("version_unknown")
    return row
