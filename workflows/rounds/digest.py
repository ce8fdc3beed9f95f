"""What is said of a round: to each doer how many there are, and in one line to who wants it how the last one went."""

from datetime import datetime

import sqlalchemy as sa

from township import directory, outbox
from township.db import Tx
from township.directory import Role
from township.effects import Say, ToPerson
from workflows.clocks.deadlines import say_day
from workflows.definition import Definition
from workflows.house import texts
from workflows.models import cases, tasks
from workflows.rosters.models import roster_rows

MISSED = "missed"
"""The result of a case in which the thing was not done: the next round knows how often running."""


def tell(tx: Tx, town_id: str, definition: Definition, at: datetime, last: datetime | None, now: datetime) -> None:
    """Say each of it once: one message a person, not one a case."""
    key = f"round:{definition.skill}:{at.timestamp():.0f}"
    name, day = definition.name, say_day(at, texts())
    says = [
        (f"{key}:{person}", Say(ToPerson(person), texts().say("round_begun", name=name, day=day, count=count)))
        for person, count in _held(tx, town_id, definition.skill, at).items()
    ]
    rounds = definition.workflow.rounds
    if rounds and rounds.digest and last:
        line = in_words(tx, town_id, definition, last, at)
        watchers = directory.people_with_role(tx, town_id, Role(rounds.digest), now)
        says += [(f"{key}:digest:{one.id}", Say(ToPerson(one.id), line)) for one in watchers]
    outbox.put(tx, town_id, says, now=now)


def _held(tx: Tx, town_id: str, skill: str, at: datetime) -> dict[str, int]:
    """How many of a round each person has."""
    mine = (roster_rows.c.town_id == town_id, roster_rows.c.skill == skill, roster_rows.c.round_at == at)
    joined = tasks.join(roster_rows, roster_rows.c.case_id == tasks.c.case_id)
    chosen = sa.select(tasks.c.person_id, sa.func.count().label("held")).select_from(joined)
    rows = tx.execute(chosen.where(*mine, tasks.c.state == "open").group_by(tasks.c.person_id))
    return {row.person_id: row.held for row in rows}


def in_words(tx: Tx, town_id: str, definition: Definition, since: datetime, until: datetime) -> str:
    """Say in one line how a round went: silence is done, only what was otherwise is counted."""
    mine = (cases.c.town_id == town_id, cases.c.skill == definition.skill)
    span = (cases.c.opened_at >= since, cases.c.opened_at < until)
    counted = sa.select(cases.c.result, sa.func.count().label("held")).where(*mine, *span).group_by(cases.c.result)
    counts = {row.result: row.held for row in tx.execute(counted)}
    day, total = say_day(since, texts()), sum(counts.values())
    said = {"name": definition.name, "day": day, "count": total, "failed": counts.get(MISSED, 0)}
    return texts().say("round_digest", **said, open=counts.get("", 0))
