"""The counter: a paper that is approved waits there, printed and stamped by hand for whoever brings its code.

Who applied is told code, place and hours; the custodian is told what to print. An unused code lapses.
"""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from township import directory, jobs, outbox
from township.db import Tx
from township.effects import Effect, Say, ToPerson
from township.models import towns
from workflows import calllist, census, records
from workflows.clocks.deadlines import say_moment
from workflows.house import texts as house_texts
from workflows.records import Record
from workflows.seals import codes, papers
from workflows.seals.paper.kinds import kind_of
from workflows.seals.papers import Paper, State
from workflows.seals.wording import texts

KEPT = dt.timedelta(days=7)
PRINTED = "print"
"""Begins the key of what was sent to be printed."""
PRINT = "print_paper"
"""The job that typesets a paper for the counter and sends it to who keeps the seal."""


def call(tx: Tx, paper: Paper, *, at: dt.datetime) -> None:
    """Tell who applied that the paper can be fetched, with a new code; have it printed."""
    known = paper.pickup_until if is_waiting(paper, at) else None
    digits, until = codes.new_pickup(), known or at + KEPT
    hashed = codes.pickup_hash(paper.id, digits)
    papers.set_pickup(tx, paper, hashed, until)
    record = records.load(tx, paper.town_id, paper.case_id, lock=False)
    sentence = texts().say(
        "pickup", number=record.row["number"], place=place_of(tx, paper), code=digits,
        until=say_moment(until, house_texts()), hours=hours(),
    )  # fmt: skip
    tell(tx, record, sentence, key=f"pickup:{paper.id}:{hashed}", at=at)
    jobs.defer(tx, PRINT, {"paper": paper.id}, f"print:{paper.id}", machine=at)


def tell(tx: Tx, record: Record, sentence: str, *, key: str, at: dt.datetime) -> None:
    """Tell those who must hear of a case; who has no account becomes a line of the call list."""
    row, cast = record.row, record.state.cast
    people = cast.told or cast.villagers()
    reachable = census.reachable(tx, people)
    says: Iterable[tuple[str, Effect]] = [
        (f"{key}:{person}", Say(ToPerson(person), sentence, row["number"], row["id"]))
        for person in people
        if person in reachable
    ]
    outbox.put(tx, row["town_id"], says, now=at)
    for person in people:
        if person not in reachable:
            calllist.add(tx, row["id"], person, sentence, at)


def title_of(paper: Paper) -> str:
    """What a paper is called."""
    return kind_of(paper.kind).title


def is_waiting(paper: Paper, at: dt.datetime) -> bool:
    """Tell whether a paper lies at the counter, to be fetched by its code."""
    return paper.state is State.FROZEN and paper.pickup_until is not None and at < paper.pickup_until


def is_fetched_by(tx: Tx, case_id: str, digits: str) -> bool:
    """Tell whether these digits fetch the paper of a case."""
    paper = papers.living(tx, case_id)
    return paper is not None and paper.pickup_hash == codes.pickup_hash(paper.id, digits)


def hours() -> str:
    """Say when the counter is open."""
    return texts().say("pickup_hours")


def place_of(tx: Tx, paper: Paper) -> str:
    """Say where a paper is fetched."""
    villages = {one.id: one.name for one in directory.villages_of(tx, paper.town_id)}
    if paper.village_id in villages:
        return texts().say("pickup_place", village=villages[paper.village_id or ""])
    town = tx.execute(sa.select(towns.c.name).where(towns.c.id == paper.town_id)).scalar()
    return texts().say("pickup_place_town", town=town)
