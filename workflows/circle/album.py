"""The photos of posts: put down as they were sent, drawn anew by a job, and the original thrown away (kept 0 days).

Only what was drawn anew is ever shown.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from township import jobs, outbox
from township.db import Database, Tx, insert_ignore
from township.effects import Say, ToPerson
from township.errors import Mistake
from township.filestore import FileStore
from township.models import person_values
from workflows.circle.models import photos, posts
from workflows.circle.photos import draw_anew
from workflows.circle.posts import Post
from workflows.circle.rules import rules
from workflows.circle.texts import texts

DEVELOP: Final = "circle.develop"
"""The job that draws the photos of a post anew."""


def add(tx: Tx, post: Post, originals: Sequence[str], machine: datetime) -> int:
    """Put photos to a post, as many as it may have, and ask for them to be drawn anew; returns how many were taken."""
    held = tx.execute(sa.select(sa.func.count()).where(photos.c.post_id == post.id)).scalar_one()
    taken = list(dict.fromkeys(originals))[: max(rules().most_photos - held, 0)]
    for n, original in enumerate(taken, held + 1):
        row = {"post_id": post.id, "n": n, "town_id": post.town_id, "original": original}
        insert_ignore(tx, photos, row, ["post_id", "n"])
    if taken:
        jobs.defer(tx, DEVELOP, {"post": post.id}, f"{DEVELOP}:{post.id}:{held}", machine=machine)
    return len(taken)


def has_any(tx: Tx, post_id: str) -> bool:
    """Say whether photos were sent with a post."""
    return bool(tx.execute(sa.select(photos.c.n).where(photos.c.post_id == post_id).limit(1)).first())


def develop(db: Database, files: FileStore, args: Mapping[str, Any], now: datetime) -> None:
    """Draw the new photos of a post anew and throw the originals away. Runs in a thread; twice is once."""
    post_id = str(args["post"])
    fresh = sa.select(photos.c.n, photos.c.original).where(photos.c.post_id == post_id, photos.c.original.is_not(None))
    waiting = db.read_now(lambda tx: tx.execute(fresh.order_by(photos.c.n)).all())
    drawn = [(row.n, *_drawn(files, row.original)) for row in waiting]
    dead = db.write_now(lambda tx: _note(tx, post_id, drawn, [row.original for row in waiting], now))
    for sha256 in dead:
        files.drop(sha256)


def _drawn(files: FileStore, original: str) -> tuple[str | None, str]:
    try:
        return files.keep(draw_anew(files.path(original).read_bytes())), ""
    except Mistake as mistake:
        return None, mistake.code
    except FileNotFoundError:
        return None, "no_photo"


def _note(
    tx: Tx, post_id: str, drawn: Sequence[tuple[int, str | None, str]], originals: Sequence[str], now: datetime
) -> list[str]:
    """Write down what became of photos; returns the originals that nothing else needs."""
    for n, sha256, problem in drawn:
        mine = (photos.c.post_id == post_id, photos.c.n == n)
        tx.execute(sa.update(photos).where(*mine).values(original=None, sha256=sha256, problem=problem))
    failed = sum(1 for _, sha256, _ in drawn if sha256 is None)
    if failed:
        author = tx.execute(sa.select(posts.c.town_id, posts.c.author_id).where(posts.c.id == post_id)).one()
        said = Say(ToPerson(author.author_id), texts().say("photo_problem", count=failed))
        outbox.put(tx, author.town_id, [(f"circle:photo:{post_id}:{drawn[0][0]}", said)], now=now)
    shown = {sha256 for _, sha256, _ in drawn}
    return [one for one in dict.fromkeys(originals) if one not in shown and not _is_needed(tx, one)]


def _is_needed(tx: Tx, sha256: str) -> bool:
    """Say whether a case or another post holds the same file."""
    kept = sa.select(person_values.c.id).where(
        person_values.c.kind.in_(("photos", "file")), person_values.c.value.contains(sha256)
    )
    other = sa.select(photos.c.n).where(sa.or_(photos.c.original == sha256, photos.c.sha256 == sha256))
    return any(tx.execute(one.limit(1)).first() for one in (kept, other))


def forget(tx: Tx, post_ids: Sequence[str]) -> list[str]:
    """Take the photos off posts; returns the files that nothing else needs."""
    mine = photos.c.post_id.in_(list(post_ids))
    rows = tx.execute(sa.select(photos.c.sha256, photos.c.original).where(mine)).all()
    tx.execute(sa.delete(photos).where(mine))
    files = {sha256 for row in rows for sha256 in row if sha256}
    return [one for one in sorted(files) if not _is_needed(tx, one)]
