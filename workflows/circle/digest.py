"""What a village group hears of its circle: at most once a working day, only when something is new, never each post."""

from datetime import date, datetime

import sqlalchemy as sa

from township import outbox
from township.clock import SHANGHAI
from township.db import Tx, insert_ignore
from township.directory import Group
from township.effects import Say, ToGroup
from township.models import groups
from township.workdays import Calendar
from workflows.circle import wall
from workflows.circle.models import digests, posts
from workflows.circle.posts import Post, read
from workflows.circle.rules import rules
from workflows.circle.states import State
from workflows.circle.texts import texts

LINES = 5
LONG = 40
"""Characters of a post in a line."""


def due(tx: Tx, town_id: str, now: datetime, calendar: Calendar) -> list[Group]:
    """List the village groups of a town that may hear a digest now and have something new to hear."""
    here = now.astimezone(SHANGHAI)
    if here.time() < rules().digest_at or not calendar.day(here.date()).spans:
        return []
    fresh = sa.exists().where(*_new(groups.c.village_id))
    told = sa.exists().where(digests.c.village_id == groups.c.village_id, digests.c.day == here.date())
    in_village = (groups.c.town_id == town_id, groups.c.village_id.is_not(None), sa.not_(groups.c.cadres_only))
    chosen = sa.select(groups).where(*in_village, fresh, sa.not_(told))
    return [Group(**row) for row in tx.execute(chosen.order_by(groups.c.id)).mappings()]


def tell(tx: Tx, group: Group, now: datetime, *, link: str = "") -> bool:
    """Tell a group what is new in the circle of its village; a second process that comes to it says nothing."""
    day = now.astimezone(SHANGHAI).date()
    found = read(tx, *_new(group.village_id), order=posts.c.published_at, limit=200)
    row = {"village_id": group.village_id, "day": day, "town_id": group.town_id, "count": len(found), "at": now}
    if not found or not insert_ignore(tx, digests, row, ["village_id", "day"]):
        return False
    _mark(tx, found, day)
    say = Say(ToGroup(group.id), words(tx, found, link=link), texts().say("digest_title"))
    outbox.put(tx, group.town_id, [(f"circle:digest:{group.id}:{day.isoformat()}", say)], now=now)
    return True


def words(tx: Tx, found: list[Post], *, link: str = "") -> str:
    """Write a digest: what is said, not who said it; more than a few are only counted."""
    lines = [texts().say("digest_head", count=len(found))]
    for one in wall.shown(tx, found[:LINES], named=False):
        lines.append(texts().say("digest_line", category=one.category, text=_short(one.text)))
    if len(found) > LINES:
        lines.append(texts().say("digest_more", more=len(found) - LINES))
    lines.append(texts().say("digest_foot"))
    return "  \n".join([*lines, *([texts().say("digest_link", url=link)] if link else [])])


def _new(village_id: object) -> tuple[sa.ColumnElement[bool], ...]:
    return (posts.c.village_id == village_id, posts.c.state == State.PUBLISHED.value, posts.c.told_on.is_(None))


def _mark(tx: Tx, found: list[Post], day: date) -> None:
    tx.execute(sa.update(posts).where(posts.c.id.in_([one.id for one in found])).values(told_on=day))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONG else f"{line[:LONG]}…"
