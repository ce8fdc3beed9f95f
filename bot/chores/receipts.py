"""How many people have read a broadcast: asked once, an hour after it was heard, where the purse allows.

Read counts are a courtesy: nobody is told unasked, and a month that must be sparing goes without.
"""

import logging
from datetime import timedelta
from functools import partial

from bot.dingtalk.bodies import READERS_PAGE
from bot.dingtalk.faults import ChannelFault
from bot.outgoing.means import Means
from bot.purse import Call, Purpose
from township import directory
from township.directory import Group
from workflows.broadcasts import receipts
from workflows.broadcasts.receipts import Uncounted

log = logging.getLogger(__name__)

AFTER = timedelta(hours=1)
ASKABLE = timedelta(hours=24)
"""How long the platform answers for a message."""


class Receipts:
    """Counts readers for one process."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def count(self) -> None:
        """Count what is due; what the platform no longer tells stays uncounted."""
        now = self._means.clock.now()
        for one in await self._means.db.read(lambda tx: receipts.uncounted(tx, now - AFTER, now - ASKABLE)):
            group = await self._means.db.read(partial(directory.group, group_id=one.group_id))
            if group is None or not self._means.ledger.may_send(group.account_id, Purpose.courtesy):
                continue
            reads = await self._asked(group, one)
            await self._means.db.write(partial(receipts.counted, one=one, reads=reads, now=now))

    async def _asked(self, group: Group, one: Uncounted) -> int | None:
        """Ask how many have read one message, once; None: the platform did not say."""
        reads = None
        try:
            reads = await self._means.clients[group.account_id].count_readers(group.open_id, one.query)
        except ChannelFault as fault:
            log.info("readers were not counted", extra={"action": "readers_uncounted", "code": fault.code})
        self._means.ledger.charge(group.account_id, Call.read_query, 1 + (reads or 0) // READERS_PAGE)
        return reads
