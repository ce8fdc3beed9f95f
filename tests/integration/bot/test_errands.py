import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.chores.errands import MOST_BESIDE, Errands
from township import jobs
from township.clock import TurnedClock
from township.db import Database
from township.jobs import LEASE, MOST_TRIES
from township.models import jobs as rows


async def defer(db: Database, clock: TurnedClock, key: str) -> bool:
    return await db.write(lambda tx: jobs.defer(tx, "add", {"n": 1}, key, machine=clock.machine()))


async def states(db: Database) -> list[str]:
    return await db.read(lambda tx: list(tx.execute(sa.select(rows.c.state).order_by(rows.c.id)).scalars()))


async def test_work_is_done_once_for_each_key(db: Database, clock: TurnedClock) -> None:
    done: list[int] = []
    errands = Errands(db, clock, {"add": lambda args: done.append(args["n"])})
    assert await defer(db, clock, "a")
    assert not await defer(db, clock, "a")
    await errands.run_all()
    await errands.run_all()
    assert done == [1]
    assert await states(db) == ["done"]


async def test_work_of_a_rolled_back_transaction_never_runs(db: Database, clock: TurnedClock) -> None:
    def call(tx: sa.Connection) -> None:
        jobs.defer(tx, "add", {"n": 1}, "a", machine=clock.machine())
        raise LookupError

    with pytest.raises(LookupError):
        await db.write(call)
    assert await states(db) == []


async def test_work_of_a_killed_worker_is_taken_up_after_its_lease(db: Database, clock: TurnedClock) -> None:
    await defer(db, clock, "a")
    assert await db.write(lambda tx: jobs.claim(tx, machine=clock.machine())) is not None
    done: list[Mapping[str, Any]] = []
    errands = Errands(db, clock, {"add": done.append})
    await errands.run_all()
    assert done == []
    clock.forward(LEASE + timedelta(seconds=1))
    await errands.run_all()
    assert len(done) == 1


async def test_work_that_always_fails_stays_for_a_person_to_see(db: Database, clock: TurnedClock) -> None:
    tried: list[object] = []

    def fail(args: Mapping[str, Any]) -> None:
        tried.append(args)
        raise OSError("disk")

    errands = Errands(db, clock, {"add": fail})
    await defer(db, clock, "a")
    for _ in range(MOST_TRIES + 2):
        await errands.run_all()
        clock.forward(timedelta(days=1))
    assert len(tried) == MOST_TRIES
    assert await states(db) == ["failed"]


async def test_work_that_waits_for_somebody_else_runs_beside_and_never_fills_the_way(
    db: Database, clock: TurnedClock
) -> None:
    answered, done = asyncio.Event(), list[object]()

    async def wait(_: Mapping[str, Any]) -> None:
        await answered.wait()

    errands = Errands(db, clock, {"add": done.append, "ask": wait})
    for n in range(MOST_BESIDE + 3):
        await db.write(lambda tx, n=n: jobs.defer(tx, "ask", {}, f"ask{n}", machine=clock.machine(), by_lease=True))
    await defer(db, clock, "a")
    await errands.run_all()
    assert len(done) == 1
    answered.set()
    await errands.idle()
    await errands.run_all()
    await errands.idle()
    assert set(await states(db)) == {"done"}


async def test_work_beside_that_was_cut_off_is_done_by_the_next_process(
    sqlite_db: Database, clock: TurnedClock
) -> None:
    begun, done = asyncio.Event(), list[object]()

    async def hang(_: Mapping[str, Any]) -> None:
        begun.set()
        await asyncio.Event().wait()

    async def answer(args: Mapping[str, Any]) -> None:
        done.append(args)

    await sqlite_db.write(lambda tx: jobs.defer(tx, "ask", {"n": 1}, "ask", machine=clock.machine(), by_lease=True))
    first = Errands(sqlite_db, clock, {"ask": hang})
    await first.run_all()
    await begun.wait()
    await first.stop()
    second = Errands(sqlite_db, clock, {"ask": answer})
    await second.start()
    await second.run_all()
    await second.idle()
    assert done == [{"n": 1}]
    assert await states(sqlite_db) == ["done"]
