"""Papers without a seal, set while a turn thinks and kept in the store: what somebody takes along from a refusal."""

import asyncio
import logging

from msgspec.structs import replace

from bot.dialogue.parts import Enclosed
from township.errors import Mistake
from township.filestore import FileStore
from workflows.seals.paper.kinds import kind_of
from workflows.seals.paper.typesetting import typeset
from workflows.seals.ports import Sheet

log = logging.getLogger(__name__)


class Leaflets:
    """Sets papers of one home."""

    def __init__(self, store: FileStore, *, demo: bool) -> None:
        """`demo`: every page says that it is for show."""
        self._store = store
        self._demo = demo

    async def draw(self, sheet: Sheet) -> Enclosed | None:
        """Set a paper and keep it; None, and a line in the log, where no font can print it."""
        try:
            return await asyncio.to_thread(self._draw, replace(sheet, demo=self._demo))
        except Mistake as mistake:
            log.warning("a paper was not set", extra={"action": "not_set", "kind": sheet.kind, "code": mistake.code})
            return None

    def _draw(self, sheet: Sheet) -> Enclosed:
        return Enclosed(self._store.keep(typeset(sheet)), kind_of(sheet.kind).file_name)
