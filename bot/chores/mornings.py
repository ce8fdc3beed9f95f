"""In the morning of a working day whoever has something nearly due hears one line, the same for all.

A late step or a nudge out of hours marks a task; what it is about is asked for, or stands at the console.
"""

from datetime import date, datetime, time
from functools import partial

import sqlalchemy as sa

from bot.wording import texts
from township import directory, outbox
from township.clock import SHANGHAI, Clock
from township.db import Database, Tx
from township.effects import Say, ToPerson
from township.models import towns
from workflows import tasks
from workflows.clocks import calendars

FROM = time(8, 30)
UNTIL = time(18)


class Mornings:
    """The chore of one process; who comes first tells, and nobody hears it twice a day."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._told: dict[str, date] = {}
        """By town: the day on which this process has looked."""

    async def tell(self) -> bool:
        """Put the lines of this morning into the outbox; true when somebody hears."""
        now = self._clock.now().astimezone(SHANGHAI)
        if not FROM <= now.time() < UNTIL:
            return False
        new = [one for one in await self._db.read(_towns) if self._told.get(one) != now.date()]
        heard = [await self._db.write(partial(_tell, town_id=one, now=now)) for one in new]
        self._told |= dict.fromkeys(new, now.date())
        return any(heard)


def _towns(tx: Tx) -> list[str]:
    return list(tx.execute(sa.select(towns.c.id).order_by(towns.c.id)).scalars())


def _tell(tx: Tx, town_id: str, now: datetime) -> bool:
    """Tell those of one town; on a day off what is marked stays marked."""
    if not calendars.calendar_of(tx, town_id).day(now.date()).spans:
        return False
    marked = tasks.for_digest(tx, town_id)
    people = directory.persons(tx, {task.person_id for task in marked})
    lines = [
        (f"morning:{key}:{now.date().isoformat()}", Say(ToPerson(key), texts().say("morning")))
        for key, person in sorted(people.items())
        if person.is_cadre
    ]
    outbox.put(tx, town_id, lines, now=now)
    tasks.mentioned(tx, [task.id for task in marked])
    return bool(lines)
