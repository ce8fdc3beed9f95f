"""The documents of a town as a list: what a scope may see, found by words, a page at a time, in SQL."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa

from knowledge.models import APPROVED, VersionState, documents, versions
from township.db import Tx
from township.errors import Refused
from township.scope import Scope

PAGE: Final = 20
NAMED: Final = ("doc_no", "issuer", "issued_on", "in_force_from", "in_force_until")
"""What a document should say of itself."""


@dataclass(frozen=True, slots=True)
class Held:
    """One version of a document in the list."""

    title: str
    doc_no: str
    issuer: str
    level: str
    audience: str
    first: date | None
    last: date | None
    standing: str
    """now, coming or past"""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the list."""

    rows: tuple[Held, ...]
    total: int
    page: int
    pages: int


def find(tx: Tx, *, scope: Scope, words: str, number: str, today: date) -> Found:
    """Find the approved versions that a scope may see, the newest first."""
    joined = versions.join(documents, versions.c.document_id == documents.c.id)
    wanted = sa.and_(
        documents.c.town_id == scope.town_id,
        documents.c.audience.in_([audience.value for audience in scope.audiences]),
        sa.or_(documents.c.village_id.is_(None), documents.c.village_id.in_(sorted(scope.villages))),
        versions.c.state.in_([state.value for state in APPROVED]),
    )
    if words.strip():
        near = (documents.c.title, documents.c.doc_no, documents.c.issuer)
        wanted &= sa.or_(*(column.contains(words.strip(), autoescape=True) for column in near))
    total = tx.scalar(sa.select(sa.func.count()).select_from(joined).where(wanted)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, int(number) if number.isdecimal() else 1), pages)
    chosen = sa.select(documents, versions).select_from(joined).where(wanted)
    order = (versions.c.in_force_from.desc().nulls_last(), documents.c.title, versions.c.id)
    rows = tx.execute(chosen.order_by(*order).limit(PAGE).offset((page - 1) * PAGE)).mappings()
    return Found(tuple(_held(row, today) for row in rows), total, page, pages)


def must_be_of_town(tx: Tx, version_id: str, town_id: str) -> None:
    """Refuse a version of another town, in the same words as one that does not exist."""
    if tx.scalar(sa.select(versions.c.town_id).where(versions.c.id == version_id)) != town_id:
        raise Refused("version_unknown")


def _held(row: sa.RowMapping, today: date) -> Held:
    first, last = row["in_force_from"], row["in_force_until"]
    is_over = row["state"] == VersionState.repealed or (last is not None and last < today)
    standing = "past" if is_over else "coming" if first is not None and first > today else "now"
    return Held(row["title"], row["doc_no"], row["issuer"], row["level"], row["audience"], first, last, standing)
