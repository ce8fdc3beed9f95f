"""How one notice reaches up to twenty people: one call, in the day, as far as the purse allows.

Whom the platform did not reach, and who has no account there, is put on the call list of the case.
"""

from collections.abc import Mapping
from datetime import datetime

from bot.carried import Carried, Failed, InDoubt, Outcome, Postponed
from bot.dingtalk import bodies
from bot.dingtalk.client import Client
from bot.purse import Call, Purpose
from bot.quiet import next_month, quiet_until
from bot.spending import Ledger
from township import directory
from township.clock import Clock
from township.db import Database, Tx
from township.effects import SayToAll
from township.outbox import Parcel
from township.workdays import Calendar
from workflows import calllist

MISSED = "missed"
"""In a receipt: whom the call did not reach, by person."""


class Mailing:
    """Carries `SayToAll`."""

    def __init__(
        self, db: Database, clock: Clock, calendar: Calendar, clients: Mapping[str, Client], ledger: Ledger
    ) -> None:
        self._db = db
        self._clock = clock
        self._calendar = calendar
        self._clients = clients
        self._ledger = ledger

    async def carry(self, parcel: Parcel) -> Outcome:
        """Say it once to all of them."""
        effect = parcel.effect
        if not isinstance(effect, SayToAll):
            raise TypeError(f"a mailing cannot carry {type(effect).__name__}")
        now = self._clock.now()
        if until := quiet_until(self._calendar, now):
            return Postponed(until)
        account_id, staff = await self._db.read(lambda tx: self._ways(tx, effect.people))
        if not staff:
            return Carried({MISSED: list(effect.people)})
        if not self._ledger.may_send(account_id, Purpose.notice):
            return Postponed(next_month(self._calendar, now))
        self._ledger.charge(account_id, Call.people_send)
        sent = await self._clients[account_id].send_to_people(sorted(staff), bodies.text(effect.text))
        reached = {person for staff_id, persons in staff.items() if staff_id not in sent.missed for person in persons}
        missed = [person for person in effect.people if person not in reached]
        return Carried({"road": "api", "query": sent.query_key, MISSED: missed})

    def _ways(self, tx: Tx, people: tuple[str, ...]) -> tuple[str, dict[str, list[str]]]:
        """Find who is reached by which account; two who share one are told by one message."""
        account_id, staff = "", dict[str, list[str]]()
        for person_id in people:
            ways = (way for way in directory.reaches_of(tx, person_id) if way.kind == "staff")
            way = next((way for way in ways if way.account_id in self._clients), None)
            if way and way.account_id and account_id in ("", way.account_id):
                account_id = way.account_id
                staff.setdefault(way.value, []).append(person_id)
        return account_id, staff


def report(tx: Tx, parcel: Parcel, outcome: Carried | Failed | InDoubt, now: datetime) -> None:
    """Put whom the call did not reach on the call list, in the transaction that writes it down."""
    effect = parcel.effect
    if not isinstance(effect, SayToAll):
        return
    missed = outcome.receipt.get(MISSED, ()) if isinstance(outcome, Carried) else effect.people
    for person_id in missed:
        calllist.add(tx, effect.case_id, person_id, effect.text, now)
