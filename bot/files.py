"""Files that people send: fetched once from the platform, kept under their hash in the home of the town."""

import logging
import re
from collections.abc import Mapping
from pathlib import Path

from bot.dialogue.media import Fetched
from bot.dingtalk.client import Client
from bot.dingtalk.faults import ChannelFault, TooBig
from bot.messages import Attachment
from bot.purse import Call
from bot.spending import Ledger

log = logging.getLogger(__name__)

_HASH = re.compile(r"[0-9a-f]{64}")


class Files:
    """The store of one home, and the way to fill it."""

    def __init__(self, home: Path, clients: Mapping[str, Client], ledger: Ledger) -> None:
        self._folder = home / "files"
        self._clients = clients
        self._ledger = ledger

    async def fetch(self, account_id: str, attachment: Attachment) -> Fetched:
        """Fetch an attachment; what cannot be had says why, and the message is answered all the same."""
        self._ledger.charge(account_id, Call.download)
        try:
            found = await self._clients[account_id].download(attachment.download_code)
        except TooBig:
            return Fetched(attachment, problem="file_too_large")
        except ChannelFault as fault:
            log.warning("a file was not fetched", extra={"action": "file_not_fetched", "code": fault.code})
            return Fetched(attachment, problem="file_not_fetched")
        self._keep(found.sha256, found.content)
        return Fetched(attachment, found.sha256, found.content)

    def path(self, sha256: str) -> Path:
        """Where a file lies; a name that is no hash is refused."""
        if not _HASH.fullmatch(sha256):
            raise ValueError("not a hash")
        return self._folder / sha256[:2] / sha256

    def _keep(self, sha256: str, content: bytes) -> None:
        path = self.path(sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(content)
            part.rename(path)
