"""A document that waits for a second person, as the case that it is: asked for, found, and settled at the console.

The same case stands on the colleague's card in the chat; whichever is answered first decides.
"""

from datetime import datetime
from typing import Final

from bot.web.console import standing
from bot.web.console.session import Visitor
from bot.web.console.standing import Standing
from bot.web.pages import Pages
from knowledge import documents
from knowledge.documents import Draft
from knowledge.validity import consequences
from township.db import Tx
from workflows import cases
from workflows.cases import Opening

SERVICE: Final = "document_review"
SHOWN: Final = 40
"""Characters of a clause on the colleague's card."""


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


def of_draft(tx: Tx, visitor: Visitor, draft: Draft) -> Standing | None:
    """Find the open case of a draft; None if its case is over, or it never had one."""
    return standing.about(tx, visitor, SERVICE, "version", draft.version_id)


def confirm(tx: Tx, visitor: Visitor, draft: Draft, key: str, at: datetime) -> None:
    """Put a draft in force, as who was asked; a draft whose case is gone is confirmed by any other keeper."""
    review = of_draft(tx, visitor, draft)
    if review is None or draft.ingested_by == visitor.person.id:
        documents.confirm(tx, draft.version_id, by=visitor.person.id, at=at)
        return
    standing.act(tx, visitor, review, "approve", {}, key, at)


def discard(tx: Tx, visitor: Visitor, draft: Draft, reason: str, key: str, at: datetime) -> None:
    """Throw a draft away: the colleague says what is wrong with it, who brought it only takes it back."""
    review = of_draft(tx, visitor, draft)
    if review is None:
        documents.discard(tx, draft.version_id)
    elif draft.ingested_by == visitor.person.id:
        standing.withdraw(tx, visitor, review, key, at)
        documents.discard(tx, draft.version_id)
    else:
        standing.act(tx, visitor, review, "reject", {"reason": reason} if reason else {}, key, at)


def _key(version_id: str) -> str:
    return f"console:review:{version_id}"
