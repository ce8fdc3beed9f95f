"""Contradictions as rows: found over what a town has in force, listed for a person, kept where one says it is none.

Only a town's own documents are held against each other; the statutes are not (31,732 articles pairwise would be half a
billion). A pair that a person has judged stays judged as long as both texts stay the same.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from knowledge.language import lexicon
from knowledge.models import Level, VersionState, clauses, contradictions, documents, facts, versions
from knowledge.validity.comparing import Clash, Piece, clashes
from township.db import Database, Tx, insert_ignore
from township.errors import Refused
from township.texts import Texts

COMPARE = "compare"
"""The job that looks for contradictions; asked for when the documents of a town have changed, or a day has come."""
MOST = 6000
"""Clauses that are compared at a time, the newest documents first: bounds the errand to seconds."""
SHEET = "facts"
"""The facts together count as one document: they are not held against each other."""
OPEN, KEPT, GONE = "open", "kept", "gone"


@dataclass(frozen=True, slots=True)
class Side:
    """One of two clauses."""

    clause_id: str
    version_id: str
    title: str
    doc_no: str
    number: str
    text: str
    says: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two clauses side by side."""

    id: str
    kind: str
    first: Side
    second: Side
    is_local: bool
    state: str


def look(db: Database, town_id: str, *, at: datetime, day: date, names: Collection[str] = ()) -> int:
    """Compare what a town has in force on `day` or later, and write down what is new and what is gone; blocks.

    Gives how many contradictions are open.
    """
    pieces = db.read_now(lambda tx: _pieces(tx, town_id, day))
    found = clashes(pieces, lexicon.load(frozenset(names)), names=names)
    return db.write_now(lambda tx: _write(tx, town_id, found, at))


def listed(tx: Tx, town_id: str, *, state: str = OPEN) -> list[Contradiction]:
    """List contradictions, the likeliest first; those that may be local deviations last."""
    mine = sa.and_(contradictions.c.town_id == town_id, contradictions.c.state == state)
    order = (contradictions.c.is_local, contradictions.c.likeness.desc(), contradictions.c.id)
    rows = tx.execute(sa.select(contradictions).where(mine).order_by(*order)).mappings().all()
    sides = _sides(tx, [row[name] for row in rows for name in ("first_id", "second_id")])
    return [
        Contradiction(
            row["id"],
            row["kind"],
            replace(sides[row["first_id"]], says=row["first_says"]),
            replace(sides[row["second_id"]], says=row["second_says"]),
            row["is_local"],
            row["state"],
        )
        for row in rows
        if row["first_id"] in sides and row["second_id"] in sides
    ]


def keep(tx: Tx, contradiction_id: str, *, town_id: str, by: str, at: datetime) -> None:
    """Record a person's word that both clauses are right: it is not shown again until one of the texts changes."""
    mine = sa.and_(contradictions.c.id == contradiction_id, contradictions.c.town_id == town_id)
    judged = contradictions.update().where(mine, contradictions.c.state == OPEN)
    if not tx.execute(judged.values(state=KEPT, settled_at=at, settled_by=by)).rowcount:
        raise Refused("contradiction_settled")


def _write(tx: Tx, town_id: str, found: list[Clash], at: datetime) -> int:
    rows = {_identity(town_id, clash): clash for clash in found}
    mine = contradictions.c.town_id == town_id
    known = {
        row.id: row.state for row in tx.execute(sa.select(contradictions.c.id, contradictions.c.state).where(mine))
    }
    for identity, clash in rows.items():
        values = _values(town_id, identity, clash, at)
        if identity not in known:
            insert_ignore(tx, contradictions, values, ["id"])
        else:
            ids = {name: values[name] for name in ("first_id", "second_id", "likeness", "is_local")}
            state = OPEN if known[identity] == GONE else known[identity]
            tx.execute(contradictions.update().where(contradictions.c.id == identity).values(state=state, **ids))
    gone = [identity for identity, state in known.items() if state == OPEN and identity not in rows]
    if gone:
        tx.execute(contradictions.update().where(contradictions.c.id.in_(gone)).values(state=GONE, settled_at=at))
    return sum(known.get(identity) != KEPT for identity in rows)


