"""A cadre's answer on its way: offered, written or taken back. It binds nobody before `decisions.approve`.

The words are plain text, whatever they ask for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from knowledge.questions import wording
from knowledge.questions.models import DraftState, clusters, drafts, questions
from knowledge.questions.overview import LETTER, View
from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Mistake, Refused
from township.ids import new_id

MOST_QUESTIONS = 8
VALID_FOR = timedelta(days=365)
"""How long an answer holds where nobody says until when."""


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as a cadre writes it."""

    questions: tuple[str, ...]
    answer: str
    source: str = ""
    owner: str = ""
    valid_until: date | None = None
    village_id: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that somebody wrote, with what became of it."""

    id: str
    town_id: str
    cluster_id: str
    code: str
    questions: tuple[str, ...]
    answer: str
    source: str
    owner: str
    village_id: str | None
    valid_until: date
    state: str
    author_id: str
    written_at: datetime
    reviewer_id: str | None
    reviewed_at: datetime | None
    reason: str
    fact_id: str | None


def checked(written: Written, today: date) -> Written:
    """Make an answer fit to be kept; what cannot be said to everybody is a `Mistake`."""
    asked = [wording.plain(each, wording.MOST_ASKED) for each in written.questions]
    asked = list(dict.fromkeys(each for each in asked if each))[:MOST_QUESTIONS]
    if not asked:
        raise Mistake("answer_without_question")
    answer = wording.plain(written.answer, wording.MOST_ANSWERED)
    if not answer:
        raise Mistake("answer_empty")
    if len(" ".join(written.answer.split())) > wording.MOST_ANSWERED:
        raise Mistake("answer_too_long", most=wording.MOST_ANSWERED)
    source, owner = (wording.plain(text, wording.MOST_NAMED) for text in (written.source, written.owner))
    if any(wording.holds_number(text) for text in (*written.questions, written.answer, source, owner)):
        raise Mistake("answer_private_number")
    until = written.valid_until or today + VALID_FOR
    if until < today:
        raise Mistake("answer_until_past", until=until.isoformat())
    return Written(tuple(asked), answer, source, owner, until, written.village_id)


def write(tx: Tx, view: View, cluster_id: str, written: Written, *, by: str, at: datetime) -> Draft:
    """Store an answer that waits for a second person; of one cluster and village one at a time."""
    fit = checked(written, at.astimezone(SHANGHAI).date())
    village_id = view.village_of(fit.village_id)
    same = (drafts.c.cluster_id == cluster_id, drafts.c.state == DraftState.waiting.value)
    waiting = tx.scalars(sa.select(drafts.c.village_id).where(*same)).all()
    if village_id in waiting or None in waiting:
        raise Refused("answer_waits_already")
    let_go(tx, cluster_id, drafts.c.author_id == by)
    return _store(tx, view.town_id, cluster_id, fit, village_id, DraftState.waiting, by, at)


def offer(tx: Tx, case_id: str, answer: str, *, by: str, at: datetime) -> Draft | None:
    """Keep what a case was closed with as a draft that nobody has asked for yet; None where nothing is to be kept."""
    q = questions.c
    row = tx.execute(sa.select(questions).where(q.case_id == case_id, q.draft_id.is_(None))).mappings().first()
    if row is None or row["cluster_id"] is None:
        return None
    today = at.astimezone(SHANGHAI).date()
    try:
        fit = checked(Written((row["text"],), answer), today)
    except Mistake:
        return None  # it was right for one person and cannot be said to everybody
    let_go(tx, row["cluster_id"], drafts.c.answer == fit.answer)
    return _store(tx, row["town_id"], row["cluster_id"], fit, None, DraftState.offered, by, at)


def adopt(tx: Tx, view: View, draft: Draft, *, owner: str, by: str, at: datetime) -> Draft:
    """Hand an offered answer over to a second person as it stands; whoever does so is its author from now on."""
    if draft.state != DraftState.offered:
        raise Refused("answer_settled")
    asked = _samples(tx, draft)
    written = Written(asked, draft.answer, draft.source, draft.owner or owner, draft.valid_until, draft.village_id)
    tx.execute(drafts.update().where(drafts.c.id == draft.id).values(state=DraftState.withdrawn.value))
    return write(tx, view, draft.cluster_id, written, by=by, at=at)


def withdraw(tx: Tx, draft_id: str, *, by: str) -> None:
    """Take the own answer back before anybody has decided."""
    draft = get(tx, draft_id)
    if draft.author_id != by:
        raise Refused("not_yours")
    if draft.state not in (DraftState.offered, DraftState.waiting):
        raise Refused("answer_settled")
    tx.execute(drafts.update().where(drafts.c.id == draft_id).values(state=DraftState.withdrawn.value))


def get(tx: Tx, draft_id: str) -> Draft:
    """Read one; a `Mistake` where there is none."""
    found = _found(tx, drafts.c.id == draft_id)
    if not found:
        raise Mistake("draft_unknown")
    return found[0]


def of_cluster(tx: Tx, cluster_id: str) -> list[Draft]:
    """List the answers to a cluster, the newest first."""
    return _found(tx, drafts.c.cluster_id == cluster_id)


def offered_to(tx: Tx, author_id: str, since: datetime) -> Draft | None:
    """Find the last answer that somebody gave to one person and nobody has asked for yet."""
    mine = sa.and_(drafts.c.author_id == author_id, drafts.c.state == DraftState.offered.value)
    return next(iter(_found(tx, sa.and_(mine, drafts.c.written_at >= since))), None)


def in_list(tx: Tx, view: View, *states: DraftState) -> list[Draft]:
    """List the answers in these states that may be seen."""
    seen = sa.and_(drafts.c.town_id == view.town_id, drafts.c.state.in_(states))
    if view.villages is not None:
        seen &= drafts.c.village_id.in_(sorted(view.villages))
    return _found(tx, seen)


def let_go(tx: Tx, cluster_id: str, whose: sa.ColumnElement[bool]) -> None:
    """Offer no longer what was given to one person: there is an answer for everybody, or one on its way."""
    offered = (drafts.c.cluster_id == cluster_id, drafts.c.state == DraftState.offered.value)
    tx.execute(drafts.update().where(*offered, whose).values(state=DraftState.withdrawn.value))


def _samples(tx: Tx, draft: Draft) -> tuple[str, ...]:
    """Take the ways of asking of the draft and of those whose questions it answers."""
    same = (questions.c.cluster_id == draft.cluster_id, questions.c.draft_id.is_(None))
    asked = tx.scalars(sa.select(questions.c.text).where(*same).order_by(questions.c.id)).all()
    return tuple(dict.fromkeys((*draft.questions, *asked)))[:MOST_QUESTIONS]


def _store(
    tx: Tx, town_id: str, cluster_id: str, fit: Written, village_id: str | None, state: DraftState, by: str,
    at: datetime,
) -> Draft:  # fmt: skip
    draft_id = new_id()
    row = {
        "id": draft_id, "town_id": town_id, "cluster_id": cluster_id, "questions": list(fit.questions),
        "answer": fit.answer, "source": fit.source, "owner": fit.owner, "village_id": village_id,
        "valid_until": fit.valid_until, "state": state.value, "author_id": by, "written_at": at,
    }  # fmt: skip
    tx.execute(drafts.insert().values(**row))
    return get(tx, draft_id)


def _found(tx: Tx, where: sa.ColumnElement[bool]) -> list[Draft]:
    joined = drafts.join(clusters, drafts.c.cluster_id == clusters.c.id)
    chosen = sa.select(drafts, clusters.c.number).select_from(joined).where(where)
    rows: Sequence[Mapping[Any, Any]] = tx.execute(chosen.order_by(drafts.c.id.desc())).mappings().all()
    return [_draft(row) for row in rows]


def _draft(row: Mapping[Any, Any]) -> Draft:
    named = {name: row[name] for name in Draft.__dataclass_fields__ if name not in ("code", "questions")}
    return Draft(code=f"{LETTER}{row['number']}", questions=tuple(row["questions"]), **named)
