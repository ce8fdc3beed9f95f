"""What an account has spent this month, in both pools: counted in memory, written down every few seconds.

The counts are ours, from what we sent and what reached us; DingTalk shows its own in the console only.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from township.clock import SHANGHAI
from township.db import Database, Tx, insert_ignore
from township.models import spending


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls and pushes of one account in one month."""

    api: int = 0
    push: int = 0


def month_of(at: datetime) -> str:
    """Name the month that a moment is charged to; pools are filled on the first, Chinese time."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m")


def spent(tx: Tx, account_id: str, month: str) -> Spent:
    """Read what was written down."""
    chosen = sa.select(spending.c.api, spending.c.push).where(
        spending.c.account_id == account_id, spending.c.month == month
    )
    row = tx.execute(chosen).first()
    return Spent(row.api, row.push) if row else Spent()


class Ledger:
    """The running count of one process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[tuple[str, str], Spent] = {}
        self._new: Counter[tuple[str, str, str]] = Counter()

    def charge(self, account_id: str, at: datetime, *, api: int = 0, push: int = 0) -> None:
        """Count calls that went out, or pushes that came in."""
        self._new[account_id, month_of(at), "api"] += api
        self._new[account_id, month_of(at), "push"] += push

    def spent(self, account_id: str, at: datetime) -> Spent:
        """Say what this account has spent, as far as this process knows."""
        month = month_of(at)
        known = self._known.get((account_id, month), Spent())
        new = self._new
        return Spent(known.api + new[account_id, month, "api"], known.push + new[account_id, month, "push"])

    async def write_down(self, account_ids: list[str], at: datetime) -> None:
        """Add the new counts to the rows, and learn what other processes have added."""
        new, self._new = self._new, Counter()
        month = month_of(at)

        def call(tx: Tx) -> dict[tuple[str, str], Spent]:
            _add(tx, new)
            return {(account_id, month): spent(tx, account_id, month) for account_id in account_ids}

        try:
            self._known = await self._db.write(call)
        except Exception:
            self._new.update(new)
            raise


def _add(tx: Tx, counts: Mapping[tuple[str, str, str], int]) -> None:
    for (account_id, month, pool), count in counts.items():
        if count:
            insert_ignore(tx, spending, {"account_id": account_id, "month": month}, ["account_id", "month"])
            row = (spending.c.account_id == account_id) & (spending.c.month == month)
            tx.execute(sa.update(spending).where(row).values({pool: spending.c[pool] + count}))