def _values(town_id: str, identity: str, clash: Clash, at: datetime) -> dict[str, object]:
    return {
        "id": identity,
        "town_id": town_id,
        "first_id": clash.first.clause_id,
        "second_id": clash.second.clause_id,
        "kind": clash.one.kind,
        "first_says": clash.one.said,
        "second_says": clash.other.said,
        "likeness": clash.likeness,
        "is_local": clash.is_local,
        "state": OPEN,
        "found_at": at,
    }


def _identity(town_id: str, clash: Clash) -> str:
    """Name a contradiction by both texts and numbers: it is the same after each new version that changes neither."""
    sides = sorted((f"{clash.first.text_hash}{clash.one.said}", f"{clash.second.text_hash}{clash.other.said}"))
    return hashlib.sha256("\0".join((town_id, *sides)).encode()).hexdigest()[:32]


def _pieces(tx: Tx, town_id: str, day: date) -> list[Piece]:
    c, v, d = clauses.c, versions.c, documents.c
    holds = sa.or_(v.in_force_until.is_(None), v.in_force_until >= day)
    approved = sa.or_(v.state == VersionState.in_force, v.in_force_until.is_not(None))
    approved &= v.state != VersionState.draft
    joined = clauses.join(versions, c.version_id == v.id).join(documents, v.document_id == d.id)
    about = (d.title, d.level, d.audience, d.village_id, v.document_id, v.in_force_from, v.in_force_until)
    rows = sa.select(c.id, c.chapter, c.text, c.text_hash, *about).select_from(joined)
    rows = rows.where(d.town_id == town_id, holds, approved)
    rows = rows.order_by(v.ingested_at.desc(), v.id, c.position).limit(MOST)
    return _of_facts(tx, town_id, day) + [
        Piece(
            row.id,
            row.document_id,
            row.title,
            row.chapter,
            row.text,
            row.text_hash,
            Level(row.level),
            row.audience,
            row.village_id,
            row.in_force_from,
            row.in_force_until,
        )
        for row in tx.execute(rows)
    ]


def _of_facts(tx: Tx, town_id: str, day: date) -> list[Piece]:
    """Give the facts that are said today as clauses of one document: the sheet."""
    f = facts.c
    valid = sa.or_(f.valid_until.is_(None), f.valid_until >= day)
    found = sa.select(facts).where(f.town_id == town_id, f.state == VersionState.in_force, valid).order_by(f.id)
    return [
        Piece(
            row["id"],
            SHEET,
            "",
            "",
            _said(row),
            hashlib.sha256(_said(row).encode()).hexdigest(),
            Level.village if row["village_id"] else Level.town,
            row["audience"],
            row["village_id"],
            None,
            row["valid_until"],
        )
        for row in tx.execute(found).mappings()
    ]


def _said(row: Mapping[Any, Any]) -> str:
    return f"{row['questions'][0]} {row['answer']}"


def _sides(tx: Tx, clause_ids: Collection[str]) -> Mapping[str, Side]:
    c, v, d = clauses.c, versions.c, documents.c
    joined = clauses.join(versions, c.version_id == v.id).join(documents, v.document_id == d.id)
    rows = sa.select(c.id, c.version_id, d.title, d.doc_no, c.number, c.text).select_from(joined)
    found = tx.execute(rows.where(c.id.in_(list(clause_ids))))
    sides = {row.id: Side(row.id, row.version_id, row.title, row.doc_no, row.number, row.text, "") for row in found}
    of_sheet = tx.execute(sa.select(facts).where(facts.c.id.in_(list(clause_ids)))).mappings()
    return sides | {row["id"]: Side(row["id"], "", _sheet(), row["source"], "", _said(row), "") for row in of_sheet}


@cache
def _sheet() -> str:
    return Texts.load(Path(__file__).parents[1] / "texts.yaml").say("sheet_of_facts")
