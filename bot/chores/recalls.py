"""Telling people again (改口通知): a case for the keeper when somebody was told what has changed, and what the
keeper's "send it" does: one call for twenty people, a line on the call list, a word in the group.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import count

import sqlalchemy as sa

from bot import changes
from bot.hearers import is_written_to
from bot.wording import texts
from knowledge import facts
from knowledge.models import generations
from knowledge.validity import recall
from knowledge.validity.recall import Hearer, Recall, Way
from township import outbox
from township.clock import Clock
from township.db import Database, Tx
from township.effects import Effect, Say, SayToAll, ToGroup
from township.models import towns
from workflows import calllist, cases, catalogue, definitions
from workflows.cases import Opening
from workflows.catalogue import Occasion

SERVICE = "recall"
"""The service by which a keeper decides whether people are told again."""
AT_ONCE = 20
"""People in one call."""
LINES_SHOWN = 3
"""Differences on a card; the page at the console has them all."""


class Recalls:
    """Looks for what changed under people's feet, whenever rows of knowledge did."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._seen: object = None

    async def look(self) -> int:
        """Open a case for each change that somebody has to hear of; cheap while nothing changed."""
        stamp = await self._db.read(_stamp)
        if stamp == self._seen:
            return 0
        now = self._clock.now()
        found = await self._db.read(partial(_unopened, now=now))
        for town_id, one in found:
            await self._db.write(partial(_open, town_id=town_id, one=one, now=now))
        self._seen = stamp
        return len(found)


def declare() -> None:
    """Make known what a keeper may do with a recall."""
    catalogue.declare("recall.send", _send)
    catalogue.declare("recall.leave", _leave)


def _unopened(tx: Tx, *, now: datetime) -> list[tuple[str, Recall]]:
    """Find what people have to hear of and no case is open for, in every town that offers it."""
    found = []
    for town_id in tx.scalars(sa.select(towns.c.id).order_by(towns.c.id)).all():
        if SERVICE in {version.skill for version in definitions.published(tx, town_id)}:
            found += [(town_id, one) for one in recall.due(tx, town_id, now=now) if not _is_open(tx, town_id, one)]
    return found


def _is_open(tx: Tx, town_id: str, one: Recall) -> bool:
    return cases.current(tx, town_id, f"{SERVICE}:{one.key}")[1] is not None


def _open(tx: Tx, *, town_id: str, one: Recall, now: datetime) -> None:
    key, case_id = cases.current(tx, town_id, f"{SERVICE}:{one.key}")
    if case_id is None:
        cases.open(tx, Opening(town_id, SERVICE, key, _fields(one), now), now=now)


def _fields(one: Recall) -> dict[str, str]:
    lines = [changes.of_rule(subject) for subject in one.subjects[:LINES_SHOWN]]
    more = len(one.subjects) - len(lines)
    if more:
        lines.append(texts().say("recall_more", count=more))
    people = sum(bool(hearer.person_id) for hearer in one.hearers)
    counts = texts().say("recall_counts", people=people, groups=len(one.hearers) - people)
    return {"what": "\n".join(lines), "preview": counts, "change": one.key}


def _send(tx: Tx, occasion: Occasion) -> None:
    """Let it leave, by the way that reaches each; whoever was told is marked, and told no second time."""
    found = recall.of(tx, occasion.town_id, str(occasion.fields["change"]), now=occasion.at)
    batches = count(1)
    for subjects, hearers in found.alike() if found else ():
        text, in_group = changes.told_again(subjects), changes.told_again(subjects, in_group=True)
        written, rung, groups = _ways(tx, hearers)
        effects: list[tuple[str, Effect]] = []
        for some in (written[at : at + AT_ONCE] for at in range(0, len(written), AT_ONCE)):
            batch = f"{occasion.case_id}:{next(batches)}"
            everybody = tuple(hearer.person_id for hearer in some)
            effects.append((batch, SayToAll(everybody, text, occasion.case_id, batch)))
        for hearer in groups:
            say = Say(ToGroup(hearer.group_id), in_group, case_id=occasion.case_id)
            effects.append((f"{occasion.case_id}:{next(batches)}", say))
        outbox.put(tx, occasion.town_id, effects, now=occasion.at)
        for hearer in rung:
            calllist.add(tx, occasion.case_id, hearer.person_id, text, occasion.at)
        for way, told in ((Way.message, [*written, *groups]), (Way.phone, rung)):
            recall.settle(tx, occasion.town_id, subjects, told, way, by=occasion.by, at=occasion.at)


def _leave(tx: Tx, occasion: Occasion) -> None:
    """Nobody needs to be told: it is not asked about again."""
    found = recall.of(tx, occasion.town_id, str(occasion.fields["change"]), now=occasion.at)
    for subjects, hearers in found.alike() if found else ():
        recall.settle(tx, occasion.town_id, subjects, hearers, Way.none, by=occasion.by, at=occasion.at)


def _ways(tx: Tx, hearers: Sequence[Hearer]) -> tuple[list[Hearer], list[Hearer], list[Hearer]]:
    """Part who is written to, who is rung up, and groups."""
    groups = [hearer for hearer in hearers if hearer.group_id]
    people = [hearer for hearer in hearers if hearer.person_id]
    written = [hearer for hearer in people if is_written_to(tx, hearer)]
    return written, [hearer for hearer in people if hearer not in written], groups


def _stamp(tx: Tx) -> object:
    rows = tx.execute(sa.select(generations).order_by(generations.c.partition)).all()
    known = tx.scalars(sa.select(towns.c.id).order_by(towns.c.id)).all()
    return tuple(map(tuple, rows)), tuple((town_id, facts.stamp(tx, town_id)) for town_id in known)
