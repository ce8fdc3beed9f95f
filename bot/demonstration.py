"""A demonstration's two conveniences: the invented town is learnt from the sandbox, and so is the time of day.

Used only where `Settings.may_turn_clock` says so: profile sandbox, every DingTalk host on loopback.
"""

import asyncio
import logging
from datetime import datetime, timedelta

import httpx

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
        self._http = httpx.AsyncClient(base_url=url, timeout=LONG_POLL + 10, trust_env=False)
        self._version = 0

    async def close(self) -> None:
        """Let go of the connection."""
        await self._http.aclose()

    async def wait_until_there(self) -> None:
        """Wait for a sandbox that is just starting; one that does not come is a Mistake."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                await self.set_clock()
                return
            except httpx.TransportError as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise Mistake("sandbox_unreachable", url=self._url) from error
                await asyncio.sleep(0.1)

    async def town(self) -> TownSheet:
        """Read the invented town."""
        return register.read_sheet((await self._http.get("/_sandbox/town")).raise_for_status().json())

    async def set_clock(self) -> None:
        """Take over the sandbox's time of day."""
        await self._follow((await self._http.get("/_sandbox/clock")).raise_for_status().json())

    async def open_office(self, calendar: Calendar) -> None:
        """Begin a demonstration in office hours: at night or on a Sunday no card would come before the next morning."""
        until = quiet_until(calendar, self._clock.now())
        if until is not None:
            to = {"to": until.replace(hour=8, minute=30).isoformat()}
            await self._follow((await self._http.post("/_sandbox/clock", json=to)).raise_for_status().json())

    async def follow_clock(self) -> None:
        """Wait for the clock to be turned, and turn ours; returns after each turn or after a while."""
        query = {"after": str(self._version), "wait": str(LONG_POLL)}
        try:
            await self._follow((await self._http.get("/_sandbox/clock", params=query)).raise_for_status().json())
        except httpx.TransportError:
            log.warning("the sandbox does not answer", extra={"action": "sandbox_silent"})
            await asyncio.sleep(1)

    async def _follow(self, told: dict[str, object]) -> None:
        """Take over a time that was turned; a sandbox that was started anew is told how far its own had been."""
        if told["version"] == self._version:
            return
        moment = datetime.fromisoformat(str(told["now"]))
        if moment < self._clock.now() - BEHIND:
            to = {"to": self._clock.now().isoformat()}
            told = (await self._http.post("/_sandbox/clock", json=to)).raise_for_status().json()
        else:
            self._clock.turn_to(moment)
        self._version = int(str(told["version"]))
