"""How often each fact answered, counted from the answers that were given; what nobody asks any more stands out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from knowledge.models import VersionState, answers_given
from knowledge.models import facts as fact_rows
from knowledge.questions.models import DraftState, drafts
from township.clock import SHANGHAI
from township.db import Instant, Tx
from township.scope import Scope

YEAR = timedelta(days=365)
ANSWERED = "fact"
"""The kind of an answer that a fact in force gave."""


@dataclass(frozen=True, slots=True)
class Used:
    """A fact in force and how often it was said in the last twelve months."""

    fact_id: str
    question: str
    answer: str
    village_id: str | None
    valid_until: date | None
    hits: int
    last_said: date | None
    author_id: str = ""
    """Who answered, where it came from a question that nobody could answer; empty: from the sheet."""
    reviewer_id: str = ""
    is_unused: bool = False
    """In force for twelve months and never said in them."""


def of_facts(tx: Tx, scope: Scope, at: datetime) -> list[Used]:
    """List the facts in force that `scope` may hear, those never said first, then the most said."""
    f = fact_rows.c
    near = sa.or_(f.village_id.is_(None), f.village_id.in_(sorted(scope.villages)))
    in_force = sa.and_(f.town_id == scope.town_id, f.state == VersionState.in_force.value, near)
    said, origins = counts(tx, scope.town_id, at - YEAR), _origins(tx, scope.town_id)
    rows = tx.execute(sa.select(fact_rows).where(in_force).order_by(f.fact_key)).mappings()
    found = [_used(row, said, origins, at) for row in rows]
    return sorted(found, key=lambda one: (not one.is_unused, -one.hits))


def counts(tx: Tx, town_id: str, since: datetime) -> dict[str, tuple[int, datetime]]:
    """Count for each fact how often it was given since then, and when last."""
    a = answers_given.c
    told = sa.cast(a.fact_ids, sa.Text)
    last = sa.func.max(a.at, type_=Instant())
    given = sa.select(told, sa.func.count(), last).where(a.town_id == town_id, a.kind == ANSWERED, a.at >= since)
    found: dict[str, tuple[int, datetime]] = {}
    for ids, often, latest in tx.execute(given.group_by(told)):
        for fact_id in json.loads(ids):
            before, seen = found.get(fact_id, (0, latest))
            found[fact_id] = (before + often, max(seen, latest))
    return found


def _origins(tx: Tx, town_id: str) -> dict[str, tuple[str, str]]:
    """Say of each fact that was once a question nobody could answer who answered it and who looked at that."""
    d = drafts.c
    became = sa.and_(d.town_id == town_id, d.state == DraftState.approved.value, d.fact_id.is_not(None))
    rows = tx.execute(sa.select(d.fact_id, d.author_id, d.reviewer_id).where(became).order_by(d.id))
    return {row.fact_id: (row.author_id, row.reviewer_id) for row in rows}


def _used(
    row: Mapping[Any, Any],
    said: Mapping[str, tuple[int, datetime]],
    origins: Mapping[str, tuple[str, str]],
    at: datetime,
) -> Used:
    often, last = said.get(row["id"], (0, None))
    author, reviewer = origins.get(row["id"], ("", ""))
    return Used(
        fact_id=row["id"],
        question=row["questions"][0],
        answer=row["answer"],
        village_id=row["village_id"],
        valid_until=row["valid_until"],
        hits=often,
        last_said=last.astimezone(SHANGHAI).date() if last else None,
        author_id=author,
        reviewer_id=reviewer,
        is_unused=not often and row["updated_at"] <= at - YEAR,
    )
