"""What a month's talking has cost so far, and what is left unsaid because of it, for whoever runs a town.

The counts are ours (`spending.py`); that the platform has refused is its own word, and may come sooner where another
application of the same organisation draws on the same pools.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime

from bot import purse
from bot.purse import Limits, Step
from bot.spending import month_of, spent
from bot.wording import texts
from township.clock import SHANGHAI
from township.db import Tx
from workflows.clocks.deadlines import say_moment
from workflows.house import texts as house_texts


@dataclass(frozen=True, slots=True)
class Pool:
    """One of the two pools of a month."""

    used: int
    limit: int | None
    """None: nobody counts."""
    by_end: int
    """The month's end, if the days to come are like those gone by."""

    @property
    def share(self) -> float:
        return purse.share(self.used, self.limit)


@dataclass(frozen=True, slots=True)
class Usage:
    """How an account stands in its month."""

    api: Pool
    push: Pool
    step: Step
    refused_at: datetime | None
    """When the platform last said that a pool is empty."""


def usage(tx: Tx, account_id: str, limits: Limits, now: datetime) -> Usage:
    """Look at what has been written down of this month."""
    here = now.astimezone(SHANGHAI)
    days = monthrange(here.year, here.month)[1]
    found = spent(tx, account_id, month_of(now))

    def pool(used: int, limit: int | None) -> Pool:
        return Pool(used, limit, round(purse.forecast(used, here.day, days)))

    step = purse.step(found.api, found.push, limits, here.day, days)
    return Usage(pool(found.api, limits.api), pool(found.push, limits.push), step, found.refused_at)


def sentences(of: Usage) -> list[str]:
    """Say it: both pools, what is spared at this step, and that the platform has refused."""
    said = [_pool("usage_api", of.api), _pool("usage_push", of.push), texts().say(f"usage_step_{of.step.name}")]
    if of.refused_at:
        said.append(texts().say("usage_refused", at=say_moment(of.refused_at, house_texts())))
    return said


def _pool(which: str, pool: Pool) -> str:
    what = texts().say(which)
    if pool.limit is None:
        return texts().say("usage_uncounted", what=what, used=pool.used)
    return texts().say(
        "usage_counted", what=what, used=pool.used, limit=pool.limit, share=f"{pool.share:.0%}", by_end=pool.by_end
    )
