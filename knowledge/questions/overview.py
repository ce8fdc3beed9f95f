"""What could not be answered, as a keeper sees it: one line for each cluster, with what may be seen of it.

A keeper of the town sees all villages, the clerk of a village only what was asked there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from knowledge.keepers import keeps
from knowledge.questions.models import Cause, DraftState, clusters, drafts, questions
from township.db import Tx
from township.directory import Role
from township.errors import Mistake, Refused
from township.models import people
from township.scope import Scope

SAMPLES = 3
LETTER = "K"
"""Begins the code of a cluster."""


@dataclass(frozen=True, slots=True)
class View:
    """Whose questions somebody may see and answer."""

    town_id: str
    villages: frozenset[str] | None
    """None: all of the town."""

    @property
    def is_keeper(self) -> bool:
        """Whoever sees the whole town also reviews what others wrote."""
        return self.villages is None

    def village_of(self, wanted: str | None) -> str | None:
        """Give the village for which an answer is to hold; a clerk's answers hold in the own village only."""
        if self.villages is None or wanted in self.villages:
            return wanted
        if wanted or len(self.villages) != 1:
            raise Refused("answer_elsewhere_village")
        return next(iter(self.villages))


@dataclass(frozen=True, slots=True)
class Listed:
    """A cluster in the list."""

    id: str
    code: str
    count: int
    disliked: int
    villages: tuple[str, ...]
    """Ids, of those who live somewhere."""
    last_asked: date
    samples: tuple[str, ...]
    """The most frequent wordings, of equals the latest."""
    corrections: tuple[str, ...]
    """What villagers say is right."""
    disliked_answers: tuple[str, ...]
    near: str
    standing: str
    """new, offered, waiting, answered (and asked again since) or aside"""


def view_of(scope: Scope) -> View:
    """Say what a cadre may see of the questions; who keeps nothing is Refused."""
    if keeps(scope):
        return View(scope.town_id, None)
    own = frozenset(village for role, village in scope.offices if role == Role.VILLAGE_CLERK and village)
    if not own:
        raise Refused("questions_not_yours")
    return View(scope.town_id, own)


def listed(
    tx: Tx, view: View, *, newest: bool = False, aside: bool = False, limit: int = 50, start: int = 0
) -> list[Listed]:
    """List the clusters with unanswered questions, the most asked first or the newest; those put aside apart."""
    q = questions.c
    often, last = sa.func.count().label("often"), sa.func.max(q.on_day).label("last")
    is_aside = clusters.c.aside_by.is_not(None)
    order = (last.desc(), often.desc()) if newest else (often.desc(), last.desc())
    found = (
        sa.select(clusters.c.id)
        .select_from(questions.join(clusters, q.cluster_id == clusters.c.id))
        .where(_open(view), is_aside if aside else ~is_aside)
        .group_by(clusters.c.id, clusters.c.number)
        .order_by(*order, clusters.c.number.desc())
        .limit(limit)
        .offset(start)
    )
    ids = tx.scalars(found).all()
    told = _told(tx, view, ids)
    return [told[each] for each in ids]


def total(tx: Tx, view: View) -> int:
    """Count the clusters that wait for an answer."""
    q = questions.c
    joined = questions.join(clusters, q.cluster_id == clusters.c.id)
    found = sa.select(sa.func.count(sa.distinct(clusters.c.id))).select_from(joined)
    return tx.scalar(found.where(_open(view), clusters.c.aside_by.is_(None))) or 0


def one(tx: Tx, view: View, cluster_id: str) -> Listed:
    """Show one cluster; a `Mistake` where nothing of it may be seen."""
    found = _told(tx, view, [cluster_id])
    if cluster_id not in found:
        raise Mistake("cluster_unknown")
    return found[cluster_id]


def by_code(tx: Tx, view: View, code: str) -> Listed:
    """Show the cluster that somebody typed the code of."""
    number = code.strip().upper().removeprefix(LETTER)
    mine = (clusters.c.town_id == view.town_id, clusters.c.number == int(number))
    found = tx.scalar(sa.select(clusters.c.id).where(*mine)) if number.isdecimal() and len(number) < 9 else None
    return one(tx, view, found or "")


def put_aside(tx: Tx, view: View, cluster_id: str, by: str | None) -> None:
    """Take a cluster off the list because it needs no answer, or put it back (`by` None); keepers of the town only."""
    if not view.is_keeper:
        raise Refused("questions_not_yours")
    one(tx, view, cluster_id)
    tx.execute(clusters.update().where(clusters.c.id == cluster_id).values(aside_by=by))


def _open(view: View) -> sa.ColumnElement[bool]:
    """Choose the unanswered questions that may be seen; those of an erased person never."""
    q = questions.c
    erased = sa.select(people.c.id).where(people.c.id == q.person_id, people.c.erased_at.is_not(None))
    seen = sa.and_(q.town_id == view.town_id, q.draft_id.is_(None), ~erased.exists())
    return seen if view.villages is None else sa.and_(seen, q.village_id.in_(sorted(view.villages)))


def _told(tx: Tx, view: View, cluster_ids: Sequence[str]) -> dict[str, Listed]:
    chosen = sa.select(questions).where(questions.c.cluster_id.in_(cluster_ids), _open(view))
    asked: dict[str, list[Mapping[Any, Any]]] = {}
    for row in tx.execute(chosen.order_by(questions.c.on_day.desc(), questions.c.id.desc())).mappings():
        asked.setdefault(row["cluster_id"], []).append(row)
    standing = _standing(tx, view, cluster_ids)
    rows = tx.execute(sa.select(clusters).where(clusters.c.id.in_(cluster_ids))).mappings()
    return {row["id"]: _listed(row, asked[row["id"]], standing) for row in rows if row["id"] in asked}


def _listed(row: Mapping[Any, Any], asked: Sequence[Mapping[Any, Any]], standing: Mapping[str, str]) -> Listed:
    return Listed(
        id=row["id"],
        code=f"{LETTER}{row['number']}",
        count=len(asked),
        disliked=sum(each["cause"] == Cause.disliked for each in asked),
        villages=_different(each["village_id"] for each in asked),
        last_asked=asked[0]["on_day"],
        samples=tuple(text for text, _ in Counter(each["text"] for each in asked).most_common(SAMPLES)),
        corrections=_different(each["correction"] for each in asked)[:SAMPLES],
        disliked_answers=_different(each["about"] for each in asked)[:SAMPLES],
        near=row["near"],
        standing="aside" if row["aside_by"] else standing.get(row["id"], "new"),
    )


def _different(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _standing(tx: Tx, view: View, cluster_ids: Sequence[str]) -> dict[str, str]:
    """Say of each cluster how far its answer is; what waits for somebody counts before what was once answered."""
    found = sa.select(drafts.c.cluster_id, drafts.c.state, drafts.c.village_id)
    ranks = (DraftState.approved, DraftState.offered, DraftState.waiting)
    best: dict[str, int] = {}
    for row in tx.execute(found.where(drafts.c.cluster_id.in_(cluster_ids), drafts.c.state.in_(ranks))):
        if view.villages is None or row.village_id is None or row.village_id in view.villages:
            best[row.cluster_id] = max(best.get(row.cluster_id, 0), ranks.index(row.state))
    return {cluster_id: ("answered", "offered", "waiting")[rank] for cluster_id, rank in best.items()}
