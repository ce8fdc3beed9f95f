"""Opening a case: one caller with a commit each, in turns with raw SQL and django-helpdesk; sixteen callers at once.

Raw SQL writes the very rows of one of our cases (`bare.py`), on the same engine with the same safety. django-helpdesk
is measured twice: storing a ticket with its follow-up, by which the bar was set, and what its own form does when
somebody reports something. Files lie in memory where the machine has such a folder, and PostgreSQL does not wait for
its disk: what a disk takes for a commit is the same for everybody, and a slow one drowns what is compared. What a town
sees, with its file on a disk, is told beside it (`disk_…`).
"""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from ruamel.yaml import YAML

from evals.bench import postgres, turns
from evals.bench.bare import Bare, Stored, rows_of
from evals.bench.children import ChildFailed
from evals.bench.turns import Local, Rival
from evals.harness import Report
from skills import registry
from skills.rehearsal.founding import TOWN, prepare
from township.clock import SHANGHAI
from township.db import Database
from workflows import cases

TASK = "cases"
AT = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
SAID: dict[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("opening.yaml").read_text("utf-8"))
REPORT: dict[str, str] = SAID["report"]
CALLERS = 16
MEMORY = Path("/dev/shm")
"""A folder of Linux in memory."""
HELPDESK = {"helpdesk": "rows", "helpdesk_form": "form"}
"""django-helpdesk twice: its two rows stored and nothing else done, and a report filled in at its public form."""
SAFE = ("page_size=2048", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-4000")


class Desk:
    """The rehearsal town, where a villager reports a lamp again and again."""

    def __init__(self, db: Database, prefix: str = "bench") -> None:
        self.db = db
        self._numbers = (f"{prefix}:{n}" for n in count())

    def opening(self) -> cases.Opening:
        """One more report."""
        return cases.Opening(TOWN, "village_report", next(self._numbers), REPORT, AT, spoke="v1")

    def once(self) -> str:
        """File it and wait for the commit; returns the case."""
        opening = self.opening()
        return self.db.write_now(lambda tx: cases.open(tx, opening, now=AT)).case_id


def run(*, rounds: int = 8, seconds: float = 0.7, peers: str = "") -> Report:
    """Measure: ratios of the same rounds against raw SQL and django-helpdesk, and the p99 of sixteen callers."""
    found = postgres.binaries()
    if found is None:
        raise ChildFailed("apt-get install postgresql")
    with ExitStack() as stack:
        server = stack.enter_context(postgres.server(found))
        lite, raw, rivals, rows = _on_sqlite(stack, in_memory(), peers)
        rivals["postgres"] = Local(stack.enter_context(desk(server)).once)
        rivals["raw_postgres"] = Local(_raw_postgres(stack, server, rows).once)
        rates = turns.played(rivals, rounds, seconds)
        crowds, grouped = [], []
        for _ in range(rounds):
            crowds.append(asyncio.run(_crowd(lite, seconds)))
            grouped.append(Local(lambda: raw.several(CALLERS)).turn(seconds) * CALLERS)
    with ExitStack() as stack:
        on_disk = turns.played(_on_sqlite(stack, None, peers)[2], rounds, seconds)
    rates |= {f"disk_{name}": found for name, found in on_disk.items()}
    return _report(rates, crowds, grouped, seconds)


def _on_sqlite(
    stack: ExitStack, where: Path | None, peers: str
) -> tuple[Desk, Bare, dict[str, Rival], list[Stored]]:  # fmt: skip
    """Prepare all that writes to SQLite, in a folder of its own: ours, raw SQL and, where there is one, the peer."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dinglin-cases-", dir=where)))
    lite = stack.enter_context(desk(f"sqlite:///{folder / 'ours.db'}"))
    rows = _template(folder / "ours.db", lite.once())
    raw = _raw_sqlite(stack, folder, rows)
    rivals: dict[str, Rival] = {"sqlite": Local(lite.once), "raw": Local(raw.once)}
    if python := turns.python_with("helpdesk", peers):
        for name, way in HELPDESK.items():
            rivals[name] = stack.enter_context(turns.peer(python, "helpdesk_tickets.py", str(folder), way))
    return lite, raw, rivals, rows


def in_memory() -> Path | None:
    """Name a folder that no disk slows down, where the machine has one."""
    return MEMORY if MEMORY.is_dir() else None


def _report(rates: dict[str, list[float]], crowds: list[list[float]], grouped: list[float], seconds: float) -> Report:
    by = {name: {"rate": round(median(found), 1)} for name, found in rates.items()}
    by["sqlite_16"] = {"rate": round(median(len(times) for times in crowds) / seconds, 1)}
    by["raw_16"] = {"rate": round(median(grouped), 1)}
    figures = {}
    for where in ("", "disk_"):
        figures[f"{where}sqlite_vs_raw"] = turns.ratio(rates, f"{where}sqlite", f"{where}raw")
        for name in HELPDESK:
            if f"{where}{name}" in rates:
                figures[f"{where}sqlite_vs_{name}"] = turns.ratio(rates, f"{where}sqlite", f"{where}{name}")
    figures["postgres_vs_raw"] = turns.ratio(rates, "postgres", "raw_postgres")
    figures["p99_16_ms"] = round(median(quantiles(times, n=100)[98] for times in crowds) * 1000, 1)
    return Report(TASK, sum(map(len, crowds)), figures, by, {"rounds": len(crowds), "seconds": seconds})


@contextmanager
def desk(url: str) -> Iterator[Desk]:
    """Found the rehearsal town in an empty database."""
    db = Database(url)
    try:
        db.create_all()
        prepare(db, *(one.skill for one in registry.load_all() if one.skill), at=AT)
        yield Desk(db)
    finally:
        db.close_now()


def _template(path: Path, case_id: str) -> list[Stored]:
    with closing(sqlite3.connect(path)) as connection:
        return rows_of(connection, case_id)


def _raw_sqlite(stack: ExitStack, folder: Path, rows: list[Stored]) -> Bare:
    url = f"sqlite:///{folder / 'raw.db'}"
    with desk(url) as empty:
        empty.once()
    connection = stack.enter_context(closing(sqlite3.connect(folder / "raw.db", isolation_level=None)))
    for pragma in SAFE:
        connection.execute(f"PRAGMA {pragma}")
    return Bare(connection, rows, mark="?", begin="BEGIN IMMEDIATE")


def _raw_postgres(stack: ExitStack, server: str, rows: list[Stored]) -> Bare:
    """The same tables, in the same server, for the same town: as many rows lie there as ours has made."""
    driver = import_module("psycopg")  # bare: what our own doors put around it is what is measured
    connection = stack.enter_context(driver.connect(server, autocommit=True))
    return Bare(connection, rows, mark="%s", begin="BEGIN")


async def _crowd(lite: Desk, seconds: float) -> list[float]:
    """Let sixteen callers file one after another, all at once; returns what each call took, in seconds."""
    until, times = time.perf_counter() + seconds, list[float]()

    async def caller() -> None:
        while (started := time.perf_counter()) < until:
            await lite.db.write(partial(cases.open, opening=lite.opening(), now=AT))
            times.append(time.perf_counter() - started)

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return times
