"""What was told once and ended: facts that were replaced or are told no longer, clauses of documents that were
replaced or repealed, each with what holds now and the difference.

A date that merely arrives ends nothing here: what was told was right, and said until when.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from knowledge import facts
from knowledge.facts import Fact
from knowledge.models import VersionState, clauses, documents, versions
from knowledge.models import facts as fact_rows
from knowledge.validity.differences import difference, likeness
from township.clock import SHANGHAI
from township.db import Tx

FACT, CLAUSE = "fact", "clause"
SLICE = 500
"""Ids in one statement."""
ALIKE = 0.5
"""From this likeness on a clause of another number is the one that took the old one's place."""
MOST_STEPS = 20
"""Replacements that are followed from version to version."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """Something that was told and holds no longer as it was told."""

    key: str
    """fact:<id> or clause:<id>"""
    change: str
    """The change that it is part of: fact:<id> or version:<id>."""
    name: str
    """The question, or title and number."""
    before: str
    after: str
    """Empty: nothing has taken its place."""
    since: date | None
    ended_at: datetime
    """Whoever was told before this moment was told the old rule."""
    now_key: str = ""
    """What holds now, as a key; empty: nothing."""


def slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Part many ids into what one statement takes."""
    return (ids[at : at + SLICE] for at in range(0, len(ids), SLICE))


def among(tx: Tx, town_id: str, keys: Iterable[str]) -> list[Outdated]:
    """Find which of these facts and clauses hold no longer as they were told."""
    told: dict[str, list[str]] = {FACT: [], CLAUSE: []}
    for key in sorted(keys):
        kind, _, known = key.partition(":")
        told[kind].append(known)
    return [*_facts(tx, town_id, told[FACT]), *_clauses(tx, told[CLAUSE])]


def _facts(tx: Tx, town_id: str, ids: Sequence[str]) -> Iterator[Outdated]:
    ways: dict[tuple[str | None, str], Fact] = {}
    for some in slices(ids):
        gone = sa.select(fact_rows.c.id, fact_rows.c.updated_at).where(
            fact_rows.c.town_id == town_id, fact_rows.c.id.in_(some), fact_rows.c.state == VersionState.replaced
        )
        for row in tx.execute(gone).all():
            ways = ways or {way: fact for fact in facts.in_force(tx, town_id) for way in fact.ways}
            old = facts.get(tx, town_id, row.id)
            new = next((ways[way] for way in old.ways if way in ways), None) if old else None
            if old and (found := _of_fact(old, new, row.updated_at)):
                yield found


def _of_fact(old: Fact, new: Fact | None, ended_at: datetime) -> Outdated | None:
    key, name = f"{FACT}:{old.id}", old.questions[0]
    if new is None:
        return Outdated(key, key, name, old.answer, "", None, ended_at)
    told = difference(old.answer, new.answer)
    if told is None:
        return None
    return Outdated(key, key, name, told.before, told.after, None, ended_at, f"{FACT}:{new.id}")


def _clauses(tx: Tx, ids: Sequence[str]) -> Iterator[Outdated]:
    joined = clauses.join(versions, clauses.c.version_id == versions.c.id)
    joined = joined.join(documents, versions.c.document_id == documents.c.id)
    about = (versions.c.document_id, versions.c.state, versions.c.in_force_until, documents.c.title)
    over = versions.c.state.in_((VersionState.replaced, VersionState.repealed))
    following: dict[str, sa.RowMapping | None] = {}
    for some in slices(ids):
        rows = sa.select(clauses, *about).select_from(joined).where(clauses.c.id.in_(some), over)
        for row in tx.execute(rows.order_by(versions.c.id, clauses.c.position)).mappings().all():
            if row["version_id"] not in following:
                following[row["version_id"]] = _successor(tx, row["version_id"], row["document_id"])
            if found := _of_clause(tx, row, following[row["version_id"]]):
                yield found


def _successor(tx: Tx, version_id: str, document_id: str) -> sa.RowMapping | None:
    """Follow what replaced a version to the version that holds now; None where it was only repealed."""
    found: sa.RowMapping | None = None
    for _ in range(MOST_STEPS):
        later = sa.or_(
            versions.c.replaces_id == version_id,
            sa.and_(versions.c.document_id == document_id, versions.c.state == VersionState.in_force),
        )
        known = sa.and_(later, versions.c.id != version_id, versions.c.state != VersionState.draft)
        newest = (versions.c.state == VersionState.in_force).desc(), versions.c.ingested_at.desc(), versions.c.id
        row = tx.execute(sa.select(versions).where(known).order_by(*newest).limit(1)).mappings().first()
        if row is None:
            return found
        found, version_id, document_id = row, row["id"], row["document_id"]
        if found["state"] == VersionState.in_force:
            return found
    return found


def _of_clause(tx: Tx, old: sa.RowMapping, later: sa.RowMapping | None) -> Outdated | None:
    key, change = f"{CLAUSE}:{old['id']}", f"version:{old['version_id']}"
    name = f"《{old['title']}》{old['number']}"
    until = old["in_force_until"]
    last = datetime.combine(until + timedelta(days=1), time(), SHANGHAI) if until else None
    if later is None or later["state"] == VersionState.repealed:
        return Outdated(key, change, name, _first_words(old["text"]), "", None, last) if last else None
    known_at = later["approved_at"] or later["ingested_at"]
    ended_at = max(known_at, last) if last else known_at
    new = _counterpart(tx, old, later["id"])
    told = difference(old["text"], new["text"] if new else "")
    if told is None:
        return None
    now_key = f"{CLAUSE}:{new['id']}" if new else ""
    return Outdated(key, change, name, told.before, told.after, later["in_force_from"], ended_at, now_key)


def _counterpart(tx: Tx, old: sa.RowMapping, version_id: str) -> sa.RowMapping | None:
    """Find the clause that took the place of another: of the same number, else the one most like it."""
    rows = tx.execute(sa.select(clauses).where(clauses.c.version_id == version_id)).mappings().all()
    same = (row for row in rows if row["path"] == old["path"] or (old["number"] and row["number"] == old["number"]))
    best = next(same, None)
    if best is not None and likeness(best["text"], old["text"]) >= ALIKE:
        return best
    likest = max(rows, key=lambda row: likeness(row["text"], old["text"]), default=None)
    return likest if likest is not None and likeness(likest["text"], old["text"]) >= ALIKE else best


def _first_words(text: str) -> str:
    told = difference(text, "")
    return told.before if told else text
