"""Who answers what came in: workers of one process, each with one leased conversation at a time.

Order is kept within a conversation; a worker that meets a bug puts the conversation down and goes on. An orderly end
finishes the message in hand and gives every conversation back.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.dialogue import conversations as talk
from bot.dialogue.conversations import Conversation
from bot.incoming import inbox
from bot.incoming.inbox import Waiting
from township.clock import Clock
from township.db import Database, Tx
from township.ids import new_id

log = logging.getLogger(__name__)

ENDING = 8.0
"""Seconds that an orderly end waits for the messages in hand."""

First = tuple[Conversation, Waiting]
TakeTurn = Callable[[Conversation, Waiting], Awaitable[bool]]
"""Answer one message in a transaction that also calls `finish`; true while more waits in the conversation."""


class Workers:
    """The workers of one process: each takes a leased conversation and answers what waits in it, in order."""

    def __init__(self, db: Database, clock: Clock, take_turn: TakeTurn, *, count: int = 24) -> None:
        self.owner = new_id()
        self._db = db
        self._clock = clock
        self._take_turn = take_turn
        self._count = count
        self._queue: asyncio.Queue[tuple[str, First | None]] = asyncio.Queue()
        self._held: set[str] = set()
        self._again: set[str] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._tasks: list[asyncio.Task[None]] = []
        self._ending = False

    async def start(self) -> None:
        """Start the workers and take up what a dead process left."""
        self._tasks = [asyncio.create_task(self._run(), name=f"turns-{n}") for n in range(self._count)]
        await self.sweep(alone=self._db.dialect == "sqlite")

    async def stop(self) -> None:
        """Stop at the next message, and give back what waits: another process takes it up at once."""
        self._ending = True
        for _ in self._tasks:
            self._queue.put_nowait(("", None))  # wakes who waits
        if self._tasks:
            # A turn that is cut off has often been written already, and its replies would wait for their lease.
            _, late = await asyncio.wait(self._tasks, timeout=ENDING)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._db.write(lambda tx: inbox.give_back(tx, owner=self.owner))

    def hand(self, conversation_id: str, first: First | None = None) -> None:
        """Work on a conversation whose lease this process holds; `first` when it is known what waits there alone.

        Also what another process has called: a message for a conversation that this one held a moment ago.
        """
        if conversation_id in self._held:
            self._again.add(conversation_id)  # its worker may have looked already
        else:
            self._held.add(conversation_id)
            self._quiet.clear()
            self._queue.put_nowait((conversation_id, first))

    @property
    def is_idle(self) -> bool:
        """Say whether nothing is worked on."""
        return self._quiet.is_set()

    async def idle(self) -> None:
        """Wait until nothing is worked on: for tests and rehearsals."""
        await self._quiet.wait()

    async def sweep(self, *, alone: bool = False) -> None:
        """Renew what this process works on, and take up what nobody holds."""
        machine, held = self._clock.machine(), sorted(self._held)

        def call(tx: Tx) -> list[str]:
            inbox.renew(tx, held, machine=machine, owner=self.owner)
            return inbox.take_up(tx, machine=machine, owner=self.owner, alone=alone)

        for conversation_id in await self._db.write(call):
            self.hand(conversation_id)

    def look_round(self) -> None:
        """Sweep soon: something may have been called that was not heard."""
        self._looking = asyncio.create_task(self.sweep())

    async def _run(self) -> None:
        while True:
            conversation_id, first = await self._queue.get()
            if self._ending:
                return
            try:
                if first is None or await self._take_turn(*first):
                    await self._answer_all(conversation_id)
            except Exception:
                # The rows are untouched: the lease lapses and the sweep brings the conversation back.
                log.exception("a conversation was put down", extra={"action": "turn_broken", "id": conversation_id})
            if conversation_id in self._again:
                self._again.discard(conversation_id)
                self._queue.put_nowait((conversation_id, None))
            else:
                self._held.discard(conversation_id)
            if not self._held:
                self._quiet.set()

    async def _answer_all(self, conversation_id: str) -> None:
        more = self._db.dialect == "sqlite" or await self._hold(conversation_id)
        while more and not self._ending:
            conversation, messages = await self._db.read(
                lambda tx: (talk.get(tx, conversation_id), inbox.waiting(tx, conversation_id))
            )
            if conversation is None or not messages:
                return
            more = await self._take_turn(conversation, messages[0])

    async def _hold(self, conversation_id: str) -> bool:
        """Make sure that no other process works there: what was called or seen a moment ago may be another's by now."""
        machine = self._clock.machine()
        return await self._db.write(lambda tx: inbox.hold(tx, conversation_id, machine=machine, owner=self.owner))
