"""The access token of one account: fetched once for all who wait, kept a little less long than it lives."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

LONGEST_SECONDS = 7000.0
"""A token lives 7,200 s; the rest is margin for slow calls and clocks."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What DingTalk answered: a token and the seconds it will live."""

    token: str
    seconds: float


class Tokens:
    """Hands out the token of one account. `fetch` is called by one task at a time; the others wait for its answer."""

    def __init__(self, fetch: Callable[[], Awaitable[Grant]], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._token = ""
        self._until = 0.0
        self._fetching: asyncio.Task[str] | None = None

    async def get(self) -> str:
        """Return a token that is good now. A failed fetch fails all who waited for it; the next call tries again."""
        if self._token and self._monotonic() < self._until:
            return self._token
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._renew())
        # One waiter that gives up must not take the token from the others.
        return await asyncio.shield(self._fetching)

    def forget(self, token: str) -> None:
        """Drop `token` after DingTalk refused it, unless somebody has already fetched a newer one."""
        if token == self._token:
            self._token = ""

    async def _renew(self) -> str:
        grant = await self._fetch()
        margin = min(200.0, grant.seconds / 10)
        self._token = grant.token
        self._until = self._monotonic() + min(LONGEST_SECONDS, grant.seconds - margin)
        return grant.token
