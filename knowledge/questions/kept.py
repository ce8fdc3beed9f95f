"""Questions as rows: kept when nobody could answer, forgotten with the person or after their time, told once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from knowledge.questions import wording
from knowledge.questions.models import Cause, DraftState, clusters, drafts, questions
from township import jobs
from township.db import Tx, insert_ignore
from township.ids import new_id
from township.models import people
from township.scope import Audience

SORT = "sort_questions"
"""The job that puts new questions beside those that ask the same."""
PROMISED_FOR = timedelta(days=30)
"""How long an answer that was promised is still brought."""
SHORTEST = 3
"""Characters below which words ask nothing."""
SLICE = 500
"""Names looked up by one statement; rows cleared away in one go."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that could not be answered, or whose answer was not liked, as it was said."""

    town_id: str
    key: str
    """The message and its place in it: the same key is kept once."""
    text: str
    on_day: date
    audience: Audience
    village_id: str | None = None
    person_id: str | None = None
    cause: Cause = Cause.unanswered
    promised: bool = False
    case_id: str | None = None
    correction: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """An approved answer that somebody who asked has not had yet."""

    question_id: str
    draft_id: str
    town_id: str
    person_id: str
    case_id: str | None
    asked: str
    answer: str
    source: str
    author_id: str


def keep(tx: Tx, asked: Asked, *, at: datetime) -> bool:
    """Keep a question with its words masked; False: it is known, says nothing, or is not ours to keep."""
    if wording.is_private(asked.text):
        return False
    correction = "" if wording.is_private(asked.correction) else asked.correction
    names = _names(tx, asked.town_id, f"{asked.text}\n{correction}")
    text = wording.kept_words(asked.text, names)
    if len(text) < SHORTEST:
        return False
    row = {
        "id": new_id(),
        "key": f"{asked.key}:{asked.cause.value}",
        "town_id": asked.town_id,
        "text": text,
        "cause": asked.cause.value,
        "correction": wording.kept_words(correction, names),
        "about": wording.plain(asked.about, wording.MOST_NAMED),
        "village_id": asked.village_id,
        "audience": asked.audience.value,
        "on_day": asked.on_day,
        "person_id": asked.person_id,
        "promised": asked.promised,
        "case_id": asked.case_id,
    }
    is_new = insert_ignore(tx, questions, row, ["key"])
    if is_new:
        jobs.defer(tx, SORT, {}, f"{SORT}:{row['id']}", machine=at)
    return is_new


def _names(tx: Tx, town_id: str, text: str) -> list[str]:
    """Find the names of people of the town that stand in a text."""
    possible = list(dict.fromkeys(wording.possible_names(text)))
    found: list[str] = []
    for start in range(0, len(possible), SLICE):
        few = people.c.name.in_(possible[start : start + SLICE])
        found += tx.scalars(sa.select(people.c.name).where(people.c.town_id == town_id, few)).all()
    return found


def owed(tx: Tx, today: date, limit: int) -> list[Owed]:
    """List who was promised an answer in the last days, and may have it now."""
    q, d = questions.c, drafts.c
    mine = sa.and_(q.promised, q.told_at.is_(None), q.person_id.is_not(None), q.on_day >= today - PROMISED_FOR)
    found = (
        sa.select(q.id, q.draft_id, q.town_id, q.person_id, q.case_id, q.text, d.answer, d.source, d.author_id)
        .select_from(questions.join(drafts, q.draft_id == d.id))
        .where(mine, d.state == DraftState.approved.value)
        .order_by(q.id)
        .limit(limit)
    )
    return [Owed(*row) for row in tx.execute(found)]


def told(tx: Tx, question_id: str, at: datetime) -> None:
    """Write down that the asker of a question has had the answer."""
    tx.execute(questions.update().where(questions.c.id == question_id).values(told_at=at))


def has_heard(tx: Tx, draft_id: str, person_id: str) -> bool:
    """Tell whether somebody has had this answer already, to another question of the same kind."""
    same = (questions.c.draft_id == draft_id, questions.c.person_id == person_id, questions.c.told_at.is_not(None))
    return tx.execute(sa.select(questions.c.id).where(*same).limit(1)).first() is not None


def answered_alone(tx: Tx, case_id: str, at: datetime) -> None:
    """Write down that the case of a question was closed with an answer: its asker has had one."""
    same = (questions.c.case_id == case_id, questions.c.told_at.is_(None))
    tx.execute(questions.update().where(*same).values(told_at=at))


def forget(tx: Tx, person_id: str) -> int:
    """Take out every question of a person; returns how many there were."""
    return tx.execute(questions.delete().where(questions.c.person_id == person_id)).rowcount


def clear_away(tx: Tx, kept_from: date) -> int:
    """Take out what is past its time, the questions of people who are no more, and clusters that hold nothing."""
    living = sa.select(people.c.id).where(people.c.id == questions.c.person_id, people.c.erased_at.is_(None))
    gone = sa.and_(questions.c.person_id.is_not(None), ~living.exists())
    over = sa.select(questions.c.id).where(sa.or_(questions.c.on_day < kept_from, gone)).limit(SLICE)
    ids: Sequence[str] = tx.scalars(over).all()
    if ids:
        tx.execute(questions.delete().where(questions.c.id.in_(ids)))
    asked = sa.select(questions.c.id).where(questions.c.cluster_id == clusters.c.id)
    written = sa.select(drafts.c.id).where(drafts.c.cluster_id == clusters.c.id)
    tx.execute(clusters.delete().where(~asked.exists(), ~written.exists()))
    return len(ids)
