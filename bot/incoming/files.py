"""Files that people send: fetched once from the platform, and kept in the home of the town."""

import asyncio
import logging
from collections.abc import Mapping

from bot.dialogue.media import Fetched
from bot.dingtalk.client import Client
from bot.dingtalk.faults import ChannelFault, TooBig
from bot.messages import Attachment
from bot.purse import Call, Purpose
from bot.spending import Ledger
from township.filestore import FileStore

log = logging.getLogger(__name__)


class Files:
    """Fills the store of one home."""

    def __init__(self, store: FileStore, clients: Mapping[str, Client], ledger: Ledger) -> None:
        self._store = store
        self._clients = clients
        self._ledger = ledger

    async def fetch(self, account_id: str, attachment: Attachment) -> Fetched:
        """Fetch an attachment; what cannot be had says why, and the message is answered all the same."""
        if not self._ledger.may_send(account_id, Purpose.task if attachment.kind == "file" else Purpose.courtesy):
            return Fetched(attachment, problem="file_not_fetched")
        self._ledger.charge(account_id, Call.download)
        try:
            found = await self._clients[account_id].download(attachment.download_code)
        except TooBig:
            return Fetched(attachment, problem="file_over_limit")
        except ChannelFault as fault:
            log.warning("a file was not fetched", extra={"action": "file_not_fetched", "code": fault.code})
            return Fetched(attachment, problem="file_not_fetched")
        await asyncio.to_thread(self._store.keep, found.content)
        return Fetched(attachment, found.sha256, found.content)
