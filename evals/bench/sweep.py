"""Late steps and lists in a town with a million open cases, on both engines.

Nothing due: how long a look takes. Ten thousand due at once, through `cases.act`, by two workers: how long until
all are done, how long taps take meanwhile, whether any was done twice. A list of what is open: by role.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles

from evals.bench import multitude, postgres
from evals.bench.cases import AT, desk
from evals.bench.children import ChildFailed
from evals.harness import Report
from skills.rehearsal.founding import TOWN
from township import directory
from township.db import Database, Tx
from workflows import casebook, cases
from workflows.casebook import Filter
from workflows.clocks import timers

TASK = "sweep"
NOW = AT + timedelta(minutes=30)
"""Before the first late step of any report."""
ROLES = {
    "villager": "v1", "village_clerk": "c1", "village_head": "c2", "grid_worker": "c3", "town_clerk": "t1",
    "town_duty": "t2", "town_leader": "t3", "discipline": "t4", "civil_affairs": "t6", "custodian": "t7",
}  # fmt: skip
WORKERS = 2
DUE = f"""
UPDATE clocks SET next_at = {round(NOW.timestamp() - 60)}000000,
 fired = CASE WHEN substr(case_id, 32) IN ('1', '3', '5', '7', '9') THEN 1 ELSE 0 END
WHERE name = 'answer' AND substr(case_id, 25) BETWEEN '00000001' AND '{{last}}'
"""
FIRED = "SELECT COUNT(DISTINCT case_id), COUNT(*) FROM case_events WHERE kind = 'late'"
MOST_TAPS = 400
PAUSE = 0.02
"""Between two taps, in seconds."""
Worker = Callable[[], Awaitable[None]]


def run(*, number: int = 1_000_000, due: int = 10_000, looks: int = 60) -> Report:
    """Measure on SQLite and on PostgreSQL; the figures are those of the slower one."""
    found = postgres.binaries()
    if found is None:
        raise ChildFailed("apt-get install postgresql")
    by: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="dinglin-sweep-") as folder:
        by["sqlite"] = _measured(f"sqlite:///{Path(folder) / 'town.db'}", number, due, looks)
    with postgres.server(found, shared_buffers="512MB", max_wal_size="4GB") as server:
        by["postgresql"] = _measured(server, number, due, looks)
    worst = {name: max(row[name] for row in by.values()) for name in by["sqlite"]}
    return Report(TASK, number, worst, by, {"cases": number, "due": due, "workers": WORKERS})


def _measured(url: str, number: int, due: int, looks: int) -> dict[str, float]:
    with desk(url) as town:
        tapped = [town.once() for _ in range(MOST_TAPS)]
        multitude.fill(town.db, number)
        lists = {role: _p50(partial(_listed, town.db, who), looks) for role, who in ROLES.items()}
        idle = _p50(lambda: town.db.write_now(lambda tx: timers.sweep(tx, NOW)), looks * 5)
        made = town.db.write_now(lambda tx: _make_due(tx, due))
        seconds, times = asyncio.run(_fired(town.db, url, tapped))
        once, events = town.db.read_now(_late_events)
    return {
        "idle_p50_ms": idle,
        "inbox_p50_ms": max(lists.values()),
        "timers_s": round(seconds, 2),
        "tap_p99_ms": round(quantiles(times, n=100)[98] * 1000, 1),
        "doubled": events - once,
        "undone": made - once,
        **{f"inbox_{role}_ms": ms for role, ms in lists.items()},
    }


def _p50(once: Callable[[], object], looks: int) -> float:
    """Do it again and again, after one that does not count; the median in milliseconds."""
    once()
    times = []
    for _ in range(looks):
        started = time.perf_counter()
        once()
        times.append(time.perf_counter() - started)
    return round(median(times) * 1000, 2)


def _listed(db: Database, person_id: str) -> None:
    """Read the first page of what is open, and what concerns oneself, as somebody's scope allows."""

    def read(tx: Tx) -> None:
        person = directory.person(tx, person_id)
        if person is not None:
            scope = directory.scope_of(tx, person, NOW)
            casebook.listed(tx, scope, Filter(is_open=True))

    db.read_now(read)


def _make_due(tx: Tx, number: int) -> int:
    """Let one clock of so many cases be due since a minute, half of them for the first step and half for the second."""
    return int(tx.exec_driver_sql(DUE.format(last=f"{number // multitude.VILLAGES:08}")).rowcount)


async def _fired(db: Database, url: str, tapped: Sequence[str]) -> tuple[float, list[float]]:
    """Let two workers fire what is due while somebody taps; returns the seconds it took, and those of each tap."""
    with ExitStack() as stack:
        is_alone = db.dialect == "sqlite"
        workers: list[Worker] = [partial(_sweep, db)] * WORKERS if is_alone else await _processes(stack, url)
        started = time.perf_counter()
        times: list[float] = []
        tapping = asyncio.create_task(_tap(db, tapped, times))
        await asyncio.gather(*(worker() for worker in workers))
        seconds = time.perf_counter() - started
        tapping.cancel()
        await asyncio.gather(tapping, return_exceptions=True)
        return seconds, times


async def _tap(db: Database, tapped: Sequence[str], times: list[float]) -> None:
    """Tap on one case after the other."""
    for case_id in tapped:
        acting = cases.Act(TOWN, case_id, "accept", f"tap:{case_id}", "c1", {})
        started = time.perf_counter()
        await db.write(partial(cases.act, acting=acting, now=NOW), urgent=True)
        times.append(time.perf_counter() - started)
        await asyncio.sleep(PAUSE)


async def _sweep(db: Database) -> None:
    """Sweep as the ticker of a process does: on SQLite through the one writing lane, where a tap goes first."""
    while await db.write(lambda tx: timers.sweep(tx, NOW)):
        pass


async def _processes(stack: ExitStack, url: str) -> list[Worker]:
    """On PostgreSQL the workers are processes, as in a township; returned once they are up."""
    executor = stack.enter_context(
        ProcessPoolExecutor(WORKERS, get_context("spawn"), initializer=_open, initargs=(url,))
    )
    loop = asyncio.get_running_loop()
    await asyncio.gather(*(loop.run_in_executor(executor, _ready) for _ in range(WORKERS)))
    return [partial(_run_in, executor) for _ in range(WORKERS)]


async def _run_in(executor: ProcessPoolExecutor) -> None:
    await asyncio.get_running_loop().run_in_executor(executor, _sweep_here)


_HERE: dict[str, Database] = {}


def _open(url: str) -> None:
    _HERE["db"] = Database(url)


def _ready() -> None:
    _HERE["db"].read_now(timers.next_due)


def _sweep_here() -> None:
    asyncio.run(_sweep(_HERE["db"]))


def _late_events(tx: Tx) -> tuple[int, int]:
    """Count the cases on which a clock has acted, and how often clocks have acted."""
    once, events = tx.exec_driver_sql(FIRED).one()
    return int(once), int(events)
