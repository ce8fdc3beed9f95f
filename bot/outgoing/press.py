"""The carrier of seals: an approved paper goes through the town's backend, at most once, in a thread.

What comes of it is written down by the report (`workflows/seals/outcomes.py`), in the transaction of the outcome.
"""

import asyncio
import logging
from datetime import datetime

from bot.outgoing.carried import Carried, Failed, InDoubt, Outcome
from bot.outgoing.means import Carrier
from township.db import Database, Tx
from township.effects import ApplySeal
from township.errors import Mistake, Refused
from township.outbox import Parcel
from workflows.seals import outcomes, papers
from workflows.seals.ports import Backend, Sheet

log = logging.getLogger(__name__)


class Press(Carrier):
    """Carries `ApplySeal`."""

    def __init__(self, db: Database, backend: Backend) -> None:
        self._db = db
        self._backend = backend

    async def carry(self, parcel: Parcel) -> Outcome:
        """Seal one paper; what the backend refuses was surely not sealed, whatever else happens leaves it in doubt."""
        effect = parcel.effect
        if not isinstance(effect, ApplySeal):
            raise TypeError(f"the press cannot carry {type(effect).__name__}")
        try:
            sheet, approved = await self._db.read(lambda tx: _approved(tx, effect.paper_id))
            sealed = await asyncio.to_thread(self._backend.seal, sheet, approved)
        except (Mistake, Refused) as refused:
            log.warning("a paper was not sealed", extra={"action": "not_sealed", "code": refused.code})
            return Failed(refused.code)
        log.info("a paper was sealed", extra={"action": "sealed", "paper": effect.paper_id})
        return Carried({"sha256": sealed.sha256, "serial": sealed.certificate_serial})

    def report(self, tx: Tx, parcel: Parcel, outcome: Carried | Failed | InDoubt, now: datetime) -> None:
        """Take what became of a seal back to its paper and its case."""
        effect = parcel.effect
        if not isinstance(effect, ApplySeal):
            raise TypeError(f"the press reports no {type(effect).__name__}")
        match outcome:
            case Carried(receipt):
                outcomes.sealed(tx, effect, receipt, now)
            case Failed(why):
                outcomes.failed(tx, effect, why, now)
            case InDoubt(why):
                outcomes.in_doubt(tx, effect, why, now)


def _approved(tx: Tx, paper_id: str) -> tuple[Sheet, str]:
    """Read what a paper says and the hash that was approved; refused unless it waits for its seal."""
    paper = papers.get(tx, paper_id)
    if paper.state is not papers.State.SEALING:
        raise Refused("not_approved")
    return papers.sheet(tx, paper_id), paper.digest
