"""The only runner of effects: claims what waits in the outbox, has it carried, and writes down what became of it.

Who carries which is in `carriers.py`. A reply comes here straight from its turn, leased already; everything else is
claimed, oldest first, one at a time for each target.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.dingtalk.faults import ChannelFault
from bot.outgoing.carried import Carried, Failed, InDoubt, Later, Outcome, Postponed, after_fault
from bot.outgoing.means import Carrier
from bot.outgoing.sent import Sent, carrying
from township import killpoints, outbox
from township.clock import Clock
from township.db import Database, Tx
from township.effects import Effect, Policy, Say
from township.killpoints import Point
from township.outbox import Parcel

log = logging.getLogger(__name__)

GATHER = 0.03
"""Seconds in which what is to be claimed gathers. Replies, taps and alarms are handed over, and wait for nothing."""
AT_ONCE = 32
"""Calls under way at once; the rate limits of the platform are kept by the client."""

LONGEST_EFFORT = timedelta(days=3)
"""How long is tried what cannot leave, in business time; after that a person looks at it."""


class Delivery:
    """Carries effects of one process."""

    def __init__(
        self, db: Database, clock: Clock, carriers: Mapping[type[Effect], Carrier], sent: Sent | None = None
    ) -> None:
        self._sent = sent or Sent()
        self._db = db
        self._clock = clock
        self._carriers = dict(carriers)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[asyncio.Task[None], str] = {}
        self._slow: set[str] = set()
        self._wanted = asyncio.Event()
        self._ending = False
        self._outcomes: list[tuple[Parcel, Outcome]] = []
        self._writing = asyncio.Lock()
        self._claiming = asyncio.Lock()

    def hand(self, parcels: Iterable[Parcel]) -> None:
        """Carry what the caller's transaction leased to this process, now that it is committed."""
        for parcel in parcels:
            self._start(parcel)

    def let_carry(self, carrier: Carrier, effect: type[Effect]) -> None:
        """Have somebody else carry a kind of effect from here on: a rehearsal that plays the machine itself."""
        self._carriers[effect] = carrier

    def wake(self) -> None:
        """Say that something new may wait."""
        self._wanted.set()

    async def take_over(self) -> None:
        """Take up at once what a dead process had on its way: on SQLite no other can live. Before anything is sent."""
        if self._db.dialect == "sqlite":
            machine = self._clock.machine()
            now, sent, begun = self._clock.now(), self._sent.left(), self._sent.begun()
            await self._db.write(lambda tx: outbox.let_go(tx, sent, begun, now=now, machine=machine))
            self._sent.clear()

    async def run(self) -> None:
        """Carry what waits, until the end: when woken, and as often as the ticker wakes it."""
        while not self._ending:
            await self._wanted.wait()
            await asyncio.sleep(GATHER)
            self._wanted.clear()
            try:
                while not self._ending and await self._take():
                    pass
            except Exception:
                log.exception("nothing could be claimed", extra={"action": "claim_failed"})

    def end(self) -> None:
        """Let `run` come to its end: nothing more is claimed, and what is claimed leaves."""
        self._ending = True
        self._wanted.set()

    async def renew(self) -> None:
        """Keep the leases of calls that were under way the last time as well: most are over in a blink."""
        now = set(self._under_way.values())
        slow, self._slow = self._slow & now, now
        if slow:
            machine = self._clock.machine()
            await self._db.write(lambda tx: outbox.renew(tx, sorted(slow), machine=machine))

    @property
    def is_idle(self) -> bool:
        """Say whether nothing is under way."""
        return not self._under_way

    async def idle(self) -> None:
        """Wait until nothing is under way: for an orderly end, and for tests."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def drain(self) -> None:
        """Carry everything that is due, and wait for it, whoever took it up: for tests and rehearsals."""
        while await self._take() or self._under_way:
            await self.idle()

    async def _take(self) -> bool:
        """Start what is due; locked, so that nobody finds nothing waiting and nothing under way between the two."""
        async with self._claiming:
            parcels = await self._claim()
            self.hand(parcels)
        return bool(parcels)

    async def _claim(self) -> list[Parcel]:
        free = AT_ONCE - len(self._under_way)
        if free <= 0:
            return []
        return await self._db.write(lambda tx: self._claimed(tx, free))

    def _claimed(self, tx: Tx, free: int) -> list[Parcel]:
        now, machine = self._clock.now(), self._clock.machine()
        for parcel in outbox.in_doubt(tx, machine=machine):
            self._report(tx, parcel, InDoubt("sender_died"), now)
        return outbox.claim(tx, now=now, machine=machine, limit=free)

    def _start(self, parcel: Parcel) -> None:
        task = asyncio.create_task(self._carry(parcel))
        self._under_way[task] = parcel.id
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("an outcome was not written down", exc_info=error, extra={"action": "outcome_lost"})
        if not self._under_way:
            self._sent.clear(when_long=True)
        self._wanted.set()  # the next row of the same target may leave now

    async def _carry(self, parcel: Parcel) -> None:
        async with self._slots:
            carrying(parcel.id)
            try:
                outcome = await self._carriers[type(parcel.effect)].carry(parcel)
            except ChannelFault as fault:
                outcome = after_fault(fault, parcel.tries, parcel.policy)
                details = {"action": "not_carried", "parcel": parcel.id, "code": fault.code, "tries": parcel.tries}
                log.warning("an effect was not carried", extra=details)
            except Exception:
                log.exception("a carrier broke", extra={"action": "carrier_broken", "parcel": parcel.id})
                outcome = InDoubt("bug") if parcel.policy is Policy.AT_MOST_ONCE else Failed("bug")
        if isinstance(outcome, Later) and self._is_enough(parcel, outcome):
            outcome = Failed(outcome.why)
        killpoints.reach(Point.SEND)
        if isinstance(outcome, Carried):
            self._sent.note(parcel.id, *outcome.also)
        self._outcomes.append((parcel, outcome))
        async with self._writing:  # what ends meanwhile is written down by whoever comes next, in one go
            several, self._outcomes = self._outcomes, []
            if several:
                await self._db.write(lambda tx: self._write_down(tx, several))

    def _is_enough(self, parcel: Parcel, outcome: Later) -> bool:
        """Say when to give up: a platform that cannot be reached for a night costs nothing, a call that may have been
        carried out is not repeated for ever."""
        if outcome.undone:
            return self._clock.now() - parcel.created_at > LONGEST_EFFORT
        return parcel.tries >= outbox.MOST_TRIES

    def _write_down(self, tx: Tx, several: Iterable[tuple[Parcel, Outcome]]) -> None:
        now = self._clock.now()
        for parcel, outcome in several:
            self._write_one(tx, parcel, outcome, now)

    def _write_one(self, tx: Tx, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
        match outcome:
            case Carried(receipt, also):
                outbox.done(tx, [parcel.id], now=now, receipt=receipt)
                if isinstance(parcel.effect, Say) and parcel.effect.passing:
                    outbox.erase(tx, parcel)
                if also:
                    outbox.merged(tx, also, now=now, into=parcel.id)
            case Later(wait, why, undone):
                retry_at = self._clock.machine() + wait
                outbox.later(tx, parcel.id, retry_at=retry_at, why=why, lasting=undone)
            case Postponed(until):
                outbox.postpone(tx, parcel.id, not_before=until)
            case Failed(why):
                outbox.failed(tx, parcel.id, now=now, why=why)
            case InDoubt():
                outbox.doubtful(tx, parcel.id)
        if isinstance(outcome, Carried | Failed | InDoubt):
            self._report(tx, parcel, outcome, now)

    def _report(self, tx: Tx, parcel: Parcel, outcome: Carried | Failed | InDoubt, now: datetime) -> None:
        if carrier := self._carriers.get(type(parcel.effect)):
            carrier.report(tx, parcel, outcome, now)
