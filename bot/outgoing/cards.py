"""Cards of tasks: shown to who may act, and kept true.

What a card shows is `drawing.py`; a tap on one is answered by `incoming/taps.py`.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.dingtalk import bodies
from bot.dingtalk.cards import TaskCard, action_card, card_params
from bot.dingtalk.faults import Rejected, Throttled, Unsafe
from bot.models import cards
from bot.outgoing.carried import Carried, Failed, Later, Outcome
from bot.outgoing.drawing import Drawn, asks, draw, live
from bot.outgoing.means import Carrier, Means, Staff
from bot.purse import Call, Purpose
from bot.wording import texts
from township import directory
from township.db import Tx, insert_ignore
from township.effects import RefreshCards, ShowCard, ToPerson
from township.outbox import Parcel
from workflows import tasks
from workflows.tasks import TaskView

log = logging.getLogger(__name__)

URGENT = "urgent"
"""The pace whose cards do not wait for the morning."""


class Cards(Carrier):
    """Carries `ShowCard` and `RefreshCards`."""

    def __init__(self, means: Means, *, template: str) -> None:
        """`template`: of cards at the platform; empty where the town has none."""
        self._means = means
        self._template = template

    async def carry(self, parcel: Parcel) -> Outcome:
        """Show a card, or draw those of a case anew."""
        match parcel.effect:
            case ShowCard(ToPerson(person_id), task_id, _):
                return await self._show(parcel, person_id, task_id)
            case RefreshCards(case_id):
                return await self._refresh(case_id)
            case other:
                raise TypeError(f"cards cannot carry {type(other).__name__}")

    async def _show(self, parcel: Parcel, person_id: str, task_id: str) -> Outcome:
        now = self._means.clock.now()
        task, drawn, ways = await self._means.db.read(lambda tx: _look(tx, task_id, person_id, now))
        if task is None or task.state != "open" or drawn is None:
            return Failed("over")
        is_urgent = drawn.case.pace == URGENT
        if not is_urgent and (night := self._means.night()):
            return night
        staff = self._means.staff(ways)
        if staff is None:
            return Failed("no_account")
        if not self._means.ledger.may_send(staff.account_id, Purpose.emergency if is_urgent else Purpose.task):
            return self._means.next_month()  # until then cadres work in the console
        row = {
            "id": parcel.id,
            "town_id": parcel.town_id,
            "account_id": staff.account_id,
            "person_id": person_id,
            "case_id": drawn.case.id,
            "task_id": task_id,
            "face": "card" if self._template else "actioncard",
            "shown": card_params(drawn.card),
        }
        # Before it is shown: a quick thumb taps while the answer to our call is still on its way.
        face = await self._means.db.write(lambda tx: _begun(tx, row))
        return Carried({"face": await self._begin(staff, parcel.id, drawn.card, face)})

    async def _begin(self, staff: Staff, key: str, card: TaskCard, face: str) -> str:
        """Show a card with the face it was begun with, else with the next plainer one, and return which."""
        if face == "card":
            if await self._by_template(staff, key, card):
                return face
            await self._means.db.write(lambda tx: _faced(tx, key, "actioncard"))
        plainer = await self._as_message(staff, card)
        await self._means.db.write(lambda tx: _faced(tx, key, plainer))
        return plainer

    async def _by_template(self, staff: Staff, key: str, card: TaskCard) -> bool:
        """Show the card by our template; False where that is not to be had.

        A card that was made and not delivered exists: its key must not be used for another try.
        """
        try:
            self._means.ledger.charge(staff.account_id, Call.card_create)
            await self._means.clients[staff.account_id].create_and_deliver_card(
                template_id=self._template,
                out_track_id=key,
                space=bodies.CardSpace(staff.staff_id),
                params=card_params(card),
            )
        except (Rejected, Unsafe) as refused:
            log.warning("card refused", extra={"action": "card_refused", "code": refused.code})
            return False
        return True

    async def _as_message(self, staff: Staff, card: TaskCard) -> str:
        """Send an action card whose buttons speak, or that something waits, and return which."""
        try:
            await self._send(staff, action_card(card))
        except Unsafe:
            words = texts().say("card_held_back", title=card.title)
            await self._send(staff, bodies.text(words))
            return "text"
        return "actioncard"

    async def _send(self, staff: Staff, message: bodies.Message) -> None:
        """Send a card that is an ordinary message; one that nobody got has no face to remember."""
        match await self._means.to_staff(staff, message):
            case Later(wait, why):
                raise Throttled(why, retry_after=wait.total_seconds())
            case Failed(why):
                raise Rejected(why)

    async def _refresh(self, case_id: str) -> Outcome:
        now = self._means.clock.now()
        changed = await self._means.db.read(lambda tx: _changed(tx, case_id, now))
        for card_id, account_id, params in changed:
            if not self._means.ledger.may_send(account_id, Purpose.courtesy):
                continue  # a tap on a card that shows an old state says what has become of it
            self._means.ledger.charge(account_id, Call.card_update)
            try:
                await self._means.clients[account_id].update_card(card_id, params)
            except (Rejected, Unsafe) as refused:
                log.warning("card not repainted", extra={"action": "card_refused", "code": refused.code})
                continue  # the other cards of the case are to show the truth all the same
            await self._means.db.write(lambda tx, row=card_id, shown=params: keep_shown(tx, row, shown))  # type: ignore[misc]
        return Carried({"cards": len(changed)})


def _begun(tx: Tx, row: Mapping[str, Any]) -> str:
    """Write down a card that is about to be shown, and return its face: another than before if that was refused."""
    insert_ignore(tx, cards, dict(row), ["id"])
    return str(tx.execute(sa.select(cards.c.face).where(cards.c.id == row["id"])).scalar_one())


def _faced(tx: Tx, card_id: str, face: str) -> None:
    tx.execute(sa.update(cards).where(cards.c.id == card_id).values(face=face))


def _look(
    tx: Tx, task_id: str, person_id: str, now: datetime
) -> tuple[TaskView | None, Drawn | None, list[directory.Reach]]:
    task = tasks.get(tx, task_id)
    drawn = draw(tx, task, now) if task else None
    return task, drawn, directory.reaches_of(tx, person_id)


def _changed(tx: Tx, case_id: str, now: datetime) -> list[tuple[str, str, dict[str, str]]]:
    """List the cards of a case that no longer show the truth."""
    found = []
    for row in tx.execute(sa.select(cards).where(cards.c.case_id == case_id, cards.c.face == "card")).mappings():
        task = tasks.get(tx, row["task_id"])
        status = asks(tx, row["town_id"], live(tx, task), row["asking"]) if task else ""
        drawn = draw(tx, task, now, status=status) if task else None
        if drawn and card_params(drawn.card) != row["shown"]:
            found.append((row["id"], row["account_id"], card_params(drawn.card)))
    return found


def keep_shown(tx: Tx, card_id: str, shown: Mapping[str, Any]) -> None:
    """Remember what a card shows."""
    tx.execute(sa.update(cards).where(cards.c.id == card_id).values(shown=dict(shown)))
