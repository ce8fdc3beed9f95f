"""Chores are done at their times, and at once when something has come for them."""

import asyncio

from bot.chores.ticker import Chore, Ticker

AN_HOUR = 3600.0


class Done:
    """Counts what was done, and wakes whoever waits for it."""

    def __init__(self) -> None:
        self.times = 0
        self._more = asyncio.Event()

    async def do(self) -> None:
        self.times += 1
        self._more.set()

    async def again(self) -> int:
        async with asyncio.timeout(10):
            await self._more.wait()
        self._more.clear()
        return self.times


async def test_a_chore_that_is_hurried_does_not_wait_for_its_time() -> None:
    members, outbox = Done(), Done()
    ticker = Ticker([Chore("members", AN_HOUR, members.do), Chore("outbox", AN_HOUR, outbox.do)])
    ticker.start()
    assert (await members.again(), await outbox.again()) == (1, 1)
    ticker.hurry("members")
    assert (await members.again(), outbox.times) == (2, 1)
    ticker.hurry()
    assert (await members.again(), await outbox.again()) == (3, 2)
    await ticker.stop()


async def test_what_comes_while_a_chore_is_done_is_done_after_it() -> None:
    started, may_end = asyncio.Event(), asyncio.Event()
    done = Done()

    async def slow() -> None:
        started.set()
        await may_end.wait()
        await done.do()

    ticker = Ticker([Chore("members", AN_HOUR, slow)])
    ticker.start()
    await started.wait()
    ticker.hurry("members")
    may_end.set()
    while await done.again() < 2:
        pass
    await ticker.stop()
