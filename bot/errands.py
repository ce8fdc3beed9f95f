"""Runs deferred work (`township/jobs.py`): claimed by lease, done in a thread, retried when its worker died.

Handlers may run twice and take only small JSON; a person never waits for them.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from township import jobs
from township.clock import Clock
from township.db import Database
from township.jobs import Job

log = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any]], object]


class Errands:
    """The worker of one process."""

    def __init__(self, db: Database, clock: Clock, handlers: Mapping[str, Handler]) -> None:
        self._db = db
        self._clock = clock
        self._handlers = handlers

    async def run_all(self) -> None:
        """Do what waits, one after the other; what fails is given back with growing pauses."""
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
