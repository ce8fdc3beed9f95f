"""Tells keepers of documents what runs out, in one line a day at most, and has contradictions looked for.

What is looked for, and what stands in the list, is knowledge's affair; the list itself is at the console and in chat.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from bot.wording import texts
from knowledge.search.vectors import read_generations
from knowledge.validity import contradictions, keeping
from knowledge.validity.keeping import Group, Kept
from township import directory, jobs, outbox
from township.clock import SHANGHAI, Clock
from township.db import Database, Tx
from township.directory import Role
from township.effects import Say, ToPerson
from township.models import towns

NAMED = 3
"""Titles that the line names."""


class Upkeep:
    """The chores of one process for those who keep documents."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def keep(self) -> bool:
        """Ask for a look where documents changed or a day has come, tell what runs out; true when somebody hears."""
        return await self._db.write(self._kept)

    def compare(self, args: Mapping[str, Any]) -> int:
        """Look for contradictions in one town; blocks. Gives how many are open."""
        now, town_id = self._clock.now(), str(args["town"])
        names = self._db.read_now(lambda tx: [one.name for one in directory.villages_of(tx, town_id)])
        return contradictions.look(self._db, town_id, at=now, day=_day(self._clock), names=names)

    def _kept(self, tx: Tx) -> bool:
        """The key of the errand names the rows and the day: each is looked at once, by one process."""
        generations, said, today = read_generations(tx), False, _day(self._clock)
        for town_id in tx.scalars(sa.select(towns.c.id).order_by(towns.c.id)).all():
            key = f"{contradictions.COMPARE}:{town_id}:{generations.get(town_id, 0)}:{today.isoformat()}"
            jobs.defer(tx, contradictions.COMPARE, {"town": town_id}, key, machine=self._clock.machine())
            said |= self._told(tx, town_id, today)
        return said

    def _told(self, tx: Tx, town_id: str, today: date) -> bool:
        """Write one line to each keeper about all that runs out; each document is worth one word."""
        waiting = keeping.running_out(tx, town_id, today)
        if not waiting:
            return False
        by_keeper: dict[str, list[Kept]] = defaultdict(list)
        for one in waiting:
            for person_id in self._keepers(tx, town_id, one):
                by_keeper[person_id].append(one)
        counts = keeping.count(keeping.look(tx, town_id, today), tx, town_id)
        lines = [
            (f"upkeep:{person_id}:{today.isoformat()}", Say(ToPerson(person_id), _line(theirs, counts)))
            for person_id, theirs in by_keeper.items()
        ]
        outbox.put(tx, town_id, lines, now=self._clock.now())
        keeping.mark_told(tx, [one.version_id for one in waiting], today)
        return bool(lines)

    def _keepers(self, tx: Tx, town_id: str, one: Kept) -> list[str]:
        """Name who keeps a document: its owner, the clerk of its village, else the first keeper of the town."""
        if one.owner_id:
            return [one.owner_id]
        offices = [(Role.VILLAGE_CLERK, one.village_id)] if one.village_id else []
        for role, village_id in [*offices, (Role.KNOWLEDGE_KEEPER, None), (Role.TOWN_CLERK, None)]:
            holders = directory.people_with_role(tx, town_id, role, self._clock.now(), village_id)
            if holders:
                return [holders[0].id]
        return []


def _line(kept: Sequence[Kept], counts: Mapping[Group, int]) -> str:
    shown = "".join(texts().say("upkeep_title", title=one.title, last=_spoken(one.last)) for one in kept[:NAMED])
    more = texts().say("upkeep_more") if len(kept) > NAMED else ""
    clashing = counts[Group.contradicts]
    clash = texts().say("upkeep_contradicting", count=clashing) if clashing else ""
    return texts().say("upkeep_line", count=len(kept), titles=shown, more=more, clash=clash)


def _spoken(day: date | None) -> str:
    return texts().say("upkeep_day", month=day.month, day=day.day) if day else ""


def _day(clock: Clock) -> date:
    return clock.now().astimezone(SHANGHAI).date()
