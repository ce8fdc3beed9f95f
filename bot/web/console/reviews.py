"""A document that waits for a second person, as the case that it is: asked for, found, and settled at the console.

The same case stands on the colleague's card in the chat; whichever is answered first decides.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.web.console.session import Visitor
from bot.web.pages import Pages
from knowledge import documents
from knowledge.documents import Draft
from knowledge.validity import consequences
from township import directory
from township.db import Tx
from township.errors import Refused
from workflows import cases, tasks, values
from workflows.cases import Act, Opening
from workflows.models import cases as case_rows
from workflows.state import Via

SERVICE: Final = "document_review"
SHOWN: Final = 40
"""Characters of a clause on the colleague's card."""


@dataclass(frozen=True, slots=True)
class Review:
    """The open case of a draft."""

    case_id: str
    task_id: str
    """The visitor's own task on it; empty if somebody else is asked."""
    waits_for: tuple[str, ...]
    """Names."""


def ask(tx: Tx, visitor: Visitor, draft: Draft, pages: Pages, at: datetime) -> None:
    """Ask a second person to look at a draft."""
    since = pages.day(draft.in_force_from) if draft.in_force_from else pages.say("review_since_unsaid")
    about = {"title": draft.title, "doc_no": draft.doc_no or pages.say("review_number_unsaid")}
    fields = {
        "what": pages.say("review_what", **about, count=draft.clause_count, since=since),
        "preview": "\n".join(
            [*(clause[:SHOWN] for clause in draft.first_clauses), *consequences.lines(draft.consequences)]
        ),
        "version": draft.version_id,
        "by": visitor.person.name,
    }
    key = _key(draft.version_id)
    cases.open(tx, Opening(visitor.person.town_id, SERVICE, key, fields, at, spoke=visitor.person.id), now=at)


def of_draft(tx: Tx, visitor: Visitor, draft: Draft) -> Review | None:
    """Find the open case of a draft; None if its case is over, or it never had one."""
    town_id = visitor.person.town_id
    open_cases = sa.and_(case_rows.c.town_id == town_id, case_rows.c.skill == SERVICE, case_rows.c.result == "")
    rows = tx.execute(sa.select(case_rows.c.id, case_rows.c.fields).where(open_cases)).all()
    told = values.resolve(tx, [row.fields for row in rows])
    found = next((row.id for row, one in zip(rows, told, strict=True) if one["version"] == draft.version_id), None)
    if found is None:
        return None
    held = [task for task in tasks.of_case(tx, found) if task.state == "open"]
    people = directory.persons(tx, [task.person_id for task in held])
    own = next((task.id for task in held if task.person_id == visitor.person.id), "")
    return Review(found, own, tuple(person.name for person in people.values()))


def confirm(tx: Tx, visitor: Visitor, draft: Draft, key: str, at: datetime) -> None:
    """Put a draft in force, as who was asked; a draft whose case is gone is confirmed by any other keeper."""
    review = of_draft(tx, visitor, draft)
    if review is None or draft.ingested_by == visitor.person.id:
        documents.confirm(tx, draft.version_id, by=visitor.person.id, at=at)
        return
    _act(tx, visitor, review, "approve", {}, key, at)


def discard(tx: Tx, visitor: Visitor, draft: Draft, reason: str, key: str, at: datetime) -> None:
    """Throw a draft away: the colleague says what is wrong with it, who brought it only takes it back."""
    review = of_draft(tx, visitor, draft)
    if review is None:
        documents.discard(tx, draft.version_id)
    elif draft.ingested_by == visitor.person.id:
        _act(tx, visitor, review, "withdraw", {}, key, at)
        documents.discard(tx, draft.version_id)
    else:
        _act(tx, visitor, review, "reject", {"reason": reason} if reason else {}, key, at)


def _act(tx: Tx, visitor: Visitor, review: Review, action: str, given: dict[str, str], key: str, at: datetime) -> None:
    if action != "withdraw" and not review.task_id:
        raise Refused("not_yours")
    person = visitor.person
    act = Act(person.town_id, review.case_id, action, key, person.id, given, review.task_id or None, Via.CONSOLE)
    cases.act(tx, act, now=at)


def _key(version_id: str) -> str:
    return f"console:review:{version_id}"
