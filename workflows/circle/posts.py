"""Posts as rows: written once a message, moved from state to state, their words erasable. Who may see them: wall.py.

Each act is counted with its reason code; why a post waits and who decides is a case (review.py).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township.clock import SHANGHAI
from township.db import Tx, insert_ignore
from township.directory import Person
from township.ids import new_id
from township.models import people, person_values
from township.statements import Row
from workflows.circle import digits, states
from workflows.circle.digits import NumberKind
from workflows.circle.models import acts, posts
from workflows.circle.moderation import Author, Verdict, judge
from workflows.circle.rules import Reason, category_of, rules
from workflows.circle.states import Act, By, State

KIND = "post"
"""Of the values in which the words of posts are kept."""
NEVER_SHOWN = frozenset({NumberKind.ID_NUMBER, NumberKind.BANK_CARD})
"""Masked before they are stored, whatever their author says."""
GRAVE = frozenset({Reason.FRAUD, Reason.FORBIDDEN, Reason.THREAT, Reason.LINK})
"""With these, nothing is asked of the author: somebody looks."""
YEAR = timedelta(days=365.25)
AT_ONCE = 500
"""Values in one list of a statement."""


class Draft(Struct, frozen=True):
    """What somebody wants to post. `key` is the message: the same key is one post."""

    town_id: str
    village_id: str
    author: Person
    key: str
    text: str
    anonymous: bool = False
    photos: int = 0


class Post(Struct, frozen=True):
    """A post as stored."""

    id: str
    town_id: str
    village_id: str
    author_id: str
    category: str
    text: str
    anonymous: bool
    state: State
    reasons: tuple[Reason, ...]
    question: str
    asked_at: datetime | None
    case_id: str | None
    report_case_id: str | None
    posted_at: datetime
    published_at: datetime | None


def message_of(tx: Tx, post: Post) -> str:
    """Name the message in which a post was written."""
    key = tx.execute(sa.select(posts.c.key).where(posts.c.id == post.id)).scalar_one()
    return str(key).rpartition(":")[0]


def write(tx: Tx, draft: Draft, now: datetime) -> tuple[Post, bool]:
    """Write a post down as the rules say; the second value tells whether it is new."""
    verdict = judge(draft.text, photos=draft.photos, author=author_of(tx, draft.author, now))
    state, reasons, text = _first(draft.text, verdict)
    row: dict[str, Any] = {
        "id": new_id(), "town_id": draft.town_id, "village_id": draft.village_id, "author_id": draft.author.id,
        "key": draft.key, "category": category_of(draft.text), "text_ref": new_id(), "anonymous": draft.anonymous,
        "state": state.value, "reasons": list(reasons), "question": "mask" if state is State.ASKED else "",
        "asked_at": now if state is State.ASKED else None, "posted_at": now,
        "published_at": now if state is State.PUBLISHED else None,
    }  # fmt: skip
    if not insert_ignore(tx, posts, row, ["town_id", "key"]):
        return _one(tx, posts.c.town_id == draft.town_id, posts.c.key == draft.key), False
    _keep_text(tx, row["text_ref"], draft.town_id, draft.author.id, text, now)
    post = _one(tx, posts.c.id == row["id"])
    count(tx, post, states.FIRST[state], By.RULES if state is State.HELD else By.AUTHOR, now, reasons)
    if verdict.watched and state is State.PUBLISHED:
        count(tx, post, Act.WATCH, By.RULES, now, verdict.watched)
    return post, True


def _first(text: str, verdict: Verdict) -> tuple[State, tuple[Reason, ...], str]:
    """Say where a new post stands, why, and which words are stored."""
    reasons = tuple(dict.fromkeys((*verdict.reasons, *verdict.numbers)))
    if set(verdict.reasons) & GRAVE:
        return State.HELD, reasons, verdict.masked
    if verdict.numbers:
        return State.ASKED, reasons, digits.mask(text, NEVER_SHOWN)
    return (State.HELD if verdict.reasons else State.PUBLISHED), reasons, text


def author_of(tx: Tx, person: Person, now: datetime) -> Author:
    """Say of an author what the rules must know: a newcomer is of no household yet and has shown few posts."""
    born = tx.execute(sa.select(people.c.born_on).where(people.c.id == person.id)).scalar()
    is_child = born is not None and _age(born, now) < rules().grown_up
    if person.household_id is not None or person.is_cadre:
        return Author(is_child=is_child)
    mine = sa.and_(posts.c.author_id == person.id, posts.c.published_at.is_not(None))
    shown = tx.execute(sa.select(sa.func.count()).select_from(posts).where(mine)).scalar_one()
    return Author(is_newcomer=shown < rules().newcomer_posts, is_child=is_child)


def _age(born: date, now: datetime) -> int:
    today = now.astimezone(SHANGHAI).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def act(tx: Tx, post: Post, what: Act, by: By, now: datetime, *, reasons: Iterable[Reason | str] = ()) -> Post:
    """Do something to a post; what may not be now is Refused. `reasons` of a hold stay with the post."""
    then, why = states.after(post.state, what, by), list(reasons)
    values: dict[str, Any] = {"state": then.value}
    if what in (Act.HOLD, Act.PUBLISH):
        values |= {"reasons": why}
    if then is not post.state:
        values |= {"question": ""}
    if then is State.PUBLISHED and post.published_at is None:
        values |= {"published_at": now}
    if then is State.REMOVED:
        values |= {"ended_at": now}
    tx.execute(sa.update(posts).where(posts.c.id == post.id).values(**values))
    count(tx, post, what, by, now, why)
    return _one(tx, posts.c.id == post.id)


def keep(tx: Tx, post: Post, **values: Any) -> Post:
    """Note something about a post that changes nothing of where it stands."""
    tx.execute(sa.update(posts).where(posts.c.id == post.id).values(**values))
    return _one(tx, posts.c.id == post.id)


def reword(tx: Tx, post: Post, text: str) -> None:
    """Put other words in place of what was written; the old ones are gone."""
    ref = sa.select(posts.c.text_ref).where(posts.c.id == post.id).scalar_subquery()
    tx.execute(sa.update(person_values).where(person_values.c.id == ref).values(value=text))


def count(tx: Tx, post: Post, what: Act, by: By, now: datetime, reasons: Iterable[str] = ()) -> None:
    """Count an act for each of its reasons, once without any."""
    rows = [
        {
            "id": new_id(), "town_id": post.town_id, "village_id": post.village_id, "post_id": post.id,
            "act": what.value, "reason": reason, "by_part": by.value, "rules": rules().version, "at": now,
        }
        for reason in (list(reasons) or [""])
    ]  # fmt: skip
    tx.execute(sa.insert(acts), rows)


def get(tx: Tx, town_id: str, post_id: str) -> Post | None:
    """Find a post of a town."""
    return next(iter(read(tx, posts.c.town_id == town_id, posts.c.id == post_id)), None)


def of_today(tx: Tx, person_id: str, now: datetime) -> list[Post]:
    """List what somebody has posted since this time yesterday, the newest first."""
    return read(tx, posts.c.author_id == person_id, posts.c.posted_at > now - timedelta(days=1))


def of_cases(tx: Tx, case_ids: Sequence[str]) -> dict[str, Post]:
    """Find the posts that are looked at in some cases, by case; most cases are about none."""
    found: dict[str, Post] = {}
    for start in range(0, len(case_ids), AT_ONCE):
        some = case_ids[start : start + AT_ONCE]
        found |= {post.case_id: post for post in read(tx, posts.c.case_id.in_(some), limit=AT_ONCE) if post.case_id}
    return found


def of_author(tx: Tx, person_id: str, *, limit: int = 20, living: bool = True) -> list[Post]:
    """List what somebody has posted, the newest first."""
    where = [posts.c.author_id == person_id]
    if living:
        where.append(posts.c.state != State.REMOVED.value)
    return read(tx, *where, limit=limit)


def asked(tx: Tx, person_id: str, since: datetime) -> Post | None:
    """Find the newest post about which its author is asked something."""
    where = (posts.c.author_id == person_id, posts.c.question != "", posts.c.asked_at >= since)
    return next(iter(read(tx, *where, order=posts.c.asked_at.desc(), limit=1)), None)


def read(tx: Tx, *where: sa.ColumnElement[bool], order: Any = None, limit: int = 50) -> list[Post]:
    """Read posts with their words; callers bring the predicate of who may see them."""
    chosen = sa.select(posts, person_values.c.value).join(
        person_values, person_values.c.id == posts.c.text_ref, isouter=True
    )
    order = posts.c.posted_at.desc() if order is None else order
    rows = tx.execute(chosen.where(*where).order_by(order, posts.c.id.desc()).limit(limit)).mappings()
    return [_post(row) for row in rows]


def _one(tx: Tx, *where: sa.ColumnElement[bool]) -> Post:
    return read(tx, *where, limit=1)[0]


def _post(row: Row) -> Post:
    same = ("id", "town_id", "village_id", "author_id", "category", "anonymous", "question", "asked_at", "case_id")
    return Post(
        **{name: row[name] for name in (*same, "report_case_id", "posted_at", "published_at")},
        text=row["value"] or "",
        state=State(row["state"]),
        reasons=tuple(Reason(one) for one in row["reasons"]),
    )


def _keep_text(tx: Tx, ref: str, town_id: str, person_id: str, text: str, now: datetime) -> None:
    row = {"id": ref, "town_id": town_id, "person_id": person_id, "kind": KIND, "value": text, "retention": "year"}
    tx.execute(sa.insert(person_values).values(**row, created_at=now))


def wipe(tx: Tx, chosen: Sequence[Post], now: datetime) -> None:
    """Erase the words of posts; that they were, and what was done to them, stays."""
    ids = [post.id for post in chosen]
    refs = sa.select(posts.c.text_ref).where(posts.c.id.in_(ids))
    tx.execute(sa.update(person_values).where(person_values.c.id.in_(refs)).values(value=None, erased_at=now))
    tx.execute(sa.update(posts).where(posts.c.id.in_(ids)).values(wiped_at=now))
