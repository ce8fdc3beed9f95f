"""Who still asks for proofs that no village issues: one row a demand, with the body and never the person.

A row holds a day and no message, so that nobody is to be found by it. Bodies come from a closed list (`phrases.py`).
"""

import datetime as dt
import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from msgspec import Struct

from township.db import Tx
from workflows.seals import policy
from workflows.seals.models import demands


class Demand(Struct, frozen=True):
    """How often one body asked for one paper in a month."""

    body: str
    """Empty: nobody was named."""
    paper: str
    """Its name in the policy."""
    item: int
    """Its number in the national list; 0: not on it."""
    times: int
    insisted: int
    """How often the town was asked to write to the body."""


def note(tx: Tx, town_id: str, paper: str, body: str, day: dt.date) -> None:
    """Write a demand down."""
    row = {"id": secrets.token_hex(16), "town_id": town_id, "on_day": day, "paper": paper, "body": body}
    tx.execute(sa.insert(demands).values(**row, policy=policy.load().version))


def insist(tx: Tx, town_id: str, paper: str, body: str) -> None:
    """Write down that a body does not take no for an answer: on its latest demand, whosever that was."""
    mine = (demands.c.town_id == town_id, demands.c.paper == paper, demands.c.body == body)
    latest = (
        sa.select(demands.c.id)
        .where(*mine, demands.c.insisted.is_(False))
        .order_by(demands.c.on_day.desc(), demands.c.id)
        .limit(1)
    )
    tx.execute(sa.update(demands).where(demands.c.id == latest.scalar_subquery()).values(insisted=True))


def of_month(tx: Tx, town_id: str, month: dt.date) -> list[Demand]:
    """Count the demands of a month by body and paper, the most frequent first."""
    first = month.replace(day=1)
    until = (first + dt.timedelta(days=32)).replace(day=1)
    times, insisted = sa.func.count(), sa.func.sum(sa.case((demands.c.insisted, 1), else_=0))
    chosen = (
        sa.select(demands.c.body, demands.c.paper, times.label("times"), insisted.label("insisted"))
        .where(demands.c.town_id == town_id, demands.c.on_day >= first, demands.c.on_day < until)
        .group_by(demands.c.body, demands.c.paper)
        .order_by(times.desc(), demands.c.body, demands.c.paper)
    )
    return [_demand(row) for row in tx.execute(chosen)]


def months(tx: Tx, town_id: str) -> list[dt.date]:
    """List the months that have demands, the newest first, each by its first day."""
    chosen = sa.select(demands.c.on_day).where(demands.c.town_id == town_id).distinct()
    days: Sequence[dt.date] = tx.execute(chosen).scalars().all()
    return sorted({day.replace(day=1) for day in days}, reverse=True)


def _demand(row: sa.Row[tuple[str, str, int, int]]) -> Demand:
    rows = {one.id: one for _, one in policy.load().rows()}
    known = rows.get(row.paper)
    return Demand(row.body, known.name if known else row.paper, known.item if known else 0, row.times, row.insisted)
