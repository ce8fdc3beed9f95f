"""What a second person decides on a cadre's answer: it becomes a fact, or goes back with a reason. Never the author."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from knowledge import facts
from knowledge.facts import Fact
from knowledge.questions import wording
from knowledge.questions.drafts import Draft, get, let_go, of_cluster
from knowledge.questions.models import Cause, DraftState, clusters, drafts, questions
from township.clock import SHANGHAI
from township.db import Tx, locked
from township.errors import Refused
from township.scope import Audience
from township.texts import Texts


def approve(tx: Tx, draft_id: str, *, by: str, at: datetime) -> str:
    """Make a fact of an answer, as a second person; returns the fact's id. Its questions count as answered."""
    draft = _waiting(tx, draft_id, by)
    today = at.astimezone(SHANGHAI).date()
    source = draft.source or _texts().say("fact_from_questions")
    replaced = _replaced(tx, draft)
    ways = tuple(dict.fromkeys((*(way for old in replaced for way in old.questions), *draft.questions)))
    audience = _audience(tx, draft, replaced)
    fact = Fact(ways, draft.answer, source, draft.owner, draft.valid_until, today, draft.village_id, audience)
    facts.store(tx, draft.town_id, [fact], at=at)
    fact_id = facts.identity(draft.town_id, fact)
    _decide(tx, draft_id, DraftState.approved, by, at, fact_id=fact_id)
    mine = [questions.c.cluster_id == draft.cluster_id, questions.c.draft_id.is_(None)]
    if draft.village_id is not None:
        mine.append(questions.c.village_id == draft.village_id)
    tx.execute(questions.update().where(*mine).values(draft_id=draft_id))
    tx.execute(clusters.update().where(clusters.c.id == draft.cluster_id).values(aside_by=None))
    if draft.village_id is None:
        let_go(tx, draft.cluster_id, sa.true())
    return fact_id


def _audience(tx: Tx, draft: Draft, replaced: Sequence[Fact]) -> Audience:
    """Say who may hear an answer: the widest of those who asked, and of those who heard what it replaces."""
    asked = sa.select(questions.c.audience).where(questions.c.cluster_id == draft.cluster_id).distinct()
    known = {*map(Audience, tx.scalars(asked)), *(old.audience for old in replaced)}
    return next((one for one in (Audience.PUBLIC, Audience.RESIDENT) if one in known), Audience.CADRE)


def answer_late_ones(tx: Tx, question_ids: Sequence[str]) -> None:
    """Take questions that were on their way to a cluster while its answer was approved as answered with the others."""
    asked = sa.select(questions).where(questions.c.id.in_(question_ids), questions.c.cause == Cause.unanswered.value)
    for row in tx.execute(asked).mappings().all():
        for draft in of_cluster(tx, row["cluster_id"]):
            is_for = draft.village_id is None or draft.village_id == row["village_id"]
            if is_for and draft.reviewed_at and draft.state == DraftState.approved:
                if row["on_day"] <= draft.reviewed_at.astimezone(SHANGHAI).date():
                    same = questions.c.id == row["id"]
                    tx.execute(questions.update().where(same).values(draft_id=draft.id))
                break


def reject(tx: Tx, draft_id: str, reason: str, *, by: str, at: datetime) -> None:
    """Send an answer back, as a second person, and say why."""
    _waiting(tx, draft_id, by)
    _decide(tx, draft_id, DraftState.rejected, by, at, reason=wording.plain(reason, wording.MOST_ASKED))


def before(tx: Tx, draft: Draft) -> str:
    """Say what is answered today, by facts that the draft would replace; empty where none is."""
    return "\n".join(dict.fromkeys(old.answer for old in _replaced(tx, draft)))


def _replaced(tx: Tx, draft: Draft) -> list[Fact]:
    """Find the facts in force that answer one of the questions of a draft."""
    as_fact = Fact(draft.questions, draft.answer, village_id=draft.village_id)
    return [change.before for change in facts.changes(tx, draft.town_id, [as_fact]) if change.before]


def _waiting(tx: Tx, draft_id: str, by: str) -> Draft:
    """Find a draft that `by` may decide on: it waits, and somebody else wrote it."""
    tx.execute(locked(sa.select(drafts.c.id).where(drafts.c.id == draft_id)))
    draft = get(tx, draft_id)
    if draft.state != DraftState.waiting:
        raise Refused("answer_settled")
    if draft.author_id == by:
        raise Refused("answer_needs_second_person")
    return draft


def _decide(tx: Tx, draft_id: str, state: DraftState, by: str, at: datetime, **more: str) -> None:
    values = {"state": state.value, "reviewer_id": by, "reviewed_at": at, **more}
    tx.execute(drafts.update().where(drafts.c.id == draft_id).values(**values))


@cache
def _texts() -> Texts:
    return Texts.load(Path(__file__).parents[1] / "texts.yaml")
