"""How one notice reaches up to twenty people: one call, in the day, as far as the purse allows.

Whom the platform did not reach, and who has no account there, is put on the call list of the case.
"""

from datetime import datetime

from bot.dingtalk import bodies
from bot.outgoing.carried import Carried, Failed, InDoubt, Outcome
from bot.outgoing.means import Carrier, Means
from bot.purse import Call, Purpose
from township import directory
from township.db import Tx
from township.effects import SayToAll
from township.outbox import Parcel
from workflows import calllist

MISSED = "missed"
"""In a receipt: whom the call did not reach, by person."""


class Mailing(Carrier):
    """Carries `SayToAll`."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def carry(self, parcel: Parcel) -> Outcome:
        """Say it once to all of them."""
        effect = parcel.effect
        if not isinstance(effect, SayToAll):
            raise TypeError(f"a mailing cannot carry {type(effect).__name__}")
        if night := self._means.night():
            return night
        account_id, staff = await self._means.db.read(lambda tx: self._ways(tx, effect.people))
        if not staff:
            return Carried({MISSED: list(effect.people)})
        if not self._means.ledger.may_send(account_id, Purpose.notice):
            return self._means.next_month()
        self._means.ledger.charge(account_id, Call.people_send)
        sent = await self._means.clients[account_id].send_to_people(sorted(staff), bodies.text(effect.text))
        reached = {person for staff_id, persons in staff.items() if staff_id not in sent.missed for person in persons}
        missed = [person for person in effect.people if person not in reached]
        return Carried({"road": "api", "query": sent.query_key, MISSED: missed})

    def report(self, tx: Tx, parcel: Parcel, outcome: Carried | Failed | InDoubt, now: datetime) -> None:
        """Put whom the call did not reach on the call list, in the transaction that writes it down."""
        effect = parcel.effect
        if not isinstance(effect, SayToAll):
            return
        missed = outcome.receipt.get(MISSED, ()) if isinstance(outcome, Carried) else effect.people
        for person_id in missed:
            calllist.add(tx, effect.case_id, person_id, effect.text, now)

    def _ways(self, tx: Tx, people: tuple[str, ...]) -> tuple[str, dict[str, list[str]]]:
        """Find who is reached by which account; two who share one are told by one message."""
        account_id, staff = "", dict[str, list[str]]()
        for person_id in people:
            one = self._means.staff(directory.reaches_of(tx, person_id))
            if one and account_id in ("", one.account_id):
                account_id = one.account_id
                staff.setdefault(one.staff_id, []).append(person_id)
        return account_id, staff
