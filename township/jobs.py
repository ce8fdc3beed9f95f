"""Work that only needs doing: `defer` in the transaction that wants it, run later by a worker, retried when stalled.

On PostgreSQL the extra `postgres` may run it through procrastinate; the rows here serve both engines without it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from township.db import Tx, insert_ignore, locked
from township.ids import new_id
from township.models import jobs

LEASE = timedelta(minutes=5)
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed piece of work."""

    id: str
    name: str
    args: dict[str, Any]
    tries: int


def defer(tx: Tx, name: str, args: dict[str, Any], key: str, *, machine: datetime) -> bool:
    """Ask for work in the caller's transaction; the same key twice is once. True when it is new."""
    row = {"id": new_id(), "key": key, "name": name, "args": args, "state": "ready", "created_at": machine}
    return insert_ignore(tx, jobs, row, ["key"])


def claim(tx: Tx, *, machine: datetime) -> Job | None:
    """Take the oldest waiting job, or one whose worker died, for LEASE."""
    due = (
        sa.select(jobs)
        .where(
            jobs.c.state.in_(("ready", "running")),
            sa.or_(jobs.c.retry_at.is_(None), jobs.c.retry_at <= machine),
            sa.or_(jobs.c.state == "ready", jobs.c.lease_until < machine),
        )
        .order_by(jobs.c.id)
        .limit(1)
    )
    row = tx.execute(locked(due, skip=True)).mappings().first()
    if row is None:
        return None
    tries = row["tries"] + 1
    tx.execute(
        sa.update(jobs).where(jobs.c.id == row["id"]).values(state="running", lease_until=machine + LEASE, tries=tries)
    )
    return Job(row["id"], row["name"], row["args"], tries)


def done(tx: Tx, job_id: str, *, machine: datetime) -> None:
    """Close a job that has been done."""
    tx.execute(sa.update(jobs).where(jobs.c.id == job_id).values(state="done", done_at=machine))


def failed(tx: Tx, job: Job, error: str, *, machine: datetime) -> None:
    """Give a job back with growing pauses; after MOST_TRIES it stays failed for a person to see."""
    state = "failed" if job.tries >= MOST_TRIES else "ready"
    pause = timedelta(seconds=10 * 4**job.tries)
    tx.execute(sa.update(jobs).where(jobs.c.id == job.id).values(state=state, retry_at=machine + pause, error=error))
