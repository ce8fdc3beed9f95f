"""Many cases at once, done as an errand: a chunk in each transaction, each case once, and one word at the end."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.dialogue.offices.bulk import BULK, in_words
from township import outbox
from township.clock import Clock
from township.db import Database, Tx
from township.effects import Say, ToPerson
from workflows import bulk, tasks
from workflows.bulk import Done
from workflows.state import Via
from workflows.tasks import TaskView

__all__ = ["BULK", "Bulk"]


class Bulk:
    """Does the job `BULK`. Doing it twice is doing it once: every case has its key."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def run(self, args: Mapping[str, Any]) -> None:
        """Act on all cases that were confirmed. Blocks."""
        held = self._db.read_now(lambda tx: _found(tx, args["tasks"]))
        done, now = Done(), self._clock.now()
        of_person = partial(bulk.do, town_id=args["town"], person_id=args["person"], word=args["word"])
        for some in bulk.chunks(held):
            done += self._db.write_now(partial(of_person, some=some, key=args["key"], via=Via.TYPED, now=now))
        told = Say(ToPerson(args["person"]), in_words(args["title"], done))
        self._db.write_now(lambda tx: outbox.put(tx, args["town"], [(f"{args['key']}:done", told)], now=now))


def _found(tx: Tx, task_ids: list[str]) -> list[TaskView]:
    return [task for one in task_ids if (task := tasks.get(tx, one)) is not None]
