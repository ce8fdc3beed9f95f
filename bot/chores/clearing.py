"""What is kept only for a time: the words that came and went, papers without a seal, what was spoken. It goes here.

Cases, papers with a seal and their register stay; the circle and the kept questions clear their own (ADR 0057).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from bot.incoming import inbox
from township import outbox
from township.clock import Clock
from township.db import Database, Tx
from township.effects import SendFile
from township.filestore import FileStore
from township.outbox import Gone
from workflows import values
from workflows.models import cases
from workflows.seals import counter
from workflows.seals.paper.kinds import kinds

EVERY = timedelta(hours=6)
"""Of business time: what is past its time has no hurry."""
SPOKEN = timedelta(days=30)
"""How long after its case what nobody could read may be listened to (law of talk 2)."""
LOOKED_BACK = timedelta(days=60)
"""How far before that a process that was down looks."""
SLICE = 200
LETTER, HANDOFF = "letter_to_body", "handoff"


class Clearing:
    """The chore of one process."""

    def __init__(self, db: Database, clock: Clock, files: FileStore, *, days: int) -> None:
        self._db = db
        self._clock = clock
        self._files = files
        self._kept = timedelta(days=days)
        self._cleared_at: datetime | None = None

    async def clear_away(self) -> int:
        """Throw away what is past its time, slice by slice; returns how many messages and files that were."""
        now = self._clock.now()
        if self._cleared_at is not None and now - self._cleared_at < EVERY:
            return 0
        self._cleared_at, before, count = now, now - self._kept, 0
        while done := await self._db.write(partial(inbox.clear_away, before=before, limit=SLICE)):
            count += done
        needed = await self._db.read(_in_letters)
        while gone := await self._db.write(partial(outbox.clear_away, before=before, limit=SLICE)):
            count += len(gone) + self._drop(_leaflets(gone) - needed)
        return count + self._drop(await self._db.read(partial(_spoken, before=now - SPOKEN)))

    def _drop(self, hashes: Iterable[str]) -> int:
        there = [one for one in hashes if self._files.path(one).exists()]
        for sha256 in there:
            self._files.drop(sha256)
        return len(there)


def _leaflets(gone: Iterable[Gone]) -> set[str]:
    """Find the files that were only passed on: papers without a seal, and what the counter printed."""
    unsealed = {one.file_name for one in kinds() if not one.sealed}
    files = ((one.effect, one.key) for one in gone if isinstance(one.effect, SendFile))
    return {file.sha256 for file, key in files if file.name in unsealed or key.startswith(f"{counter.PRINTED}:")}


def _in_letters(tx: Tx) -> set[str]:
    """Find the letters with which the town is still speaking to a body."""
    open_ones = (cases.c.skill == LETTER, cases.c.result == "")
    return set(_files_in(tx, "letter", *open_ones))


def _spoken(tx: Tx, before: datetime) -> set[str]:
    """Find the recordings of questions that were closed before a moment."""
    over = (cases.c.skill == HANDOFF, cases.c.closed_at.between(before - LOOKED_BACK, before))
    return set(_files_in(tx, "recording", *over))


def _files_in(tx: Tx, field: str, *where: sa.ColumnElement[bool]) -> list[str]:
    held = values.resolve(tx, list(tx.execute(sa.select(cases.c.fields).where(*where)).scalars()))
    return [str(one) for fields in held for one in fields.get(field) or () if isinstance(fields[field], list)]
