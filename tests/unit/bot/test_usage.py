"""What a month has cost, in words: the forecast, what is spared, and that the platform has refused."""

from datetime import datetime, timedelta

import pytest

from bot.purse import Call, Limits, Step
from bot.spending import Ledger
from bot.usage import sentences, usage
from township.clock import SHANGHAI, TurnedClock
from township.db import Database

ACCOUNT = "main"


async def spend(db: Database, clock: TurnedClock, limits: Limits, *, api: int = 0, push: int = 0) -> Ledger:
    ledger = Ledger(db, clock, {ACCOUNT: limits})
    ledger.charge(ACCOUNT, Call.group_send, api)
    ledger.charge(ACCOUNT, Call.message_in, push)
    await ledger.write_down()
    return ledger


async def test_both_pools_are_told_with_the_month_s_end(db: Database, clock: TurnedClock) -> None:
    """On the 23rd of a month of thirty days."""
    await spend(db, clock, Limits(), api=1150, push=690)
    of = await db.read(lambda tx: usage(tx, ACCOUNT, Limits(), clock.now()))
    assert (of.api.by_end, of.push.by_end, of.step) == (1500, 900, Step.full)
    api, push, step = sentences(of)
    assert "1150 次，一共 5000 次，占 23%；照这样到月底大约 1500 次" in api
    assert "690 次，一共 3000 次，占 23%" in push
    assert step == "次数够用，没有省着什么。"


@pytest.mark.parametrize(("push", "step"), [(2200, Step.spare), (2600, Step.digest), (2900, Step.phone)])
async def test_what_is_spared_is_said(db: Database, clock: TurnedClock, push: int, step: Step) -> None:
    await spend(db, clock, Limits(), push=push)
    of = await db.read(lambda tx: usage(tx, ACCOUNT, Limits(), clock.now()))
    assert of.step is step
    assert len({*sentences(of)}) == 3


async def test_where_nobody_counts_there_is_no_share(db: Database, clock: TurnedClock) -> None:
    unlimited = Limits(None, None)
    await spend(db, clock, unlimited, api=7)
    of = await db.read(lambda tx: usage(tx, ACCOUNT, unlimited, clock.now()))
    assert "用了 7 次，没有设上限" in sentences(of)[0]
    assert of.step is Step.full


async def test_the_platform_s_own_word_is_told_until_the_month_is_over(db: Database, clock: TurnedClock) -> None:
    ledger = await spend(db, clock, Limits(), api=3)
    at = clock.now()
    ledger.refused(ACCOUNT)
    await ledger.write_down()
    clock.forward(timedelta(days=1))
    await ledger.write_down()
    of = await db.read(lambda tx: usage(tx, ACCOUNT, Limits(), clock.now()))
    assert of.refused_at == at
    assert "11月23日（周一）9:00 钉钉说次数用完了" in sentences(of)[-1]
    clock.turn_to(datetime(2026, 12, 1, 9, 0, tzinfo=SHANGHAI))
    after = await db.read(lambda tx: usage(tx, ACCOUNT, Limits(), clock.now()))
    assert after.refused_at is None
    assert after.api.used == 0
