"""A demonstration's two conveniences: the invented town is learnt from the sandbox, and so is the time of day.

Used only where `Settings.may_turn_clock` says so: profile sandbox, every DingTalk host on loopback.
"""

import asyncio
import logging
from datetime import datetime, timedelta

import aiohttp

from bot.quiet import quiet_until
from township import register
from township.clock import OffsetClock
from township.errors import Mistake
from township.register import TownSheet
from township.workdays import Calendar

log = logging.getLogger(__name__)

PATIENCE = 20.0
"""How long a sandbox that was started beside us may take to answer, in seconds."""
LONG_POLL = 25
BEHIND = timedelta(seconds=1)
"""A sandbox whose time is earlier than ours by more has forgotten how far it was turned."""


class Demonstration:
    """One sandbox, seen from the app."""

    def __init__(self, url: str, clock: OffsetClock) -> None:
        self._url = url
        self._clock = clock
        self._opened: aiohttp.ClientSession | None = None
        self._version = 0

    async def close(self) -> None:
        """Let go of the connection."""
        if self._opened is not None:
            await self._opened.close()

    async def wait_until_there(self) -> None:
        """Wait for a sandbox that is just starting; one that does not come is a Mistake."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                await self.set_clock()
                return
            except (aiohttp.ClientConnectionError, TimeoutError) as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise Mistake("sandbox_unreachable", url=self._url) from error
                await asyncio.sleep(0.1)

    async def town(self) -> TownSheet:
        """Read the invented town."""
        return register.read_sheet(await self._ask("/_sandbox/town"))

    async def set_clock(self) -> None:
        """Take over the sandbox's time of day."""
        await self._follow(await self._ask("/_sandbox/clock"))

    async def go_on_from(self, moment: datetime | None) -> None:
        """Turn to where the demonstration stood when it ended: nothing lies in the future of what was done before."""
        if moment is not None and moment > self._clock.now():
            await self._follow(await self._turn({"to": moment.isoformat()}))

    async def open_office(self, calendar: Calendar) -> None:
        """Begin a demonstration in office hours: at night or on a Sunday no card would come before the next morning."""
        until = quiet_until(calendar, self._clock.now())
        if until is not None:
            to = {"to": until.replace(hour=8, minute=30).isoformat()}
            await self._follow(await self._turn(to))

    async def follow_clock(self) -> bool:
        """Wait for the clock to be turned, and turn ours; returns after each turn (true) or after a while."""
        before = self._version
        query = {"after": str(self._version), "wait": str(LONG_POLL)}
        try:
            await self._follow(await self._ask("/_sandbox/clock", query))
        except (aiohttp.ClientConnectionError, TimeoutError):
            log.warning("the sandbox does not answer", extra={"action": "sandbox_silent"})
            await asyncio.sleep(1)
        return self._version != before

    async def _follow(self, told: dict[str, object]) -> None:
        """Take over a time that was turned; a sandbox that was started anew is told how far its own had been."""
        if told["version"] == self._version:
            return
        moment = datetime.fromisoformat(str(told["now"]))
        if moment < self._clock.now() - BEHIND:
            to = {"to": self._clock.now().isoformat()}
            told = await self._turn(to)
        else:
            self._clock.turn_to(moment)
        self._version = int(str(told["version"]))

    async def _ask(self, path: str, query: dict[str, str] | None = None) -> dict[str, object]:
        async with self._http.get(path, params=query) as answer:
            return dict(await answer.json())

    async def _turn(self, to: dict[str, str]) -> dict[str, object]:
        async with self._http.post("/_sandbox/clock", json=to) as answer:
            return dict(await answer.json())

    @property
    def _http(self) -> aiohttp.ClientSession:
        """The connection: of the loop that runs, which is not there when the app is put together."""
        if self._opened is None:
            patience = aiohttp.ClientTimeout(total=LONG_POLL + 10)
            self._opened = aiohttp.ClientSession(self._url, timeout=patience, raise_for_status=True)
        return self._opened
