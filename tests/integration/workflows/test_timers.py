"""Late steps in slices: read together and sent together, they leave what they leave one by one, on either engine."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from skills.rehearsal.founding import TOWN
from tests.integration.workflows.conftest import Do, Report
from township import ids
from township.clock import TurnedClock
from township.db import Database, Tx
from township.errors import Refused
from township.models import outbox
from township.statements import together
from workflows import cases, history, records
from workflows.clocks import timers
from workflows.models import case_keys, clocks, tasks

SOON = timedelta(days=3)


def left(tx: Tx, case_id: str) -> list[Any]:
    """What late steps have left of one case, without what is drawn anew for each."""
    record = records.load(tx, TOWN, case_id)
    events = history.events(tx, case_id)
    assert history.first_break(events, record.row["head"]) is None
    sent = sa.select(outbox.c.kind, outbox.c.target).where(outbox.c.case_id == case_id).order_by(outbox.c.id)
    given = sa.select(tasks.c.kind, tasks.c.person_id, tasks.c.in_digest).where(tasks.c.case_id == case_id)
    holders = sa.select(sa.literal("card:") + tasks.c.id, tasks.c.person_id).where(tasks.c.case_id == case_id)
    whose = {row[0]: row[1] for row in tx.execute(holders)}
    next_at = sa.select(clocks.c.name, clocks.c.next_at, clocks.c.fired).where(clocks.c.case_id == case_id)
    return [
        [(one.kind, one.action, one.data) for one in events[1:]],
        [(row.kind, whose.get(row.target, row.target)) for row in tx.execute(sent)],
        sorted(tuple(row) for row in tx.execute(given)),
        sorted(tuple(row) for row in tx.execute(next_at)),
        record.row["due_at"],
    ]


def test_a_slice_leaves_what_one_by_one_leaves(town: Database, report: Report, clock: TurnedClock) -> None:
    alone, together_ = report("m1").case_id, report("m2").case_id
    clock.forward(SOON)

    def one_by_one(tx: Tx) -> int:
        mine = [timer for timer in timers.due(tx, clock.now()) if timer.case_id == alone]
        for timer in mine:
            timers.fire(tx, timer, now=clock.now())
        return len(mine)

    fired = 0
    while more := town.write_now(one_by_one):
        fired += more
    while town.write_now(lambda tx: timers.sweep(tx, clock.now())):
        pass
    assert fired > 2
    assert town.read_now(lambda tx: left(tx, alone)) == town.read_now(lambda tx: left(tx, together_))


def test_two_clocks_of_one_case_in_one_slice(town: Database, report: Report, clock: TurnedClock) -> None:
    case_id = report("m1").case_id
    clock.forward(SOON)
    late = town.write_now(lambda tx: timers.due(tx, clock.now()))
    assert [timer.case_id for timer in late].count(case_id) > 1
    town.write_now(lambda tx: timers.sweep(tx, clock.now()))
    events = town.read_now(lambda tx: history.events(tx, case_id))
    assert [event.kind for event in events[1:]] == ["late"] * len(late)
    head = town.read_now(lambda tx: records.load(tx, TOWN, case_id).row["head"])
    assert history.first_break(events, head) is None


def test_a_timer_whose_key_was_taken_is_passed_over(town: Database, report: Report, clock: TurnedClock) -> None:
    case_id = report("m1").case_id
    clock.forward(SOON)
    (first, *_) = town.write_now(lambda tx: timers.due(tx, clock.now()))
    town.write_now(lambda tx: timers.fire(tx, first, now=clock.now()))
    town.write_now(
        lambda tx: tx.execute(sa.update(clocks).where(clocks.c.name == first.clock).values(next_at=first.at))
    )
    before = town.read_now(lambda tx: left(tx, case_id))[0]
    acts = [timers.acting(first)]
    town.write_now(lambda tx: cases.act_late(tx, acts, now=clock.now()))
    assert town.read_now(lambda tx: left(tx, case_id))[0] == before


def test_a_code_that_is_taken_is_drawn_again_also_in_a_slice(
    town: Database, report: Report, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    report("m1")
    report("m2")
    clock.forward(SOON)
    taken = town.read_now(lambda tx: list(tx.execute(sa.select(tasks.c.code)).scalars()))
    draw, told = ids.code, iter([taken[0], taken[1], taken[0]])
    monkeypatch.setattr(ids, "code", lambda length: next(told, "") or draw(length))
    while town.write_now(lambda tx: timers.sweep(tx, clock.now())):
        pass
    codes = town.read_now(lambda tx: list(tx.execute(sa.select(tasks.c.code).where(tasks.c.state == "open")).scalars()))
    assert len(codes) == len(set(codes)) > len(taken)
    assert next(told, None) is None


def test_a_case_that_was_changed_meanwhile_is_refused_also_when_sent_together(
    town: Database, report: Report, do: Do, clock: TurnedClock
) -> None:
    outcome = report("m1")
    now: datetime = clock.now()

    def stale(tx: Tx) -> None:
        record = records.load(tx, TOWN, outcome.case_id)
        tx.execute(sa.update(record_table).where(record_table.c.id == outcome.case_id).values(seq=7))
        calendar = cases.calendars.calendar_of(tx, TOWN)
        with together(tx):
            records.store(tx, record, record.state, "head", now, calendar)

    record_table = records.cases
    with pytest.raises(Refused) as refused:
        town.write_now(stale)
    assert refused.value.code == "changed_meanwhile"
    assert town.read_now(lambda tx: records.load(tx, TOWN, outcome.case_id)).row["seq"] == 1
    assert town.read_now(lambda tx: tx.execute(sa.select(sa.func.count()).select_from(case_keys)).scalar()) == 1
