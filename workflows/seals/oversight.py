"""Seals at unusual hours, or too many in one: whoever oversees the town hears of it, with number and kind only.

Papers of risk C are held besides (stage `held` of their service); the others are sealed all the same.
"""

import datetime as dt

import sqlalchemy as sa

from township import directory, outbox
from township.clock import SHANGHAI
from township.db import Tx
from township.directory import Role
from township.effects import Effect, Say, ToPerson
from workflows import records
from workflows.clocks import calendars
from workflows.seals import papers
from workflows.seals.models import register_lines
from workflows.seals.paper.kinds import kind_of
from workflows.seals.papers import Paper
from workflows.seals.wording import texts

MOST_AN_HOUR = 10
OVERSEERS = (Role.DISCIPLINE, Role.TOWN_LEADER, Role.TOWN_CLERK)
"""The first of these that anybody holds."""


def watch(tx: Tx, paper: Paper, at: dt.datetime) -> None:
    """Tell those who oversee seals if this one is unusual; once an hour for each seal."""
    why = unusual(tx, paper, at)
    if not why:
        return
    number = records.load(tx, paper.town_id, paper.case_id, lock=False).row["number"]
    local = at.astimezone(SHANGHAI)
    sentence = texts().say(
        "unusual", why=texts().say(why, most=MOST_AN_HOUR), number=number, title=kind_of(paper.kind).title,
        hour=local.hour, minute=local.minute,
    )  # fmt: skip
    key = f"unusual:{paper.seal_id}:{local:%Y%m%d%H}"
    people = overseers(tx, paper, at)
    told: list[tuple[str, Effect]] = [(f"{key}:{one}", Say(ToPerson(one), sentence, number)) for one in people]
    outbox.put(tx, paper.town_id, told, now=at)


def unusual(tx: Tx, paper: Paper, at: dt.datetime) -> str:
    """Name what is unusual about sealing now: the hour, or how many were sealed in it; empty if nothing is."""
    if not calendars.calendar_of(tx, paper.town_id).is_working(at):
        return "unusual_hour"
    since = register_lines.c.at > at - dt.timedelta(hours=1)
    counting = sa.select(sa.func.count()).where(register_lines.c.seal_id == paper.seal_id, since)
    sealed = tx.execute(counting.where(register_lines.c.state == "sealed")).scalar_one()
    return "unusual_many" if sealed >= MOST_AN_HOUR else ""


def overseers(tx: Tx, paper: Paper, at: dt.datetime) -> list[str]:
    """List who oversees the seals of a town, without those who have a part in the paper."""
    busy = {one for people in papers.parts(tx, paper.id).values() for one in people}
    for role in OVERSEERS:
        found = [one.id for one in directory.people_with_role(tx, paper.town_id, role.value, at) if one.id not in busy]
        if found:
            return found
    return []
