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
from knowledge.models import amendments as amendment_rows
from knowledge.search.partitions import SHARED
from knowledge.search.vectors import raise_generation
from knowledge.structure.patterns import pattern
from knowledge.validity import amendments
from knowledge.validity import terms as validity
from knowledge.validity.amendments import Consequence
from knowledge.validity.terms import Found, Stated, Term
from township import jobs
from township.clock import SHANGHAI
from township.db import Tx, locked
from township.errors import Mistake, Refused
from township.privacy import mask

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
    consequences: tuple[Consequence, ...] = ()
    """What it does to other documents."""
    on_trial: bool = False
    until_from: Found = Found.unsaid
    """Where the last day was found."""
    holds_numbers: bool = False
    """Whether a mobile, an identity number or a bank card stands in it."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What confirming changed."""

    version_id: str
    ended: tuple[str, ...]
    """Versions that are in force no longer, or only until the new one begins."""


def submit(tx: Tx, source: ingest.Source, *, by: str, at: datetime, replaces: Sequence[str] = ()) -> ingest.Stored:
    """Store a file as a draft that nobody is told yet; `replaces` are numbers of documents that it repeals.

    Its vectors, and those of what it amends, are made while it waits: once confirmed it is found by meaning at once.
    """
    stored = ingest.store(tx, source, at=at, by=by, replaces_id=predecessor(tx, source.town_id, replaces))
    if stored.is_new:
        date_it(tx, stored.version_id, source)
        amendments.propose(tx, stored.version_id, at=at)
        jobs.defer(tx, EMBED, {}, f"{EMBED}:draft:{stored.version_id}", machine=at)
    return stored


def take_effect(tx: Tx, stored: ingest.Stored, source: ingest.Source, *, at: datetime) -> None:
    """Date a version that was stored in force, and do what it says of others: for a source that needs no second yes."""
    if not stored.is_new:
        return
    date_it(tx, stored.version_id, source)
    amendments.propose(tx, stored.version_id, at=at)
    amendments.carry_out(tx, stored.version_id, source.in_force_from or _day(at), by=None, at=at)
    amendments.arrived(tx, stored.version_id, at=at)


def date_it(tx: Tx, version_id: str, source: ingest.Source) -> Stated:
    """Write down where the dates of a version are from; on trial it gets the years of its issuer's rule."""
    said = validity.stated(amendments.text_of(source.clauses), source.issued_on, source.title)
    known = Stated(Term(source.in_force_from, source.in_force_until), said.first, said.last, said.on_trial)
    if known.on_trial and known.term.last is None and (years := _trial_years(tx, source)):
        known = validity.lapse_by_rule(known, years)
    basis = {"first": known.first.value, "last": known.last.value, "on_trial": known.on_trial}
    values = {"basis": basis, "in_force_until": known.term.last}
    tx.execute(versions.update().where(versions.c.id == version_id).values(**values))
    return known


def draft(tx: Tx, version_id: str) -> Draft:
    """Show a version before it is confirmed."""
    row = _row(tx, version_id)
    if row["state"] != VersionState.draft:
        raise Refused("version_not_draft", title=row["title"])
    texts = sa.select(clauses.c.number, clauses.c.text).where(clauses.c.version_id == version_id)
    held = tx.execute(texts.order_by(clauses.c.position)).all()
    old = _row(tx, row["replaces_id"])["title"] if row["replaces_id"] else ""
    names = ("document_id", "title", "doc_no", "issuer", "in_force_from", "in_force_until", "ingested_by")
    about = {name: row[name] for name in names}
    basis, others = row["basis"], tuple(amendments.of_version(tx, version_id))
    return Draft(
        version_id=version_id,
        clause_count=len(held),
        first_clauses=tuple(f"{number} {text}".strip() for number, text in held[:3]),
        replaces=old,
        consequences=others,
        on_trial=basis.get("on_trial", False),
        until_from=Found(basis.get("last", "")),
        holds_numbers=any(mask(text) != text for _, text in held),
        **about,
    )


def drafts(tx: Tx, town_id: str) -> list[Draft]:
    """List what waits for a second person, oldest first."""
    amended = sa.select(amendment_rows.c.result_id).where(amendment_rows.c.result_id.is_not(None))
    waiting = sa.and_(
        versions.c.town_id == town_id, versions.c.state == VersionState.draft, versions.c.id.not_in(amended)
    )
    found = sa.select(versions.c.id).where(waiting).order_by(versions.c.ingested_at, versions.c.id)
    return [draft(tx, version_id) for version_id in tx.scalars(found).all()]


def confirm(tx: Tx, version_id: str, *, by: str, at: datetime) -> Confirmed:
    """Put a draft in force and end what it replaces, in one step. The person who brought it cannot."""
    row = _row(tx, version_id)
    if row["state"] != VersionState.draft:
        raise Refused("version_not_draft", title=row["title"])
    if by == row["ingested_by"]:
        raise Refused("needs_second_person")
    starts = row["in_force_from"] or _day(at)
    ended = [earlier for earlier in _in_force(tx, row) if earlier["id"] != version_id]
    repealed = amendments.carry_out(tx, version_id, starts, by=by, at=at)
    for earlier in ended:
        _end(tx, earlier, starts)
    approved = {"state": VersionState.in_force.value, "approved_by": by, "approved_at": at, "in_force_from": starts}
    if row["in_force_from"] is None:
        approved["basis"] = {**row["basis"], "first": Found.confirmed.value}
    tx.execute(versions.update().where(versions.c.id == version_id).values(**approved))
    amendments.arrived(tx, version_id, at=at)
    raise_generation(tx, row["town_id"] or SHARED)
    jobs.defer(tx, EMBED, {}, f"{EMBED}:{version_id}", machine=at)
    return Confirmed(version_id, tuple(dict.fromkeys([*(str(earlier["id"]) for earlier in ended), *repealed])))


def discard(tx: Tx, version_id: str) -> None:
    """Throw a draft away; what is or was in force is never thrown away."""
    row = _row(tx, version_id)
    if row["state"] != VersionState.draft:
        raise Refused("version_not_draft", title=row["title"])
    amendments.forget(tx, version_id)
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


def _trial_years(tx: Tx, source: ingest.Source) -> int | None:
    """Find what the issuer's own rule says of documents on trial; only the same issuer's word counts."""
    word = pattern("on_trial").pattern
    said = clauses.c.text.contains(word) & (documents.c.issuer == source.issuer) & (documents.c.issuer != "")
    joined = clauses.join(versions, clauses.c.version_id == versions.c.id)
    joined = joined.join(documents, versions.c.document_id == documents.c.id)
    mine = sa.and_(documents.c.town_id == source.town_id, versions.c.state == VersionState.in_force, said)
    texts = tx.scalars(sa.select(clauses.c.text).select_from(joined).where(mine))
    return next((years for years in map(validity.trial_years, texts) if years), None)


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


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
