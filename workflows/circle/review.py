"""A post that somebody has to look at, as the case that it is: opened here, and what the case may do to the post.

Held posts and reported ones wait in one list; who decides an appeal is never who decided before.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from township import directory, outbox
from township.clock import SHANGHAI
from township.db import Tx, insert_ignore
from township.directory import Role
from township.effects import Say, ToPerson
from township.errors import Refused
from workflows import cases, catalogue
from workflows.cases import Opening, Outcome
from workflows.catalogue import Occasion
from workflows.circle import posts
from workflows.circle.models import reports
from workflows.circle.posts import Post
from workflows.circle.rules import Reason
from workflows.circle.states import Act, By, State
from workflows.circle.texts import in_words, texts
from workflows.state import Via

SKILL: Final = "circle_post"


def hold(tx: Tx, post: Post, now: datetime, *, by_town: bool = False) -> Outcome:
    """Ask somebody to look at a held post; the reply is for its author: why, who decides, by when."""
    return _open(tx, post, now, cause="held", why=in_words(post.reasons), by_town=by_town, spoke=post.author_id)


def report(tx: Tx, post: Post, person_id: str, now: datetime, *, by_town: bool = False) -> bool:
    """Ask somebody to look at a post that a neighbour reported; it stays until then. False: the same person again."""
    row = {"post_id": post.id, "person_id": person_id, "town_id": post.town_id, "at": now}
    if not insert_ignore(tx, reports, row, ["post_id", "person_id"]):
        return False
    posts.count(tx, post, Act.REPORT, By.NEIGHBOUR, now, [Reason.REPORTED])
    if not _is_open(tx, post):
        _open(tx, post, now, cause="reported", why=texts().say("why_reported"), by_town=by_town, spoke=None)
    return True


def _open(
    tx: Tx, post: Post, now: datetime, *, cause: str, why: str, by_town: bool, spoke: str | None
) -> Outcome:  # fmt: skip
    fields: dict[str, Any] = {"what": post.text, "why": why, "cause": cause, "post": post.id}
    if by_town and (found := _of_town(tx, post, now)):
        fields["reviewer"] = found
    opening = Opening(
        post.town_id, SKILL, f"post:{post.id}:{cause}:{now.isoformat()}", fields, now, spoke=spoke,
        affected=post.author_id, told=(post.author_id,), village_id=post.village_id,
    )  # fmt: skip
    outcome = cases.open(tx, opening, now=now)
    posts.keep(tx, post, case_id=outcome.case_id)
    remind(tx, post.town_id, {task.person for task in outcome.tasks}, now)
    return outcome


def remind(tx: Tx, town_id: str, people: set[str], now: datetime) -> None:
    """Say once a day to each who looks at posts that some wait: they stand in one list, with no card each."""
    day = now.astimezone(SHANGHAI).date().isoformat()
    says = ((f"circle:waiting:{one}:{day}", Say(ToPerson(one), texts().say("waiting"))) for one in sorted(people))
    outbox.put(tx, town_id, says, now=now)


def withdraw(tx: Tx, post: Post, key: str, now: datetime) -> None:
    """Its author took a post back: nobody has to look at it any longer."""
    if post.case_id is None or not _is_open(tx, post):
        return
    acting = cases.Act(post.town_id, post.case_id, "withdraw", f"{key}:case", post.author_id, {}, via=Via.CHAT)
    cases.act(tx, acting, now=now)


def _is_open(tx: Tx, post: Post) -> bool:
    return post.case_id is not None and not cases.standing(tx, post.town_id, post.case_id).result


def _of_town(tx: Tx, post: Post, now: datetime) -> str | None:
    """Find who decides in place of the village: an office of the town that is not the author's own."""
    for role in (Role.TOWN_CLERK, Role.TOWN_DUTY):
        for person in directory.people_with_role(tx, post.town_id, role, now):
            if person.id != post.author_id:
                return person.id
    return None


def declare() -> None:
    """Make known what a case may do to its post."""
    catalogue.declare("circle.release", _release)
    catalogue.declare("circle.refuse", _refuse)
    catalogue.declare("circle.appeal", _appeal)
    catalogue.declare("circle.grant", _grant)
    catalogue.declare("circle.uphold", _uphold)


def _post(tx: Tx, occasion: Occasion) -> Post | None:
    """Find the post of a case; in a rehearsal there is none."""
    return posts.get(tx, occasion.town_id, str(occasion.fields.get("post", "")))


def _release(tx: Tx, occasion: Occasion) -> None:
    if post := _post(tx, occasion):
        is_shown = post.state is State.PUBLISHED
        posts.act(tx, post, Act.KEEP if is_shown else Act.RELEASE, By.REVIEWER, occasion.at, reasons=post.reasons)
        _tell_reporters(tx, post, "report_kept", occasion.at)


def _refuse(tx: Tx, occasion: Occasion) -> None:
    if post := _post(tx, occasion):
        what = Act.TAKE_DOWN if post.state is State.PUBLISHED else Act.REFUSE
        posts.act(tx, post, what, By.REVIEWER, occasion.at, reasons=_chosen(occasion.fields))
        _tell_reporters(tx, post, "report_taken_down", occasion.at)


def _appeal(tx: Tx, occasion: Occasion) -> None:
    if post := _post(tx, occasion):
        posts.act(tx, post, Act.APPEAL, By.AUTHOR, occasion.at)


def _grant(tx: Tx, occasion: Occasion) -> None:
    if post := _post(tx, occasion):
        posts.act(tx, post, Act.GRANT, By.OTHER_REVIEWER, occasion.at, reasons=_chosen(occasion.fields))


def _uphold(tx: Tx, occasion: Occasion) -> None:
    if post := _post(tx, occasion):
        posts.act(tx, post, Act.UPHOLD, By.OTHER_REVIEWER, occasion.at, reasons=_chosen(occasion.fields))


def _chosen(fields: Mapping[str, Any]) -> list[str]:
    """The code of the reason that was chosen; none is a bug of the skill."""
    if not fields.get("reason"):
        raise Refused("reason_missing")
    return [str(fields["reason"])]


def _tell_reporters(tx: Tx, post: Post, sentence: str, now: datetime) -> None:
    """Say to those who asked for a look what came of it; of nobody else is spoken."""
    who = tx.execute(sa.select(reports.c.person_id).where(reports.c.post_id == post.id)).scalars()
    says = ((f"circle:{sentence}:{post.id}:{one}", Say(ToPerson(one), texts().say(sentence))) for one in list(who))
    outbox.put(tx, post.town_id, says, now=now)
