"""How long a turn waits for a chat model, and what becomes of an answer that takes longer: it goes on without the turn.

What went on is fetched by who brings it (`bot/chores/late.py`), in this process or, begun anew, in the next.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

from knowledge.wording.composing import Composer
from knowledge.wording.replies import Answer

MOST_UNDER_WAY = 200
"""Answers that go on without their turns; what is beyond is begun anew by who brings it."""


class Pondering:
    """The answers of one process that a chat model is putting into words."""

    def __init__(self, composer: Composer, wait: float) -> None:
        """`wait`: seconds that a turn waits."""
        self._composer = composer
        self._wait = wait
        self._under_way: dict[str, asyncio.Task[Answer]] = {}

    async def within(self, key: str, answer: Answer, question: str, day: date) -> Answer | None:
        """Put an answer into words; None when it takes longer than a turn may wait."""
        task = asyncio.create_task(self._composer.improve(answer, question, day))
        done, _ = await asyncio.wait({task}, timeout=self._wait)
        if done:
            return task.result()
        if len(self._under_way) >= MOST_UNDER_WAY:
            task.cancel()
        else:
            self._under_way[key] = task
        return None

    async def finish(self, key: str, again: Callable[[], Awaitable[Answer]], question: str, day: date) -> Answer:
        """Wait for an answer to the end; `again` finds it anew where this process did not begin it."""
        task = self._under_way.pop(key, None)
        if task is not None:
            return await task
        return await self._composer.improve(await again(), question, day)

    async def stop(self) -> None:
        """Let go of what is under way; its jobs stay."""
        tasks = [*self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._under_way.clear()
        await self._composer.close()
