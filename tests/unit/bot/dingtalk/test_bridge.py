import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator

import pytest

from bot.dingtalk.bridge import Bridge


@pytest.fixture
def other() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that turns in another thread, as the stream's does."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def on(loop: asyncio.AbstractEventLoop, bridge: Bridge, work: Callable[[], Awaitable[object]]) -> object:
    """Await the bridge on the other loop, and the outcome here."""

    async def wait() -> object:
        return await bridge.call(work)

    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(wait(), loop))


async def test_work_runs_here_and_its_outcome_crosses(other: asyncio.AbstractEventLoop) -> None:
    bridge = Bridge(app=asyncio.get_running_loop(), stream=other)
    here = threading.get_ident()

    async def work() -> int:
        return threading.get_ident()

    assert await on(other, bridge, work) == here


async def test_failure_is_raised_where_it_is_awaited(other: asyncio.AbstractEventLoop) -> None:
    bridge = Bridge(app=asyncio.get_running_loop(), stream=other)

    async def work() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await on(other, bridge, work)


async def test_five_thousand_pieces_cross_whole(other: asyncio.AbstractEventLoop) -> None:
    bridge = Bridge(app=asyncio.get_running_loop(), stream=other)

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(bridge.call(lambda n=n: asyncio.sleep(0, n)) for n in range(5000)))

    done = await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(all_at_once(), other))
    assert done == list(range(5000))


async def test_slow_work_does_not_hold_up_the_next(other: asyncio.AbstractEventLoop) -> None:
    bridge = Bridge(app=asyncio.get_running_loop(), stream=other)
    gate = asyncio.Event()
    slow = asyncio.create_task(on(other, bridge, gate.wait))
    assert await on(other, bridge, lambda: asyncio.sleep(0, "quick")) == "quick"
    assert not slow.done()
    gate.set()
    assert await slow is True


async def test_outcome_for_a_stream_that_has_gone_is_dropped() -> None:
    gone = asyncio.new_event_loop()
    bridge = Bridge(app=asyncio.get_running_loop(), stream=gone)
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    future = bridge.call(work)
    gone.close()
    await asyncio.wait_for(done.wait(), 5)
    await asyncio.sleep(0)
    assert not future.done()
