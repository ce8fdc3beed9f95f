"""Who sees which post: the published ones of one village, for who belongs to it; the predicate is only narrowed."""

from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from township import directory
from township.db import Tx
from township.scope import Scope
from workflows.circle.models import photos, posts
from workflows.circle.posts import Post, get, read
from workflows.circle.rules import category_name
from workflows.circle.states import State
from workflows.circle.texts import texts

SHOWN = 8


class Shown(Struct, frozen=True):
    """A post as a neighbour reads it."""

    id: str
    category: str
    text: str
    by: str
    """Village and name, or that somebody stays unnamed; empty where who listens is not known."""
    at: datetime
    photos: tuple[str, ...]
    """Hashes of the photos as drawn anew."""


def may_see(scope: Scope, village_id: str) -> bool:
    """Say whether somebody belongs to a village, or answers for it; of whom nothing is known does not."""
    return village_id in scope.villages


def of_village(tx: Tx, scope: Scope, village_id: str, *, limit: int = SHOWN, named: bool = True) -> list[Shown]:
    """List the posts of a village, the newest first; nothing where the scope does not reach. `named`: with authors."""
    if not may_see(scope, village_id):
        return []
    where = (posts.c.town_id == scope.town_id, posts.c.village_id == village_id, posts.c.state == State.PUBLISHED.value)
    found = read(tx, *where, order=posts.c.published_at.desc(), limit=limit)
    return shown(tx, found, named=named)


def one(tx: Tx, scope: Scope, post_id: str, *, named: bool = True) -> Shown | None:
    """Read one post, if it is shown and the scope reaches its village."""
    post = get(tx, scope.town_id, post_id)
    if post is None or post.state is not State.PUBLISHED or not may_see(scope, post.village_id):
        return None
    return shown(tx, [post], named=named)[0]


def shown(tx: Tx, found: list[Post], *, named: bool) -> list[Shown]:
    """Draw posts as neighbours read them."""
    people = directory.persons(tx, {post.author_id for post in found})
    villages = {one.id: one.name for one in directory.villages_of(tx, found[0].town_id)} if found else {}
    pictures = _photos(tx, [post.id for post in found])
    drawn = []
    for post in found:
        who = people.get(post.author_id)
        name = texts().say("unnamed") if post.anonymous or who is None else who.name
        by = texts().say("by", village=villages.get(post.village_id, ""), name=name) if named else ""
        at = post.published_at or post.posted_at
        drawn.append(Shown(post.id, category_name(post.category), post.text, by, at, pictures.get(post.id, ())))
    return drawn


def _photos(tx: Tx, post_ids: list[str]) -> dict[str, tuple[str, ...]]:
    ready = sa.select(photos.c.post_id, photos.c.sha256).where(
        photos.c.post_id.in_(post_ids), photos.c.sha256.is_not(None)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in tx.execute(ready.order_by(photos.c.post_id, photos.c.n)):
        found[row.post_id] = (*found.get(row.post_id, ()), row.sha256)
    return found
