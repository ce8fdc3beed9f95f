"""A whole app in this loop over the real sandbox, to be tried by faults: nobody has patience, and time can be hurried.

What must hold in any weather is asked here: everything answered, everything acknowledged, nothing left lying.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import bot.app
from bot.app import App
from bot.commands import asking
from bot.dingtalk import line
from bot.dingtalk.client import Client
from bot.dingtalk.stream import StreamChannel
from bot.dingtalk.transport import Transport
from bot.models import inbox
from tests.integration.bot.dingtalk.phone import until
from tests.integration.bot.living import Living, living
from township.clock import OffsetClock
from township.models import outbox
from workflows.models import case_events, cases

QUESTION, ANSWER = "哪天赶集", "逢三、逢八"
FILED = "记下了"
WITHIN = 60.0
"""Seconds of patience with a busy machine; nothing waits so long on a quiet one."""
PATIENCE = 2.5
"""Seconds after which the app gives up a call: long enough for a busy machine, short enough to be waited for."""
REDELIVERY = 61
"""Seconds of machine time after which an unacknowledged message comes again."""


class HurriedClock(OffsetClock):
    """A clock whose machine time can be hurried on, so that nobody waits for a long retry."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()

    def machine(self) -> datetime:
        return super().machine() + self.ahead


@dataclass(frozen=True, slots=True)
class Report:
    """Something reported: by whom, the words that tell it from others, and what there was before of that person's."""

    person: str
    words: str
    before: int
    """Reports answered."""
    cases: frozenset[str]


class Storm:
    """One town in bad weather: `fault` and `clear`, what people do, and what must be true afterwards."""

    def __init__(self, town: Living) -> None:
        self.town = town
        self.phone = town.phone
        self._reports = 0

    async def fault(self, name: str, /, **options: Any) -> None:
        """Arm a fault."""
        await self.phone.fault(name, **options)

    async def clear(self) -> None:
        """Let every fault end."""
        await self.phone.calm()

    async def calms(self) -> None:
        """End what is armed, which must have struck, and wait until everything has settled."""
        idle = [one["fault"] for one in await self.phone.get("faults") if not one["struck"]]
        await self.clear()
        await self.settles()
        assert not idle, f"never struck: {idle}"

    async def struck(self, name: str) -> None:
        """Wait until an armed fault has struck at least once, or was used up."""

        async def has_struck() -> bool:
            armed = [one for one in await self.phone.get("faults") if one["fault"] == name]
            return not armed or bool(armed[0]["struck"])

        await until(has_struck, WITHIN)

    async def passes(self, seconds: float) -> None:
        """Let machine time run on, here and at the platform: retries and redeliveries fall due.

        What is under way ends first. A reply that its turn has leased but not handed over yet would lose its lease to
        the turned clock and be said twice; a call that failed but is not written down yet would be counted from there,
        and its retry would never come.
        """
        app = self.town.app
        await until(lambda: app.workers.is_idle and app.delivery.is_idle, WITHIN)
        assert isinstance(app.clock, HurriedClock)
        app.clock.ahead += timedelta(seconds=seconds)
        await self.phone.post("clock", machine_forward=seconds)
        app.delivery.wake()

    async def heard(self, person: str, part: str) -> int:
        """Count the lines with `part` that somebody has from the bot."""
        return sum(part in text for text in await self.phone.seen(person))

    async def is_told(self, person: str, part: str, times: int = 1) -> None:
        """Wait until somebody has been told something; exactly so often, once everything has settled."""

        async def has_heard() -> bool:
            return await self.heard(person, part) >= times

        await until(has_heard, WITHIN)
        await self.settles()
        assert await self.heard(person, part) == times, await self.phone.seen(person)

    async def asks(self, person: str, **more: Any) -> None:
        """Let somebody ask, and wait for the one answer that comes of it."""
        before = await self.heard(person, ANSWER)
        await self.phone.say(person, QUESTION, **more)
        await self.is_told(person, ANSWER, before + 1)

    async def reports(self, person: str, **more: Any) -> Report:
        """Let somebody report something that nobody has reported before."""
        self._reports += 1
        report = Report(person, f"{self._reports}号杆", await self.heard(person, FILED), await self.cases_of(person))
        await self.phone.say(person, f"村口{report.words}的路灯不亮了", **more)
        return report

    async def is_filed(self, report: Report) -> str:
        """Wait until a report was answered, once, and opened a case, one; returns the case."""
        await self.is_told(report.person, FILED, report.before + 1)
        (case,) = await self.cases_of(report.person) - report.cases
        return case

    async def card(self, cadre: str, words: str) -> dict[str, Any]:
        """Wait for the one card of a cadre about a matter."""

        async def is_there() -> bool:
            return bool(await self._cards(cadre, words))

        await until(is_there, WITHIN)
        (card,) = await self._cards(cadre, words)
        return card

    async def tap(self, cadre: str, card: dict[str, Any], action: str, **params: Any) -> dict[str, Any]:
        tapped = {"as": cadre, "outTrackId": card["outTrackId"], "action": action, "params": params}
        return dict(await self.phone.post("tap", **tapped))

    async def cases_of(self, person: str) -> frozenset[str]:
        """The cases that somebody's words have opened."""
        return frozenset(row["id"] for row in await self.town.rows(cases, cases.c.spoke_id == person))

    async def acts(self, case_id: str, action: str) -> int:
        """Count how often something was done in a case."""
        where = (case_events.c.case_id == case_id, case_events.c.action == action)
        return len(await self.town.rows(case_events, *where))

    async def settles(self, within: float = WITHIN) -> None:
        """Wait until every message is answered and acknowledged and everything that is due has left."""
        await until(self._is_settled, within)

    async def state(self) -> dict[str, Any]:
        return dict(await self.phone.get("state"))

    async def is_heard(self) -> bool:
        """Say whether every message is acknowledged and answered: what it causes stands in the outbox.

        Asked in the order in which things happen; the other way round a message is missed that passes meanwhile.
        """
        return not await self.phone.unacked() and not await self.town.rows(inbox, inbox.c.state == "new")

    async def _is_settled(self) -> bool:
        if not await self.is_heard():
            return False
        due = sa.or_(outbox.c.not_before.is_(None), outbox.c.not_before <= self.town.app.clock.now())
        return not await self.town.rows(outbox, outbox.c.state.in_(("ready", "sending")), due)

    async def _cards(self, cadre: str, words: str) -> list[dict[str, Any]]:
        return [card for card in await self.phone.cards(cadre) if words in str(card["params"])]


@asynccontextmanager
async def storm(home: Path, database_url: str = "", **more: Any) -> AsyncIterator[Storm]:
    """Start a town whose app soon gives up a call, and a silent line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line, "_OPEN_SECONDS", 1.0)
        patch.setattr(bot.app, "StreamChannel", partial(StreamChannel, first_patience=3.0))
        async with living(home, database_url, prepare=_prepare, **more) as town:
            # Pings soon tell a line that hears from one that is deaf; two frames change places however long they take.
            await town.phone.post("windows", ping=1, reorder=30)
            yield Storm(town)


def _prepare(app: App) -> None:
    """Know the sample documents; give up soon; let time be hurried."""
    app.clock = HurriedClock()
    app.client = Client(Transport(app.credential, app.endpoints, timeout_seconds=PATIENCE))
    asking.ingest(app.settings, app.db, None, samples=True, at=app.clock.now())
