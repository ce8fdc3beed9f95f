"""What an account has spent this month, in both pools: counted in memory, written down every few seconds.

The counts are ours, from what we sent and what reached us; DingTalk shows its own in the console only. What a call
costs, and what to do when a pool runs low, is in `purse.py`.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from bot.purse import Call, Limits, Purpose, Purse, Step, cost
from township.clock import SHANGHAI, Clock
from township.db import Database, Tx, insert_ignore, upsert
from township.models import spending
from township.settings import Settings


class Spent(NamedTuple):
    """What stands in a month's row."""

    api: int = 0
    push: int = 0
    refused_at: datetime | None = None
    """When the platform last said that a pool is empty."""


def month_of(at: datetime) -> str:
    """Name the month that a moment is charged to; pools are filled on the first, Chinese time."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m")


def limits_of(settings: Settings) -> Limits:
    """What the organisation may use in a month, as the settings say."""
    return Limits(settings.api_limit or None, settings.push_limit or None)


class Ledger:
    """The running count of one process, for all accounts it serves."""

    def __init__(self, db: Database, clock: Clock, limits: Mapping[str, Limits]) -> None:
        self._db = db
        self._clock = clock
        self._limits = limits
        self._known: dict[tuple[str, str], Spent] = {}
        self._new: Counter[tuple[str, str, str]] = Counter()
        self._refused: dict[tuple[str, str], datetime] = {}

    def charge(self, account_id: str, call: Call, times: int = 1) -> None:
        """Count calls that went out, or pushes that came in."""
        price = cost(call, webhook_counts=self._limits[account_id].webhook_counts)
        month = month_of(self._clock.now())
        self._new[account_id, month, "api"] += price.api * times
        self._new[account_id, month, "push"] += price.push * times

    def refused(self, account_id: str) -> None:
        """Note that the platform says a pool is empty: told to who runs the town, since our own count is another."""
        now = self._clock.now()
        self._refused[account_id, month_of(now)] = now

    def purse(self, account_id: str) -> Purse:
        """Say how much of the month is spent, as far as this process knows."""
        month = month_of(self._clock.now())
        known, new = self._known.get((account_id, month), Spent()), self._new
        limits = self._limits[account_id]
        return Purse(limits, known.api + new[account_id, month, "api"], known.push + new[account_id, month, "push"])

    def step(self, account_id: str) -> Step:
        """Say how sparing an account must be today."""
        here = self._clock.now().astimezone(SHANGHAI)
        return self.purse(account_id).step(here.day, monthrange(here.year, here.month)[1])

    def may_send(self, account_id: str, purpose: Purpose) -> bool:
        """Say whether the API pool of an account may be drawn on for this purpose today."""
        return self.purse(account_id).may_send(purpose, self.step(account_id))

    async def write_down(self) -> None:
        """Add the new counts to the rows, and learn what other processes have added."""
        new, self._new = self._new, Counter()
        refused, self._refused = self._refused, {}
        month = month_of(self._clock.now())

        def call(tx: Tx) -> dict[tuple[str, str], Spent]:
            _add(tx, new)
            _note(tx, refused)
            return {(account_id, month): spent(tx, account_id, month) for account_id in self._limits}

        try:
            self._known = await self._db.write(call)
        except Exception:
            self._new.update(new)
            self._refused = refused | self._refused
            raise


def spent(tx: Tx, account_id: str, month: str) -> Spent:
    """Read what was written down."""
    chosen = sa.select(spending.c.api, spending.c.push, spending.c.refused_at)
    found = tx.execute(chosen.where(*_row(account_id, month))).first()
    return Spent(*found) if found else Spent()


def _add(tx: Tx, counts: Mapping[tuple[str, str, str], int]) -> None:
    for (account_id, month, pool), count in counts.items():
        if count:
            insert_ignore(tx, spending, {"account_id": account_id, "month": month}, ["account_id", "month"])
            mine = _row(account_id, month)
            tx.execute(sa.update(spending).where(*mine).values({pool: spending.c[pool] + count}))


def _note(tx: Tx, refused: Mapping[tuple[str, str], datetime]) -> None:
    for (account_id, month), at in refused.items():
        upsert(tx, spending, {"account_id": account_id, "month": month, "refused_at": at}, ["account_id", "month"])


def _row(account_id: str, month: str) -> tuple[sa.ColumnElement[bool], ...]:
    return spending.c.account_id == account_id, spending.c.month == month
