"""A tap on a card: the act it asks for, and the card as it stands afterwards.

What takes longer than the window of a tap is answered "under way", and the outbox repaints the card.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bot.dingtalk.bodies import tap_answer
from bot.dingtalk.cards import card_params
from bot.messages import Tap
from bot.models import cards
from bot.outgoing.cards import keep_shown
from bot.outgoing.delivery import Delivery
from bot.outgoing.drawing import SEEN, asks, decided, draw, live
from bot.wording import sentence, texts
from township import directory, outbox
from township.clock import Clock
from township.db import Database, Tx
from township.effects import RefreshCards
from township.errors import Mistake, Refused
from township.statements import Statement, savepoint
from workflows import cases, offers, tasks
from workflows.cases import Act
from workflows.fields import labelled
from workflows.state import Via
from workflows.tasks import TaskView

ASKED = frozenset({"value_missing", "nothing_given"})
"""What the person who tapped may still say in the chat."""


class Taps:
    """Answers taps of one process."""

    def __init__(self, db: Database, clock: Clock, delivery: Delivery) -> None:
        self._db = db
        self._clock = clock
        self._delivery = delivery

    async def answer(self, tap: Tap) -> Mapping[str, Any]:
        """Do what was tapped, once, and return what the card shows now."""
        params = await self._db.write(lambda tx: self._act(tx, tap), urgent=True)
        self._delivery.wake()
        return tap_answer(params)

    async def repaint(self, tap: Tap) -> None:
        """Have the outbox draw anew a card that was answered "under way"."""

        def call(tx: Tx) -> None:
            row = _CARD.first(tx, its_id=tap.out_track_id)
            if row is None:
                return
            keep_shown(tx, row["id"], under_way())
            effects = [(f"late:{tap.frame_id}", RefreshCards(row["case_id"]))]
            outbox.put(tx, row["town_id"], effects, now=self._clock.now())

        await self._db.write(call, urgent=True)
        self._delivery.wake()

    def _act(self, tx: Tx, tap: Tap) -> dict[str, str]:
        row = _CARD.first(tx, its_id=tap.out_track_id)
        person = directory.by_staff_id(tx, tap.account_id, tap.staff_id)
        task = tasks.get(tx, row["task_id"]) if row else None
        if row is None or task is None:
            return {"status": texts().say("card_gone")}
        if person is None or person.id != row["person_id"]:
            return {"status": texts().say("card_not_yours")}
        task = live(tx, task)
        status = self._do(tx, tap, task, row["town_id"])
        drawn = draw(tx, tasks.get(tx, task.id) or task, self._clock.now(), status=status)
        if drawn is None:
            return {"status": status or texts().say("card_over")}
        params = card_params(drawn.card)
        keep_shown(tx, row["id"], params)
        return params

    def _do(self, tx: Tx, tap: Tap, task: TaskView, town_id: str) -> str:
        """Act; the status that the card then shows: what is said to whoever acted, or empty for the usual one."""
        values = {name: value for name, value in tap.params.items() if name not in ("action", SEEN) and value}
        key = f"tap:{tap.frame_id}"
        shown = tap.params.get(SEEN, "")
        acting = Act(town_id, task.case_id, tap.action, key, task.person_id, values, task.id, Via.CARD, shown)
        try:
            with savepoint(tx):
                outcome = cases.act(tx, acting, now=self._clock.now())
        except Mistake as mistake:
            return self._ask(tx, tap, task, town_id, values, mistake)
        except Refused as refusal:
            return _refusal(tx, task, town_id, refusal)
        return outcome.reply

    def _ask(self, tx: Tx, tap: Tap, task: TaskView, town_id: str, values: Mapping[str, Any], mistake: Mistake) -> str:
        """Keep the action until its person says the word that it needs."""
        field = str(mistake.values.get("field", ""))
        action = offers.of_task(tx, town_id, task).get(tap.action)
        is_asked = action is not None and (field in action.needs or field == labelled.ANY)
        if mistake.code not in ASKED or not is_asked:
            return sentence(mistake)
        asking = {"task": task.id, "action": tap.action, "field": field, "values": dict(values)}
        tx.execute(sa.update(cards).where(cards.c.id == tap.out_track_id).values(asking=asking))
        return asks(tx, town_id, task, asking)


def under_way() -> dict[str, str]:
    """The card of a tap whose act is not done within its window."""
    return {"status": texts().say("card_under_way")}


_CARD = Statement(sa.select(cards).where(cards.c.id == sa.bindparam("its_id")))


def _refusal(tx: Tx, task: TaskView, town_id: str, refusal: Refused) -> str:
    """Say why not, and who decided before."""
    if refusal.code == "already_decided" and (words := decided(tx, town_id, task)):
        return words
    over = {"already_decided", "task_over", "not_now", "case_closed"}
    return texts().say("card_over") if refusal.code in over else sentence(refusal)
