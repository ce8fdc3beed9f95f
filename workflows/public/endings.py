"""What is shown ends by itself: swept like timers, gone on through `cases.act`; a group hears of several at once.

An objection holds it until somebody has decided; one that was found right ends it at once. Swept by any process.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from township import directory, outbox
from township.db import Tx
from township.effects import Say, ToGroup
from township.errors import Refused
from township.models import groups
from township.statements import savepoint
from workflows import cases as door
from workflows import definitions
from workflows.clocks.deadlines import say_day
from workflows.house import house, texts
from workflows.kinds import Showing
from workflows.models import case_ties, cases
from workflows.public import showings as shown
from workflows.public.models import showings
from workflows.public.showings import Shown
from workflows.related import ties
from workflows.related.ties import TieKind
from workflows.state import Via

UPHELD = "upheld"
"""The result of an objection that was found right."""
GATHERED = timedelta(minutes=1)
"""So long a showing waits for others of its village: they are one message."""
MOST = 50
NAMED = 30
"""Showings that one message names."""


def sweep(tx: Tx, now: datetime) -> int:
    """Tell groups what is shown since a minute, end what is over; returns how much happened."""
    return _tell(tx, now) + _end(tx, now)


def next_due(tx: Tx, after: datetime) -> datetime | None:
    """When the next showing is to be told or ends by its time."""
    waiting = tx.execute(sa.select(sa.func.min(showings.c.begun_at)).where(*_untold())).scalar()
    ends = [one.until for one in shown.read(tx, showings.c.ended_at.is_(None), limit=MOST) if one.until]
    ahead = [*ends, *([waiting + GATHERED] if waiting else [])]
    return min((one for one in ahead if one > after), default=None)


def object_to(tx: Tx, found: Shown, opening: door.Opening, *, now: datetime) -> door.Outcome:
    """Open the case of an objection and let it hold what it objects to; the same key once."""
    outcome = door.open(tx, opening, now=now)
    ties.add(tx, found.town_id, outcome.case_id, found.case_id, TieKind.OBJECTS, by=opening.spoke, now=now)
    return outcome


def fields_of(tx: Tx, found: Shown, text: str) -> dict[str, str]:
    """What the case of an objection is told: the words, and what they are about, as far as its form asks for it."""
    _, definition = definitions.current(tx, found.town_id, objection_service(tx, found))
    about = texts().say("showing_about", title=found.title, number=found.number, line=found.in_words)
    return {name: value for name, value in (("what", text), ("about", about)) if name in definition.form}


def objection_service(tx: Tx, found: Shown) -> str:
    """Name the service that takes objections to a showing."""
    return showing_of(tx, found).objection or house().objection


def objections_to(tx: Tx, case_id: str) -> list[str]:
    """List the cases that object to what a case shows, the oldest first."""
    mine = (case_ties.c.other_id == case_id, case_ties.c.kind == TieKind.OBJECTS.value)
    return list(tx.scalars(sa.select(case_ties.c.case_id).where(*mine).order_by(case_ties.c.at, case_ties.c.case_id)))


def showing_of(tx: Tx, found: Shown) -> Showing:
    """What the stage says of a showing."""
    showing = definitions.pinned(tx, found.town_id, found.definition).stage(found.stage).showing
    if showing is None:
        raise Refused("unknown_case", case=found.case_id)
    return showing


def _end(tx: Tx, now: datetime) -> int:
    still = (showings.c.ended_at.is_(None), cases.c.result == "")
    done = 0
    for found in shown.read(tx, *still, limit=MOST):
        showing = showing_of(tx, found)
        if shown.objections(tx, found.case_id, result=UPHELD, since=found.begun_at) > 0:
            done += _go_on(tx, found, showing.upheld, now)
        elif found.until and found.until <= now and not shown.objections(tx, found.case_id):
            done += _go_on(tx, found, showing.over, now)
    return done


def _go_on(tx: Tx, found: Shown, action: str, now: datetime) -> int:
    """Let the case go on; what another process has done meanwhile is done."""
    key = f"showing:{found.id}:{action}"
    try:
        with savepoint(tx):
            act = door.Act(found.town_id, found.case_id, action, key, None, {}, via=Via.DELIVERY)
            outcome = door.act(tx, act, now=now)
    except Refused:
        return 0
    return 0 if outcome.repeated else 1


def _untold() -> tuple[sa.ColumnElement[bool], ...]:
    return (showings.c.told_at.is_(None), showings.c.ended_at.is_(None))


def _tell(tx: Tx, now: datetime) -> int:
    """Say to each village's group what is new, all of a service in one message."""
    fresh = shown.read(tx, *_untold(), showings.c.begun_at <= now - GATHERED, limit=MOST)
    gathered: dict[tuple[str, str | None, str], list[Shown]] = {}
    for one in reversed(fresh):
        gathered.setdefault((one.town_id, one.village_id, one.title), []).append(one)
    for (town_id, village_id, title), several in gathered.items():
        villages = [village_id] if village_id else [one.id for one in directory.villages_of(tx, town_id)]
        heard = _groups(tx, town_id, villages)
        told = in_words(title, several)
        says = [(f"showing:{several[0].id}:{group}", Say(ToGroup(group), told, several[0].number)) for group in heard]
        outbox.put(tx, town_id, says, now=now)
        mine = showings.c.id.in_([one.id for one in several])
        tx.execute(sa.update(showings).where(mine).values(told_at=now))
    return len(fresh)


def _groups(tx: Tx, town_id: str, villages: Sequence[str]) -> list[str]:
    """The villagers' group of each village that has one."""
    mine = (groups.c.town_id == town_id, groups.c.village_id.in_(villages), groups.c.cadres_only.is_(False))
    newest = sa.select(sa.func.max(groups.c.id)).where(*mine).group_by(groups.c.village_id)
    return [str(one) for one in tx.scalars(newest)]


def in_words(title: str, several: Sequence[Shown]) -> str:
    """Say what is shown: a line each, until when, and how to object."""
    lines = [texts().say("showing_line", number=one.number, line=one.in_words) for one in several[:NAMED]]
    if len(several) > NAMED:
        lines.append(texts().say("showing_more", count=len(several)))
    until = max((one.until for one in several if one.until), default=None)
    ends = texts().say("showing_until", day=say_day(until, texts())) if until else ""
    return texts().say("showing_told", title=title, lines="\n".join(lines), until=ends)
