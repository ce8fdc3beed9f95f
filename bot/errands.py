"""Runs deferred work (`township/jobs.py`): claimed by lease or fetched by procrastinate, done in a thread, retried when
its worker died.

Handlers may run twice and take only small JSON; a person never waits for them.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from township import broker, jobs
from township.broker import Broker
from township.clock import Clock
from township.db import Database
from township.jobs import Job

log = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any]], object]


class Errands:
    """The worker of one process."""

    def __init__(
        self, db: Database, clock: Clock, handlers: Mapping[str, Handler], *, silence: float = broker.SILENCE
    ) -> None:
        self._db = db
        self._clock = clock
        self._handlers = handlers
        self._silence = silence
        self._broker: Broker | None = None
        self._revived = 0.0

    async def start(self) -> None:
        """Let procrastinate bring the work, where it serves this database."""
        if await self._db.read(broker.serves):
            self._broker = Broker(self._db.url, self._fetched, silence=self._silence)
            await self._broker.start()

    async def stop(self) -> None:
        """Finish what procrastinate has brought."""
        if self._broker is not None:
            await self._broker.stop()

    async def _fetched(self, job_id: str) -> None:
        if job := await self._db.write(lambda tx: jobs.take(tx, job_id)):
            await self._run(job)

    async def run_all(self) -> None:
        """Do what waits in rows, one after the other; what fails is given back with growing pauses."""
        if self._broker is not None and time.monotonic() - self._revived > self._silence / 3:
            self._revived = time.monotonic()
            await self._broker.revive()
        while job := await self._db.write(lambda tx: jobs.claim(tx, machine=self._clock.machine())):
            await self._run(job)

    async def _run(self, job: Job) -> None:
        try:
            await asyncio.to_thread(self._handlers[job.name], job.args)
        except Exception as error:
            log.exception("a job failed", extra={"action": "job_failed", "job": job.name, "tries": job.tries})
            why = type(error).__name__
            await self._db.write(lambda tx: jobs.failed(tx, job, why, machine=self._clock.machine()))
            return
        await self._db.write(lambda tx: jobs.done(tx, job.id, machine=self._clock.machine()))
