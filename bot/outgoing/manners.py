"""What was said lately and is not said again soon: rows, so that a restart, or a second process, keeps to it."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.models import last_said
from bot.spending import month_of
from township.db import Tx, insert_ignore, upsert

APART = timedelta(minutes=10)
"""Notices to one person that come closer together are one."""


def told(tx: Tx, town_id: str, person_id: str, at: datetime) -> None:
    """Note that a person was told something now."""
    upsert(tx, last_said, {"key": f"told:{person_id}", "town_id": town_id, "at": at}, ["key"])


def told_lately(tx: Tx, person_id: str, now: datetime) -> datetime | None:
    """Say until when a person is left in peace; None: not at all."""
    at: datetime | None = tx.execute(sa.select(last_said.c.at).where(last_said.c.key == f"told:{person_id}")).scalar()
    return at + APART if at is not None and now < at + APART else None


def asks_to_ring(tx: Tx, town_id: str, open_id: str, at: datetime) -> bool:
    """Say whether a group has not been asked to ring this month, and note that it has been now; once is enough."""
    row = {"key": f"ring:{month_of(at)}:{open_id}", "town_id": town_id, "at": at}
    return insert_ignore(tx, last_said, row, ["key"])
