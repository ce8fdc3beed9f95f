"""Facts as rows: what people ask most, answered before any document, with its owner and its last day.

How a sheet of them is read is in `factsheet`; a fact past its last day is found but not believed.
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from knowledge.models import VersionState, facts
from township.db import Instant, Tx, upsert
from township.scope import Audience, Scope


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: ways of asking, and the answer with what it rests on."""

    questions: tuple[str, ...]
    answer: str
    source: str = ""
    owner: str = ""
    valid_until: date | None = None
    last_checked: date | None = None
    village_id: str | None = None
    audience: Audience | None = field(default=None, compare=False)
    """Who may hear it; None, as in a sheet: who could hear what it replaces, else everybody."""
    id: str = field(default="", compare=False)

    def is_valid(self, day: date) -> bool:
        """Tell whether it may be said as true on `day`."""
        return self.valid_until is None or day <= self.valid_until

    @property
    def ways(self) -> list[tuple[str | None, str]]:
        """Its ways of asking as they are compared, each with the village for which it is answered."""
        return [(self.village_id, asked_as(question)) for question in self.questions]


@dataclass(frozen=True, slots=True)
class Change:
    """What a sheet does to one fact; without `before` it is new, without `after` it is told no longer."""

    before: Fact | None
    after: Fact | None


