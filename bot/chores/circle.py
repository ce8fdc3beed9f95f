"""What the neighbours' circle needs without anybody speaking: photos drawn anew, digests, old words erased."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from bot.purse import Purpose
from bot.spending import Ledger
from township.clock import Clock
from township.db import Database, Tx
from township.directory import Group
from township.filestore import FileStore
from township.models import towns
from workflows.circle import album, digest, posts
from workflows.circle.models import posts as rows
from workflows.circle.rules import rules
from workflows.circle.states import Act, By, State
from workflows.clocks import calendars

SLICE = 50
"""Posts that are cleared away in one go: nobody waits behind a sweep."""
CLEARED_EVERY = timedelta(minutes=10)
"""Of business time: what is past its time has no hurry."""


class Circle:
    """The chores of one process."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        files: FileStore,
        ledger: Ledger,
        *,
        link: Callable[[str], str] = lambda _: "",
    ) -> None:
        """`link`: the address of a village's circle for telephones; empty where there is none."""
        self._db = db
        self._clock = clock
        self._files = files
        self._ledger = ledger
        self._link = link
        self._cleared_at: datetime | None = None

    def develop(self, args: Mapping[str, Any]) -> None:
        """Draw the photos of a post anew: the work of a job, in a thread."""
        album.develop(self._db, self._files, args, self._clock.now())

    async def tell(self) -> int:
        """Put the digests that are due into the outbox; a group whose purse is low hears of it another day."""
        due = await self._db.read(self._due)
        told = 0
        for group in due:
            if self._ledger.may_send(group.account_id, Purpose.notice):
                told += await self._db.write(partial(self._tell, group))
        return told

    def _due(self, tx: Tx) -> list[Group]:
        now = self._clock.now()
        known = list(tx.execute(sa.select(towns.c.id).order_by(towns.c.id)).scalars())
        return [group for one in known for group in digest.due(tx, one, now, calendars.calendar_of(tx, one))]

    def _tell(self, group: Group, tx: Tx) -> bool:
        return digest.tell(tx, group, self._clock.now(), link=self._link(str(group.village_id)))

    async def clear_away(self) -> int:
        """Let lapse what its author never answered, and erase what is past its time, photos included."""
        now = self._clock.now()
        if self._cleared_at is not None and now - self._cleared_at < CLEARED_EVERY:
            return 0
        self._cleared_at = now
        gone = await self._db.write(self._clear)
        for sha256 in gone:
            self._files.drop(sha256)
        return len(gone)

    def _clear(self, tx: Tx) -> list[str]:
        now = self._clock.now()
        unanswered = (rows.c.state == State.ASKED.value, rows.c.asked_at < now - timedelta(hours=rules().asked_for))
        for post in posts.read(tx, *unanswered, limit=SLICE):
            posts.act(tx, post, Act.LAPSE, By.CLOCK, now)
        kept, gone = now - timedelta(days=rules().kept_days), now - timedelta(days=rules().gone_days)
        over = sa.or_(
            sa.and_(rows.c.state == State.PUBLISHED.value, rows.c.published_at < kept),
            sa.and_(rows.c.state != State.PUBLISHED.value, rows.c.posted_at < gone),
            sa.and_(rows.c.state == State.REMOVED.value, rows.c.published_at.is_(None)),
        )
        old = posts.read(tx, rows.c.wiped_at.is_(None), over, limit=SLICE)
        files = album.forget(tx, [post.id for post in old]) if old else []
        posts.wipe(tx, old, now)
        return files
