"""The keeper's list: what each document of a town lacks, what runs out, what contradicts, what is worth a word.

A document may stand in several groups; what answers and lacks nothing is only counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import sqlalchemy as sa

from knowledge.models import VersionState, amendments, clauses, contradictions, documents, versions
from knowledge.structure import reports
from knowledge.structure.reports import FileReport
from knowledge.validity.terms import Found
from township.db import Tx

WARNING = timedelta(days=60)
"""How long before its last day the keeper of a document is asked what follows it."""


class Group(StrEnum):
    """Why a document stands in the list."""

    contradicts = "contradicts"
    expired = "expired"
    runs_out = "runs_out"
    undone = "undone"
    """It says something of another document that could not be done."""
    unreadable = "unreadable"
    undated = "undated"
    unnumbered = "unnumbered"
    answers = "answers"


@dataclass(frozen=True, slots=True)
class Kept:
    """One document as its keeper sees it."""

    version_id: str
    title: str
    doc_no: str
    first: date | None
    last: date | None
    owner_id: str | None
    village_id: str | None
    groups: frozenset[Group]


def look(tx: Tx, town_id: str, today: date) -> list[Kept]:
    """List the documents of a town that answer today or did so until they ran out, those that need most first."""
    rows = _rows(tx, town_id)
    superseded = {row["document_id"] for row in rows if _holds(row, today)}
    undone, clashing = _undone(tx, town_id), _clashing(tx, town_id)
    kept = [
        _kept(row, today, undone=row["id"] in undone, clashes=row["id"] in clashing)
        for row in rows
        if _holds(row, today) or _ran_out(row, today, superseded)
    ]
    return sorted(kept, key=lambda one: (min(_ORDER[group] for group in one.groups), one.last or date.max, one.title))


def count(kept: Sequence[Kept], tx: Tx, town_id: str) -> Mapping[Group, int]:
    """Count what stands in each group; contradictions are counted in pairs."""
    counts = {group: sum(group in one.groups for one in kept) for group in Group}
    clash = sa.and_(contradictions.c.town_id == town_id, contradictions.c.state == "open")
    pairs = sa.select(sa.func.count()).where(clash, sa.not_(contradictions.c.is_local))
    return counts | {Group.contradicts: tx.scalar(pairs) or 0, Group.unreadable: len(unreadable(tx, town_id))}


def running_out(tx: Tx, town_id: str, today: date) -> list[Kept]:
    """List what runs out within sixty days, and of which nobody has been told yet."""
    untold = {row["id"] for row in _rows(tx, town_id) if row["warned_on"] is None}
    return [one for one in look(tx, town_id, today) if Group.runs_out in one.groups and one.version_id in untold]


def unreadable(tx: Tx, town_id: str) -> list[FileReport]:
    """List the files of which something could not be read, by their names."""
    return [one for one in reports.of_town(tx, town_id) if one.mistake or one.remarks]


def mark_told(tx: Tx, version_ids: Sequence[str], today: date) -> None:
    """Record that the keeper was told: a document is worth one word."""
    tx.execute(versions.update().where(versions.c.id.in_(list(version_ids))).values(warned_on=today))


_ORDER = {group: place for place, group in enumerate(Group)}


def _rows(tx: Tx, town_id: str) -> Sequence[sa.RowMapping]:
    about = (documents.c.title, documents.c.doc_no, documents.c.owner_id, documents.c.village_id)
    joined = versions.join(documents, versions.c.document_id == documents.c.id)
    mine = sa.and_(documents.c.town_id == town_id, versions.c.state == VersionState.in_force)
    return tx.execute(sa.select(versions, *about).select_from(joined).where(mine)).mappings().all()


def _holds(row: sa.RowMapping, today: date) -> bool:
    return row["in_force_until"] is None or row["in_force_until"] >= today


def _ran_out(row: sa.RowMapping, today: date, superseded: set[str]) -> bool:
    return not _holds(row, today) and row["document_id"] not in superseded


def _undone(tx: Tx, town_id: str) -> set[str]:
    waiting = sa.and_(amendments.c.town_id == town_id, amendments.c.problem != "", amendments.c.settled_at.is_(None))
    return set(tx.scalars(sa.select(amendments.c.version_id).where(waiting)))


def _clashing(tx: Tx, town_id: str) -> set[str]:
    pair = sa.or_(clauses.c.id == contradictions.c.first_id, clauses.c.id == contradictions.c.second_id)
    clash = sa.and_(contradictions.c.town_id == town_id, contradictions.c.state == "open")
    found = sa.select(clauses.c.version_id).select_from(contradictions.join(clauses, pair))
    return set(tx.scalars(found.where(clash, sa.not_(contradictions.c.is_local))))


def _kept(row: sa.RowMapping, today: date, *, undone: bool, clashes: bool) -> Kept:
    last = row["in_force_until"]
    found = {
        Group.contradicts: clashes,
        Group.undone: undone,
        Group.expired: last is not None and last < today,
        Group.runs_out: last is not None and today <= last <= today + WARNING,
        Group.undated: last is None,
        Group.unnumbered: not row["doc_no"],
    }
    groups = {group for group, is_so in found.items() if is_so} or {Group.answers}
    return Kept(
        row["id"],
        row["title"],
        row["doc_no"],
        None if row["basis"].get("first") == Found.confirmed else row["in_force_from"],
        last,
        row["owner_id"],
        row["village_id"],
        frozenset(groups),
    )
