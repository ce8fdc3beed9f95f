"""What the town learns from, without anybody speaking: questions gathered, answers brought, old ones cleared."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from knowledge.library import Library
from knowledge.questions import kept, sorting
from skills import lessons
from township.clock import SHANGHAI, Clock
from township.db import Database

MONTH = timedelta(days=31)
CLEARED_EVERY = timedelta(minutes=10)
"""Of business time."""


class Learning:
    """The chores of one process."""

    def __init__(self, db: Database, clock: Clock, library: Library, *, months: int = 12) -> None:
        """`months`: how long a question is kept."""
        self._db = db
        self._clock = clock
        self._library = library
        self._months = months
        self._cleared_at: datetime | None = None

    def sort(self, _: Mapping[str, Any]) -> int:
        """Put new questions beside those that ask the same: the work of a job, in a thread."""
        return sorting.sort(self._library, self._clock.now())

    async def tell(self) -> int:
        """Bring approved answers to who was promised one, slice by slice."""
        told = 0
        while some := await self._db.write(lambda tx: lessons.tell(tx, self._clock.now())):
            told += some
        return told

    async def clear_away(self) -> int:
        """Take out what is past its time, and the questions of people who were erased."""
        now = self._clock.now()
        if self._cleared_at is not None and now - self._cleared_at < CLEARED_EVERY:
            return 0
        self._cleared_at = now
        kept_from = now.astimezone(SHANGHAI).date() - self._months * MONTH
        return await self._db.write(lambda tx: kept.clear_away(tx, kept_from))
