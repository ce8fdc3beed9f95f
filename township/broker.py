"""Deferred work through procrastinate: on PostgreSQL, where the extra `postgres` is installed.

The row in `jobs` stays the truth of a piece of work: what it is and what became of it. Procrastinate says who does it
and when: handed over on the caller's connection, fetched by one worker of each process, and given to another when its
worker has fallen silent.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cache
from importlib import resources
from importlib.util import find_spec
from typing import Any

import sqlalchemy as sa

from township.db import Tx
from township.statements import driver

TASK = QUEUE = "dinglin"
SILENCE = 15.0
"""Seconds without a heartbeat after which a worker's job is another's."""
ORDERLY = 20.0
"""Seconds that a job under way is given when its process is asked to end."""


def is_installed() -> bool:
    """Say whether the extra is there."""
    return find_spec("procrastinate") is not None


def serves(tx: Tx) -> bool:
    """Say whether work of this database goes through procrastinate; otherwise the rows are claimed by lease."""
    return tx.dialect.name == "postgresql" and is_installed() and bool(tx.scalar(sa.text(_TABLE)))


_TABLE = "SELECT to_regclass('procrastinate_jobs') IS NOT NULL"
_NOTE = "SELECT obj_description('procrastinate_jobs'::regclass)"


def prepare(tx: Tx) -> None:
    """Bring procrastinate's own tables to its installed version; a note on its table says how far they are."""
    if tx.dialect.name != "postgresql" or not is_installed():
        return
    folder = resources.files("procrastinate.sql")
    steps = sorted(one.name for one in (folder / "migrations").iterdir() if one.name.endswith(".sql"))
    if not tx.scalar(sa.text(_TABLE)):
        driver(tx).execute((folder / "schema.sql").read_text("utf-8"))
    else:
        done = tx.scalar(sa.text(_NOTE)) or ""
        for name in (name for name in steps if name > done):
            driver(tx).execute((folder / "migrations" / name).read_text("utf-8"))
    driver(tx).execute(f"COMMENT ON TABLE procrastinate_jobs IS '{steps[-1]}'")


def hand(tx: Tx, job_id: str, *, at: datetime | None = None) -> None:
    """Hand a job over in the caller's transaction, to be done now or `at` a moment of machine time."""
    from procrastinate.jobs import Job

    job = Job(queue=QUEUE, lock=None, queueing_lock=None, task_name=TASK, task_kwargs={"job": job_id}, scheduled_at=at)
    _manager().defer_job(job, connection=driver(tx))


@cache
def _manager() -> Any:
    from procrastinate import SyncPsycopgConnector
    from procrastinate.manager import JobManager

    return JobManager(SyncPsycopgConnector())  # never opened: each job goes by the connection of its caller


class Broker:
    """The worker of one process: one job at a time."""

    def __init__(self, url: str, do: Callable[[str], Awaitable[None]], *, silence: float = SILENCE) -> None:
        from procrastinate import App, PsycopgConnector

        plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._app = App(connector=PsycopgConnector(conninfo=plain, min_size=1, max_size=4))
        self._silence = silence

        @self._app.task(name=TASK, queue=QUEUE)
        async def take(job: str) -> None:
            await do(job)

    async def start(self) -> None:
        """Begin to fetch."""
        await self._app.open_async()
        working = self._app.run_worker_async(
            queues=[QUEUE],
            concurrency=1,
            install_signal_handlers=False,
            delete_jobs="successful",
            update_heartbeat_interval=self._silence / 3,
            stalled_worker_timeout=self._silence,
            shutdown_graceful_timeout=ORDERLY,
        )
        self._working = asyncio.create_task(working, name="broker")

    async def revive(self) -> None:
        """Give the jobs of silent workers to others."""
        jobs = self._app.job_manager
        for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=self._silence):
            await jobs.retry_job(job)

    async def stop(self) -> None:
        """Finish what is under way, fetch no more."""
        self._working.cancel()
        await asyncio.gather(self._working, return_exceptions=True)
        await self._app.close_async()
