"""Seats whoever was given an office: cases that waited for nobody come without being passed on one by one."""

from functools import partial

import sqlalchemy as sa

from township import editions
from township.clock import Clock
from township.db import Database, Tx
from workflows import seating


class Seats:
    """Looks when offices have changed, and every hour, for one may begin at a day."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._looked = ""

    async def fill(self) -> bool:
        """Ask who holds a waiting office by now; true where somebody was asked."""
        mark = await self._db.read(lambda tx: str(tx.execute(sa.select(editions.mark())).scalar()))
        why = f"{self._clock.now():%Y%m%d%H}:{mark}"
        if why == self._looked:
            return False
        found = await self._db.read(seating.waiting)
        seated = [
            await self._db.write(partial(self._seat, town_id=town, case_id=case, why=why)) for town, case in found
        ]
        self._looked = why
        return any(seated)

    def _seat(self, tx: Tx, *, town_id: str, case_id: str, why: str) -> bool:
        return seating.seat(tx, town_id, case_id, why=why, now=self._clock.now())
