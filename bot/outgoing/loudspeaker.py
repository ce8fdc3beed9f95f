"""How a broadcast is heard: one message to each village group, at most once, and what came of it goes back to the rows.

Speakers on poles come behind the same effect: `Announce` says who is to hear what, a carrier says how. A call whose
answer is lost, or is a page instead of JSON, is left in doubt: a person decides whether to say it twice.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.dingtalk import bodies
from bot.dingtalk.faults import Throttled
from bot.outgoing.carried import Carried, Failed, InDoubt, Outcome
from bot.outgoing.means import Carrier, Means
from bot.purse import Purpose
from township import directory
from township.db import Tx
from township.directory import Group
from township.effects import Announce
from township.outbox import Parcel
from workflows.broadcasts import listing, outcomes, register
from workflows.broadcasts.policy import Level, too_late

PAGE = "not.json"
"""A page came instead of an answer: nobody knows who wrote it, DingTalk or something on the way."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One sending as it stands just before its call."""

    group: Group | None
    level: Level
    is_wanted: bool
    due_at: datetime


class Loudspeaker(Carrier):
    """Carries `Announce` to groups."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def carry(self, parcel: Parcel) -> Outcome:
        """Say it in the group now, unless it was called off, is too late, or the purse does not allow it."""
        effect = parcel.effect
        if not isinstance(effect, Announce):
            raise TypeError(f"a loudspeaker cannot carry {type(effect).__name__}")
        wanted = await self._means.db.read(lambda tx: _look(tx, effect))
        if wanted is None or not wanted.is_wanted:
            return Failed("called_off")
        if too_late(wanted.due_at, self._means.clock.now()):
            return Failed("late")
        if wanted.group is None or wanted.group.account_id not in self._means.clients:
            return Failed("no_group")
        if not self._means.ledger.may_send(wanted.group.account_id, purpose_of(wanted.level)):
            return Failed("no_quota")
        return await self._say(wanted.group, effect)

    def report(self, tx: Tx, parcel: Parcel, outcome: Carried | Failed | InDoubt, now: datetime) -> None:
        """Take what became of a call back to the broadcast, in the transaction that writes it down."""
        effect = parcel.effect
        if not isinstance(effect, Announce):
            return
        match outcome:
            case Carried(receipt):
                state, why, query = "delivered", "", str(receipt.get("query", ""))
            case Failed(why):
                state, query = "failed", ""
            case InDoubt(why):
                state, query = "unknown", ""
        outcomes.came_out(tx, effect.broadcast_id, effect.sending_id, state, now, why=why, query=query)

    async def _say(self, group: Group, effect: Announce) -> Outcome:
        try:
            return await self._means.to_group(group.account_id, group.open_id, bodies.text(effect.text))
        except Throttled as fault:
            if fault.code == PAGE:
                return InDoubt(fault.code)
            raise


def purpose_of(level: Level) -> Purpose:
    """Say on which part of the purse a level may draw."""
    if level is Level.URGENT:
        return Purpose.emergency
    return Purpose.important if level.is_reserved else Purpose.notice


def _look(tx: Tx, effect: Announce) -> Wanted | None:
    sending = register.sending(tx, effect.sending_id)
    if sending is None:
        return None
    found = register.get(tx, effect.broadcast_id)
    is_wanted = sending.state == "waiting" and found.is_intact and listing.may_leave(tx, found)
    group = directory.group(tx, effect.to.group_id)
    return Wanted(group, found.order.level, is_wanted, sending.due_at)
