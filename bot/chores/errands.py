"""Runs deferred work (`township/jobs.py`): claimed by lease or fetched by procrastinate, done in a thread, retried when
its worker died.

Handlers may run twice and take only small JSON. One that is a coroutine mostly waits for somebody else: it runs beside
the others, so that nothing waits behind it.
"""

import asyncio
import inspect
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from township import broker, jobs
from township.broker import Broker
from township.clock import Clock
from township.db import Database, Tx
from township.jobs import Job

log = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any]], object]
MOST_BESIDE = 24
"""Coroutines that run at once; more wait for their turn as rows."""


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
        self._beside: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Let procrastinate bring the work, where it serves this database."""
        if self._db.dialect == "sqlite":  # one process: what still runs was left by a dead one
            await self._db.write(lambda tx: jobs.let_go(tx, machine=self._clock.machine()))
        if await self._db.read(broker.serves):
            self._broker = Broker(self._db.url, self._fetched, silence=self._silence)
            await self._broker.start()

    async def stop(self) -> None:
        """Finish what procrastinate has brought; what waits for somebody else is taken up by the next process."""
        if self._broker is not None:
            await self._broker.stop()
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)

    async def idle(self) -> None:
        """Wait until nothing runs beside: for tests and rehearsals."""
        while self._beside:
            await asyncio.wait(self._beside)

    async def _fetched(self, job_id: str) -> None:
        if job := await self._db.write(lambda tx: jobs.take(tx, job_id)):
            await self._run(job)

    async def run_all(self) -> None:
        """Do what waits in rows, one after the other; what fails is given back with growing pauses."""
        if self._broker is not None and time.monotonic() - self._revived > self._silence / 3:
            self._revived = time.monotonic()
            await self._broker.revive()
        while job := await self._db.write(self._claim):
            if inspect.iscoroutinefunction(self._handlers[job.name]):
                task = asyncio.create_task(self._run(job), name=f"errand-{job.name}")
                self._beside.add(task)
                task.add_done_callback(self._beside.discard)
            else:
                await self._run(job)

    def _claim(self, tx: Tx) -> Job | None:
        full = len(self._beside) >= MOST_BESIDE
        beside = [name for name, handler in self._handlers.items() if inspect.iscoroutinefunction(handler)]
        return jobs.claim(tx, machine=self._clock.machine(), without=beside if full else ())

    async def _run(self, job: Job) -> None:
        try:
            handler = self._handlers[job.name]
            if inspect.iscoroutinefunction(handler):
                await handler(job.args)
            else:
                await asyncio.to_thread(handler, job.args)
        except Exception as error:
            log.exception("a job failed", extra={"action": "job_failed", "job": job.name, "tries": job.tries})
            why = type(error).__name__
            await self._db.write(lambda tx: jobs.failed(tx, job, why, machine=self._clock.machine()))
            return
        await self._db.write(lambda tx: jobs.done(tx, job.id, machine=self._clock.machine()))
