"""What a carrier is, and what every one of them works with: a value that the app makes once.

Here is how a message reaches one person or one group; what is said, when, and at whose cost is each carrier's own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.dingtalk.bodies import Message
from bot.dingtalk.client import Client
from bot.outgoing.carried import Carried, Failed, InDoubt, Later, Outcome, Postponed
from bot.purse import Call
from bot.quiet import next_month, quiet_until
from bot.spending import Ledger
from township.clock import Clock
from township.db import Database, Tx
from township.directory import Reach
from township.outbox import Parcel
from township.workdays import Calendar

SLOWED = timedelta(seconds=5)
"""Until a person is tried again whose messages the platform says it holds back for now."""


class Carrier(Protocol):
    """Carries one kind of effect; `carriers.py` says which."""

    async def carry(self, parcel: Parcel) -> Outcome:
        """Do it once, now; raise ChannelFault for what the platform refuses."""

    def report(self, tx: Tx, parcel: Parcel, outcome: Carried | Failed | InDoubt, now: datetime) -> None:
        """Take what became of it to what wanted it, in the transaction that writes it down; most carriers need not."""
        return


@dataclass(frozen=True, slots=True)
class Staff:
    """A person's account at the platform, and through which of ours it is reached."""

    account_id: str
    staff_id: str


@dataclass(frozen=True, slots=True)
class Means:
    """The rows, the time of day, our accounts and what they may still spend."""

    db: Database
    clock: Clock
    calendar: Calendar
    clients: Mapping[str, Client]
    """By account."""
    ledger: Ledger

    def staff(self, ways: Iterable[Reach]) -> Staff | None:
        """Choose the account by which a person is reached one to one; None where there is none of ours."""
        accounts = (way for way in ways if way.kind == "staff" and way.account_id in self.clients)
        way = next(accounts, None)
        return Staff(way.account_id, way.value) if way and way.account_id else None

    def night(self) -> Postponed | None:
        """Say until when nobody may be nudged; None: now is the time."""
        until = quiet_until(self.calendar, self.clock.now())
        return Postponed(until) if until else None

    def next_month(self) -> Postponed:
        """Wait until the pools are filled again."""
        return Postponed(next_month(self.calendar, self.clock.now()))

    async def to_staff(self, staff: Staff, message: Message) -> Outcome:
        """Send a message to one person; an answer without a fault may still mean that nobody got it."""
        self.ledger.charge(staff.account_id, Call.people_send)
        sent = await self.clients[staff.account_id].send_to_people([staff.staff_id], message)
        if staff.staff_id in sent.slowed:
            return Later(SLOWED, "flow_control")
        if staff.staff_id in sent.missed:
            return Failed("not_reached")
        return Carried({"road": "api", "query": sent.query_key})

    async def to_group(self, account_id: str, open_id: str, message: Message) -> Outcome:
        """Send a message to a group."""
        self.ledger.charge(account_id, Call.group_send)
        query = await self.clients[account_id].send_to_group(open_id, message)
        return Carried({"road": "api", "query": query})
