"""Work that only needs doing: `defer` in the transaction that wants it, run later by a worker, retried when stalled.

A row each, claimed by lease. On PostgreSQL with the extra `postgres` the rows are handed to procrastinate instead
(`broker.py`), and only say what became of them.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township import broker
from township.db import Tx, insert_ignore, locked
from township.ids import new_id
from township.models import jobs

LEASE = timedelta(minutes=5)
MOST_TRIES = 5


class Job(Struct, frozen=True):
    """A claimed piece of work."""

    id: str
    name: str
    args: dict[str, Any]
    tries: int


def defer(tx: Tx, name: str, args: dict[str, Any], key: str, *, machine: datetime, by_lease: bool = False) -> bool:
    """Ask for work in the caller's transaction; the same key twice is once. True when it is new.

    `by_lease`: claimed from its row everywhere; procrastinate brings one thing at a time, and this mostly waits.
    """
    job_id, state = new_id(), "handed" if not by_lease and broker.serves(tx) else "ready"
    row = {"id": job_id, "key": key, "name": name, "args": args, "state": state, "created_at": machine}
    is_new = insert_ignore(tx, jobs, row, ["key"])
    if is_new and state == "handed":
        broker.hand(tx, job_id)
    return is_new


def claim(tx: Tx, *, machine: datetime, without: Collection[str] = ()) -> Job | None:
    """Take the oldest waiting job, or one whose worker died, for LEASE; none with a name that is left out."""
    due = (
        sa.select(jobs)
        .where(
            jobs.c.name.not_in(without),
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


def take(tx: Tx, job_id: str) -> Job | None:
    """Take a job that procrastinate has fetched; None when it is closed: a worker that was thought dead did it."""
    open_ = jobs.c.state.in_(("handed", "taken"))
    row = tx.execute(locked(sa.select(jobs).where(jobs.c.id == job_id, open_))).mappings().first()
    if row is None:
        return None
    tries = row["tries"] + 1
    tx.execute(sa.update(jobs).where(jobs.c.id == job_id).values(state="taken", tries=tries))
    return Job(row["id"], row["name"], row["args"], tries)


def done(tx: Tx, job_id: str, *, machine: datetime) -> None:
    """Close a job that has been done."""
    tx.execute(sa.update(jobs).where(jobs.c.id == job_id).values(state="done", done_at=machine))


def forget(tx: Tx, key: str) -> None:
    """Take away what a job was told: what it needed to know is nobody's business once it is done."""
    tx.execute(sa.update(jobs).where(jobs.c.key == key).values(args={}))


def let_go(tx: Tx, *, machine: datetime) -> None:
    """End the leases of a process that is dead, for one that starts where no other lives."""
    mine = jobs.c.state == "running"
    tx.execute(sa.update(jobs).where(mine).values(lease_until=machine - timedelta(seconds=1)))


def failed(tx: Tx, job: Job, error: str, *, machine: datetime) -> None:
    """Give a job back with growing pauses; after MOST_TRIES it stays failed for a person to see."""
    retry_at = machine + timedelta(seconds=10 * 4**job.tries)
    is_handed = tx.scalar(sa.select(jobs.c.state).where(jobs.c.id == job.id)) == "taken"
    state = "failed" if job.tries >= MOST_TRIES else "handed" if is_handed else "ready"
    tx.execute(sa.update(jobs).where(jobs.c.id == job.id).values(state=state, retry_at=retry_at, error=error))
    if state == "handed":
        broker.hand(tx, job.id, at=retry_at)
