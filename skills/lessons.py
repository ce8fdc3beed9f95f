"""What a town learns from questions it could not answer: a cadre's answer is looked at by a second person, then told.

Joins what knows (`knowledge/questions`) and what waits for people (`workflows`): each answer is a case of its own.
"""

from collections.abc import Mapping
from datetime import datetime

from knowledge.questions import decisions, drafts, kept
from knowledge.questions.drafts import Draft
from knowledge.questions.kept import Owed
from knowledge.questions.overview import Listed
from skills.sheets import say
from township import outbox
from township.clock import SHANGHAI
from township.db import Tx
from township.effects import Say, ToPerson
from township.errors import TownshipError
from township.statements import savepoint
from workflows import cases, catalogue
from workflows.cases import Act, Opening, Outcome
from workflows.catalogue import Occasion
from workflows.state import Via

SLICE = 10
"""People who are told in one transaction: nobody waits behind it."""
WITHDRAWN = "withdrawn"
ANSWER, SAME = "answer", "same"
"""Actions by which a hand-over is closed: with the answer, and without a word where its asker has it already."""


def declare() -> None:
    """Make known what a review and the end of a hand-over do to answers."""
    catalogue.declare("answer.approve", _approve)
    catalogue.declare("answer.reject", _reject)
    catalogue.declare("answer.withdraw", _withdraw)
    catalogue.declare("answer.offer", _offer)


def review(
    tx: Tx,
    draft: Draft,
    asked: Listed,
    villages: Mapping[str, str],
    *,
    service: str,
    at: datetime,
    conversation_id: str | None = None,
) -> Outcome:
    """Ask a second person to look at an answer, by the service that is for it; `villages`: names by id."""
    where = villages.get(draft.village_id or "", "") or say("review_whole_town")
    names = say("review_between").join(villages[one] for one in asked.villages if one in villages)
    about = {"code": draft.code, "count": asked.count, "villages": names or say("review_villages_unknown")}
    fields = {
        "what": say("review_asked", question=draft.questions[0], **about),
        "preview": say(
            "review_preview",
            before=decisions.before(tx, draft) or say("review_before_nothing"),
            after=draft.answer,
            ways=say("review_between").join(draft.questions),
            source=draft.source or say("review_no_source"),
            owner=draft.owner or say("review_nobody_known"),
            until=draft.valid_until.isoformat(),
            where=where,
        ),
        "draft": draft.id,
    }
    opening = Opening(
        draft.town_id, service, _key(draft.id), fields, at, spoke=draft.author_id, conversation_id=conversation_id
    )
    return cases.open(tx, opening, now=at)


def case_of(tx: Tx, draft: Draft) -> str | None:
    """Find the case in which an answer is looked at."""
    return cases.opened_by(tx, draft.town_id, _key(draft.id))


def tell(tx: Tx, now: datetime, limit: int = SLICE) -> int:
    """Bring approved answers to some of those who were promised one, each person once; returns how many were due."""
    due = kept.owed(tx, now.astimezone(SHANGHAI).date(), limit)
    for one in due:
        has_it = kept.has_heard(tx, one.draft_id, one.person_id)
        if not _through_case(tx, one, now, has_it=has_it) and not has_it:
            words = say("answered_later", asked=one.asked, answer=_in_words(one))
            key = f"learned:{one.draft_id}:{one.person_id}"
            outbox.put(tx, one.town_id, [(key, Say(ToPerson(one.person_id), words))], now=now)
        kept.told(tx, one.question_id, now)
    return len(due)


def _through_case(tx: Tx, owed: Owed, now: datetime, *, has_it: bool) -> bool:
    """Close the case that waits for the answer, which tells its villager; False: there is none that takes it."""
    if owed.case_id is None:
        return False
    if cases.standing(tx, owed.town_id, owed.case_id).result == WITHDRAWN:
        return True  # who asked has called it off and waits for nothing
    values = {} if has_it else {"answer": _in_words(owed)}
    action, key = SAME if has_it else ANSWER, f"learned:{owed.question_id}"
    act = Act(owed.town_id, owed.case_id, action, key, owed.author_id, values, via=Via.LEARNED)
    try:
        with savepoint(tx):
            cases.act(tx, act, now=now)
    except TownshipError:
        return False
    return True


def _in_words(owed: Owed) -> str:
    return say("answer_with_source", answer=owed.answer, source=owed.source) if owed.source else owed.answer


def _key(draft_id: str) -> str:
    return f"answer:{draft_id}"


def _approve(tx: Tx, occasion: Occasion) -> None:
    if draft_id := _draft_id(occasion):
        decisions.approve(tx, draft_id, by=str(occasion.by), at=occasion.at)


def _reject(tx: Tx, occasion: Occasion) -> None:
    if draft_id := _draft_id(occasion):
        decisions.reject(tx, draft_id, str(occasion.fields["reason"]), by=str(occasion.by), at=occasion.at)


def _withdraw(tx: Tx, occasion: Occasion) -> None:
    if draft_id := _draft_id(occasion):
        drafts.withdraw(tx, draft_id, by=str(occasion.by))


def _draft_id(occasion: Occasion) -> str:
    """Name the answer that a case is about; a case that was rehearsed is about none."""
    return str(occasion.fields.get("draft", ""))


def _offer(tx: Tx, occasion: Occasion) -> None:
    """Keep the words with which a hand-over was closed: they may become an answer for everybody."""
    drafts.offer(tx, occasion.case_id, str(occasion.fields["answer"]), by=str(occasion.by), at=occasion.at)
    kept.answered_alone(tx, occasion.case_id, occasion.at)
