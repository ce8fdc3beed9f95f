import asyncio

import pytest

from bot.dingtalk.faults import Unknown
from bot.dingtalk.tokens import LONGEST_SECONDS, Grant, Tokens


class Server:
    """Gives out numbered tokens, and waits for leave before each."""

    def __init__(self) -> None:
        self.asked = 0
        self.now = 0.0
        self.seconds = 7200.0
        self.leave = asyncio.Event()
        self.leave.set()
        self.tokens = Tokens(self.fetch, lambda: self.now)

    async def fetch(self) -> Grant:
        self.asked += 1
        number = self.asked
        await self.leave.wait()
        if number == 99:
            raise Unknown("no.answer")
        return Grant(f"token-{number}", self.seconds)


async def test_hundred_waiters_cost_one_call() -> None:
    server = Server()
    server.leave.clear()
    waiting = [asyncio.create_task(server.tokens.get()) for _ in range(100)]
    await asyncio.sleep(0)
    server.leave.set()
    assert set(await asyncio.gather(*waiting)) == {"token-1"}
    assert server.asked == 1


async def test_token_is_kept_a_little_less_long_than_it_lives() -> None:
    server = Server()
    assert await server.tokens.get() == "token-1"
    server.now = LONGEST_SECONDS - 1
    assert await server.tokens.get() == "token-1"
    server.now = LONGEST_SECONDS
    assert await server.tokens.get() == "token-2"


async def test_short_life_is_respected() -> None:
    server = Server()
    server.seconds = 100
    await server.tokens.get()
    server.now = 90
    assert await server.tokens.get() == "token-2"


async def test_refused_token_is_dropped_once() -> None:
    server = Server()
    old = await server.tokens.get()
    server.tokens.forget(old)
    new = await server.tokens.get()
    server.tokens.forget(old)
    assert await server.tokens.get() == new == "token-2"


async def test_waiter_that_gives_up_takes_the_token_from_nobody() -> None:
    server = Server()
    server.leave.clear()
    first, second = (asyncio.create_task(server.tokens.get()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    server.leave.set()
    assert await second == "token-1"
    assert server.asked == 1


async def test_failed_fetch_is_tried_again_by_the_next() -> None:
    server = Server()
    server.asked = 98
    with pytest.raises(Unknown):
        await server.tokens.get()
    assert await server.tokens.get() == "token-100"
