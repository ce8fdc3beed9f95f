"""One contract for deferred work, whoever brings it: rows on both engines, procrastinate on PostgreSQL.

A worker is a process of its own and is killed in the middle of a job; another does the job.
"""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.chores.errands import Errands
from township import broker, jobs
from township.clock import SystemClock, TurnedClock
from township.db import Database
from township.models import jobs as rows

ROOT = Path(__file__).parents[3]
SILENCE = 1.5
WORKER = """
import asyncio, sys, time
from bot.chores.errands import Errands
from township.clock import SystemClock
from township.db import Database

def begin(args):
    print("begun", flush=True)
    time.sleep(60)

async def main():
    errands = Errands(Database(sys.argv[1]), SystemClock(), {"add": begin}, silence=1.5)
    await errands.start()
    while True:
        await errands.run_all()
        await asyncio.sleep(0.05)

asyncio.run(main())
"""


@pytest.fixture(params=["rows on sqlite", "rows on postgresql", "procrastinate"])
def work(request: pytest.FixtureRequest) -> Database:
    """A database and who brings its work."""
    if request.param == "procrastinate" and not broker.is_installed():
        pytest.skip("the extra postgres is not installed")
    database: Database = request.getfixturevalue("sqlite_db" if "sqlite" in request.param else "postgres_db")
    if request.param == "procrastinate":
        database.write_now(broker.prepare)
        database.write_now(broker.prepare)  # as every `dinglin migrate` does
    return database


def begin_and_die(url: str) -> None:
    """Let a process begin the job, and kill it."""
    with subprocess.Popen([sys.executable, "-c", WORKER, url], cwd=ROOT, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"begun\n"
        worker.kill()


async def test_another_worker_does_what_a_killed_one_had_begun(work: Database, clock: TurnedClock) -> None:
    assert work.write_now(lambda tx: jobs.defer(tx, "add", {"n": 1}, "a", machine=clock.machine()))
    assert not work.write_now(lambda tx: jobs.defer(tx, "add", {"n": 1}, "a", machine=clock.machine()))
    await asyncio.to_thread(begin_and_die, work.url)
    done: list[Mapping[str, Any]] = []
    # The killed one leased by the clock of the machine: the turned one has to be past that, whatever day it is.
    clock.forward(max(timedelta(), SystemClock().machine() - clock.machine()) + timedelta(days=1))
    errands = Errands(work, clock, {"add": done.append}, silence=SILENCE)
    await errands.start()
    try:
        await asyncio.wait_for(_until_closed(work, errands), 60)
    finally:
        await errands.stop()
    assert done == [{"n": 1}]


async def test_work_of_a_rolled_back_transaction_is_never_brought(work: Database, clock: TurnedClock) -> None:
    def call(tx: sa.Connection) -> None:
        jobs.defer(tx, "add", {"n": 1}, "a", machine=clock.machine())
        raise LookupError

    with pytest.raises(LookupError):
        work.write_now(call)
    done: list[Mapping[str, Any]] = []
    work.write_now(lambda tx: jobs.defer(tx, "add", {"n": 2}, "b", machine=clock.machine()))
    errands = Errands(work, clock, {"add": done.append}, silence=SILENCE)
    await errands.start()
    try:
        await asyncio.wait_for(_until_closed(work, errands), 60)
    finally:
        await errands.stop()
    assert done == [{"n": 2}]


async def _until_closed(work: Database, errands: Errands) -> None:
    def left(tx: sa.Connection) -> int:
        return tx.scalar(sa.select(sa.func.count()).select_from(rows).where(rows.c.state != "done")) or 0

    while await work.read(left):
        await errands.run_all()
