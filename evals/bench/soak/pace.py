"""How fast a crowd speaks: turns in an even beat, in the order in which people asked for one."""

import asyncio


class Pace:
    """Gives out turns to speak, so many a second."""

    def __init__(self, per_second: float) -> None:
        self._beat = 1 / per_second
        self._asking: asyncio.Queue[asyncio.Future[bool]] = asyncio.Queue()
        self.is_over = False

    async def turn(self) -> bool:
        """Wait for a turn; false when no new story may begin any more."""
        if self.is_over:
            return False
        mine: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asking.put_nowait(mine)
        return await mine

    async def run(self, seconds: float) -> None:
        """Give out turns for so long; then everybody hears that it is over."""
        loop = asyncio.get_running_loop()
        end, due = loop.time() + seconds, loop.time()
        while (now := loop.time()) < end:
            due = max(due + self._beat, now - 1.0)  # a beat that was missed is made good for a second only
            await asyncio.sleep(max(0.0, due - now))
            if not self._asking.empty():
                self._asking.get_nowait().set_result(True)
        self.is_over = True
        while not self._asking.empty():
            self._asking.get_nowait().set_result(False)
