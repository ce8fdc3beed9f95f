"""Many at the same moment want the last of a thing, the same hour, the next number: nobody has it twice."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from skills import registry
from skills.rehearsal.founding import TOWN, prepare
from township.clock import TurnedClock
from township.db import Database, Tx
from township.errors import Mistake, TownshipError
from township.models import groups, outbox
from workflows import cases, definitions, tasks
from workflows.bookings import figures, keeping, line, times
from workflows.bookings.models import bookings
from workflows.bookings.room import Span
from workflows.definition import Definition
from workflows.models import cases as case_rows
from workflows.state import Via

ROOT = Path(__file__).parents[2] / "unit" / "skills" / "booked"
BOOKED = {one.id: one.skill for one in registry.load_all(ROOT) if one.skill}
VILLAGERS = ("v1", "v2", "c1", "c2", "c3", "c5")
WEEKEND = {"from": "2026-11-28", "to": "2026-11-29"}


@pytest.fixture
def town(db: Database, clock: TurnedClock) -> Database:
    prepare(db, *BOOKED.values(), at=clock.now())
    return db


def opening(skill: str, key: str, by: str, fields: dict[str, Any], now: datetime) -> cases.Opening:
    return cases.Opening(TOWN, skill, key, fields, now, spoke=by, village_id="liushu")


async def together(calls: Sequence[Awaitable[Any]]) -> tuple[list[Any], list[str]]:
    """What came of calls at the same moment: the outcomes, and why others were refused."""
    found = await asyncio.gather(*calls, return_exceptions=True)
    odd = [one for one in found if isinstance(one, BaseException) and not isinstance(one, TownshipError)]
    assert odd == []
    return [one for one in found if not isinstance(one, BaseException)], [
        one.code for one in found if isinstance(one, TownshipError)
    ]


def rows(town: Database, *states: str) -> list[Any]:
    chosen = bookings.select().where(bookings.c.state.in_(states)).order_by(bookings.c.rank, bookings.c.id)
    return town.read_now(lambda tx: list(tx.execute(chosen).mappings()))


async def opened(town: Database, one: cases.Opening, now: datetime) -> cases.Outcome:
    return await town.write(lambda tx: cases.open(tx, one, now=now))


async def done(town: Database, case_id: str, action: str, by: str, key: str, now: datetime, **given: Any) -> Any:
    act = cases.Act(TOWN, case_id, action, key, by, given, via=Via.CARD)
    return await town.write(lambda tx: cases.act(tx, act, now=now))


async def test_two_at_the_same_moment_never_borrow_more_than_there_is(town: Database, clock: TurnedClock) -> None:
    now = clock.now()
    wanted = [opening("tiller", f"m{n}", "v1", {"tillers": 1 + n % 2, "stay": WEEKEND}, now) for n in range(16)]
    lent, refused = await together([opened(town, one, now) for one in wanted])
    held = sum(row["amount"] for row in rows(town, "held"))
    assert held in (5, 6)
    assert len(lent) + len(refused) == len(wanted)
    assert set(refused) == {"not_enough"}


async def test_an_hour_is_given_once(town: Database, clock: TurnedClock) -> None:
    now, hour = clock.now(), {"from": "2026-11-25T09:00", "to": "2026-11-25T11:00"}
    wanted = [opening("hall", f"m{n}", VILLAGERS[n % 6], {"when": hour}, now) for n in range(10)]
    given, refused = await together([opened(town, one, now) for one in wanted])
    assert (len(given), refused) == (1, ["time_taken"] * 9)


async def test_nobody_has_the_same_number_and_one_has_the_turn(town: Database, clock: TurnedClock) -> None:
    now = clock.now()
    wanted = [opening("thresher", f"m{person}", person, {"yard": "east"}, now) for person in VILLAGERS]
    drawn, refused = await together([opened(town, one, now) for one in wanted])
    assert refused == []
    assert sorted(row["number"] for row in rows(town, "waiting", "called")) == [1, 2, 3, 4, 5, 6]
    assert len(rows(town, "called")) == 1
    for turn in range(3):
        (mine,) = rows(town, "called")
        leaving = rows(town, "waiting")[-1]
        (who,) = {one.spoke for one in wanted if one.key == f"m{_affected(town, leaving['case_id'])}"}
        calls = [done(town, mine["case_id"], "done", "c3", f"d{turn}", now)]
        if turn < 2:
            calls.append(done(town, leaving["case_id"], "withdraw", str(who), f"w{turn}", now))
        _, refused = await together(calls)
        assert refused == []
        assert len(rows(town, "called")) == 1
    assert len(drawn) == 6
    assert len(rows(town, "waiting", "called")) == 1


def _affected(town: Database, case_id: str) -> str:
    chosen = case_rows.select().where(case_rows.c.id == case_id)
    return str(town.read_now(lambda tx: tx.execute(chosen).mappings().one()["affected_id"]))


def test_a_change_of_the_service_counts_at_once_and_open_cases_go_on(town: Database, clock: TurnedClock) -> None:
    now, span = clock.now(), times.span_of(WEEKEND)
    assert span is not None
    first = opening("tiller", "m1", "v1", {"tillers": 4, "stay": WEEKEND}, now)
    mine = town.write_now(lambda tx: cases.open(tx, first, now=now))
    fewer = changed(BOOKED["tiller"], ("amount: 6", "amount: 5"), ("都还了", "收齐了"))
    town.write_now(lambda tx: registry.install(tx, TOWN, fewer, by=None, now=now))
    assert free(town, fewer.definition, span, now) == 1
    more = opening("tiller", "m2", "v2", {"tillers": 2, "stay": WEEKEND}, now)
    with pytest.raises(Mistake) as refusal:
        town.write_now(lambda tx: cases.open(tx, more, now=now))
    assert refusal.value.code == "not_enough"
    act = cases.Act(TOWN, mine.case_id, "returned", "t1", "c3", {"lost_tillers": 1})
    town.write_now(lambda tx: cases.act(tx, act, now=now))
    assert free(town, fewer.definition, span, now) == 4


def free(town: Database, definition: Definition, span: Span, now: datetime) -> int:
    found = town.read_now(lambda tx: keeping.free_during(tx, TOWN, "liushu", definition, span, now))
    return next(one.free for one in found if one.thing == "tillers")


def changed(skill: registry.Skill, *pairs: tuple[str, str]) -> registry.Skill:
    text = skill.files["skill.yaml"]
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    found = registry.load_files(skill.id, {**skill.files, "skill.yaml": text})
    assert found.skill is not None
    return found.skill


def queued(town: Database, person: str, now: datetime) -> cases.Outcome:
    one = opening("thresher", f"m{person}", person, {"yard": "east"}, now)
    return town.write_now(lambda tx: cases.open(tx, one, now=now))


def test_a_line_that_is_taken_off_is_still_worked_off(town: Database, clock: TurnedClock) -> None:
    now = clock.now()
    made = [queued(town, person, now) for person in ("v1", "v2")]
    other = changed(BOOKED["thresher"], ("soon_at: 2", "soon_at: 1"), ("title: 轮到了", "title: 叫到了"))
    town.write_now(lambda tx: registry.install(tx, TOWN, other, by=None, now=now))
    made.append(queued(town, "c1", now))
    town.write_now(lambda tx: definitions.retire(tx, TOWN, "thresher"))
    for n, one in enumerate(made):
        town.write_now(partial(cases.act, acting=cases.Act(TOWN, one.case_id, "done", f"t{n}", "c3", {}), now=now))
    assert rows(town, "waiting", "called") == []


def test_the_group_hears_once_that_a_line_stops_and_goes_on(town: Database, clock: TurnedClock) -> None:
    now = clock.now()
    group(town)
    mine, waits = queued(town, "v1", now), queued(town, "c1", now)
    stop = cases.Act(TOWN, mine.case_id, "broken", "t1", "c3", {"reason": "皮带断了"})
    town.write_now(lambda tx: cases.act(tx, stop, now=now))
    standing = town.read_now(lambda tx: line.standing(tx, waits.case_id))
    assert standing is not None
    assert (standing.ahead, standing.paused) == (1, True)
    go = cases.Act(TOWN, mine.case_id, "mended", "t2", "c3", {})
    town.write_now(lambda tx: cases.act(tx, go, now=now))
    said = town.read_now(_said_to_groups)
    assert said == ["东场停一停：皮带断了。排着的 1 家号都留着，修好了接着叫。", "东场修好了，接着按号来。"]
    held = town.read_now(lambda tx: tasks.of_case(tx, mine.case_id))
    assert [one.person_id for one in held if one.state == "open"] == ["c3"]


def group(town: Database) -> None:
    row = {"id": "g1", "town_id": TOWN, "account_id": "a1", "open_id": "o1", "village_id": "liushu", "title": ""}
    town.write_now(lambda tx: tx.execute(groups.insert().values(**row)))


def _said_to_groups(tx: Tx) -> list[str]:
    found = tx.execute(outbox.select().order_by(outbox.c.id)).mappings().all()
    return [row["payload"]["text"] for row in found if row["payload"].get("to", {}).get("kind") == "group"]


def test_a_month_is_counted_by_what_ended_in_it(town: Database, clock: TurnedClock) -> None:
    now = clock.now()
    made = [queued(town, person, now) for person in ("v1", "v2", "c1")]
    later = now + timedelta(hours=2)
    steps = [(made[0], "absent", "c3"), (made[1], "done", "c3"), (made[0], "withdraw", "v1")]
    for n, (one, action, by) in enumerate(steps):
        act = cases.Act(TOWN, one.case_id, action, f"t{n}", by, {})
        town.write_now(partial(cases.act, acting=act, now=later))
    loan = opening("tiller", "m1", "v1", {"tillers": 2, "stay": {"from": "2026-11-23", "to": "2026-11-23"}}, now)
    lent = town.write_now(lambda tx: cases.open(tx, loan, now=now))
    late = now + timedelta(days=2)
    back = cases.Act(TOWN, lent.case_id, "returned", "t9", "c3", {"lost_tillers": 1})
    town.write_now(lambda tx: cases.act(tx, back, now=late))
    line_of = town.read_now(lambda tx: figures.of_month(tx, TOWN, "thresher", now, late + timedelta(days=1)))
    assert (line_of.served, line_of.left, line_of.missed) == (1, 1, 1)
    assert line_of.waited == timedelta(hours=2)
    lending = town.read_now(lambda tx: figures.of_month(tx, TOWN, "tiller", now, late + timedelta(days=1)))
    assert (lending.lent, lending.late, lending.lost) == (1, 1, 1)