def asked_as(question: str) -> str:
    """Give a way of asking without what does not count: width, case, spaces, marks."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", question)).lower()


def plan(known: Iterable[Fact], wanted: Sequence[Fact], ended: Sequence[Fact] = ()) -> list[Change]:
    """Say what changes when `wanted` is put in force and `ended` is told no longer. Pure.

    A row replaces every fact that answers one of its ways of asking, unless another row has that fact's first way.
    """
    firsts = {row.ways[0]: row for row in wanted}
    takers = {way: row for row in wanted for way in row.ways}
    over = {way for row in ended for way in row.ways}
    claimed: dict[int, list[Fact]] = {}
    changes = []
    for fact in known:
        ways = fact.ways
        taker = firsts.get(ways[0]) or next((takers[way] for way in ways if way in takers), None)
        if not over.isdisjoint(ways):
            changes.append(Change(fact, None))
        elif taker is not None:
            claimed.setdefault(id(taker), []).append(fact)
    for row in wanted:
        taken = sorted(claimed.get(id(row), ()), key=lambda fact: fact.ways[0] != row.ways[0])
        before = taken[0] if taken else None
        heard_by = row.audience or (before.audience if before else Audience.PUBLIC)
        if before is None or before != row or before.audience is not heard_by:
            changes.append(Change(before, replace(row, audience=heard_by)))
        changes += [Change(other, None) for other in taken[1:]]
    return changes


def changes(tx: Tx, town_id: str, wanted: Sequence[Fact], ended: Sequence[Fact] = ()) -> list[Change]:
    """Say what a sheet would change in the facts in force."""
    return plan(in_force(tx, town_id), wanted, ended)


def store(
    tx: Tx, town_id: str, rows: Sequence[Fact], *, at: datetime, sample: bool = False, ended: Sequence[Fact] = ()
) -> int:
    """Put facts in force and end what they replace. Gives how many changed."""
    made = changes(tx, town_id, rows, ended)
    for change in made:
        kept = identity(town_id, change.after) if change.after else ""
        if change.before and change.before.id != kept:
            end(tx, town_id, change.before.id, at=at)
        if change.after:
            values = _values(change.after, town_id, sample)
            upsert(tx, facts, {"id": kept, "updated_at": at, **values}, ["id"])
    return len(made)


def end(tx: Tx, town_id: str, fact_id: str, *, at: datetime) -> None:
    """Tell a fact no longer; who was told it is found by its row."""
    mine = (facts.c.town_id == town_id, facts.c.id == fact_id, facts.c.state == VersionState.in_force)
    tx.execute(facts.update().where(*mine).values(state=VersionState.replaced.value, updated_at=at))


def renew(
    tx: Tx, town_id: str, fact_id: str, *, answer: str, valid_until: date, checked: date, at: datetime
) -> Fact | None:
    """Give a fact in force its new answer and last day; None if it was replaced meanwhile."""
    row = tx.execute(_in_force(town_id).where(facts.c.id == fact_id)).mappings().first()
    if row is None:
        return None
    renewed = replace(_read(row), answer=answer, valid_until=valid_until, last_checked=checked)
    store(tx, town_id, [renewed], at=at, sample=row["sample"])
    return replace(renewed, id=identity(town_id, renewed))


def identity(town_id: str, fact: Fact) -> str:
    """Name a fact: another answer to the same question, or of another village, is another fact."""
    village = (fact.village_id,) if fact.village_id else ()
    return hashlib.sha256("\0".join((town_id, fact.questions[0], fact.answer, *village)).encode()).hexdigest()[:32]


def _values(fact: Fact, town_id: str, sample: bool) -> dict[str, object]:
    return {
        "town_id": town_id,
        "fact_key": fact.questions[0],
        "questions": list(fact.questions),
        "answer": fact.answer,
        "source": fact.source,
        "owner": fact.owner,
        "audience": (fact.audience or Audience.PUBLIC).value,
        "village_id": fact.village_id,
        "valid_until": fact.valid_until,
        "last_checked": fact.last_checked,
        "sample": sample,
        "state": VersionState.in_force.value,
    }


def in_force(tx: Tx, town_id: str) -> list[Fact]:
    """Read every fact that a town tells, in the order of their first ways of asking."""
    rows = tx.execute(_in_force(town_id).order_by(facts.c.fact_key, facts.c.id)).mappings()
    return [_read(row) for row in rows]


def get(tx: Tx, town_id: str, fact_id: str) -> Fact | None:
    """Read one fact, told still or no longer."""
    mine = sa.select(facts).where(facts.c.town_id == town_id, facts.c.id == fact_id)
    row = tx.execute(mine).mappings().first()
    return _read(row) if row else None


def are_samples(tx: Tx, town_id: str) -> bool:
    """Tell whether a town tells facts of the invented town: only there may a sheet hold samples."""
    return tx.execute(_in_force(town_id).where(facts.c.sample).limit(1)).first() is not None


def load(tx: Tx, scope: Scope) -> tuple[Fact, ...]:
    """Read the facts in force that `scope` may hear, those of its own villages first."""
    near = facts.c.village_id.in_(sorted(scope.villages))
    seen = _in_force(scope.town_id).where(
        facts.c.audience.in_(_names(scope.audiences)), sa.or_(facts.c.village_id.is_(None), near)
    )
    rows = tx.execute(seen.order_by(facts.c.village_id.is_(None), facts.c.fact_key)).mappings()
    return tuple(_read(row) for row in rows)


def stamp(tx: Tx, town_id: str) -> tuple[int, int, datetime | None]:
    """Give a value that changes whenever a fact of the town does."""
    told = sa.func.count(sa.case((facts.c.state == VersionState.in_force, 1)))
    found = sa.select(sa.func.count(), told, sa.func.max(facts.c.updated_at, type_=Instant()))
    row = tx.execute(found.where(facts.c.town_id == town_id)).one()
    return row[0], row[1], row[2]


def _in_force(town_id: str) -> sa.Select[Any]:
    return sa.select(facts).where(facts.c.town_id == town_id, facts.c.state == VersionState.in_force)


def _names(audiences: Collection[Audience]) -> Sequence[str]:
    return sorted(audience.value for audience in audiences)


def _read(row: Mapping[Any, Any]) -> Fact:
    return Fact(
        questions=tuple(row["questions"]),
        answer=row["answer"],
        source=row["source"],
        owner=row["owner"],
        valid_until=row["valid_until"],
        last_checked=row["last_checked"],
        village_id=row["village_id"],
        audience=Audience(row["audience"]),
        id=row["id"],
    )
