"""Cards of tasks: shown to who may act, kept true, and answered when tapped.

A card shows the rows as they stand when it is drawn. A tap ends in `cases.act` like a typed word; its answer is the
card as it stands afterwards, and needs the database alone (style.md §6.2).
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.carried import Carried, Failed, Outcome, Postponed
from bot.dingtalk import bodies
from bot.dingtalk.cards import Look, TaskButton, TaskCard, action_card, card_params
from bot.dingtalk.client import Client
from bot.dingtalk.faults import Rejected, Throttled, Unsafe
from bot.models import cards
from bot.purse import Call, Purpose
from bot.quiet import next_month, quiet_until
from bot.spending import Ledger
from bot.wording import texts
from township import directory
from township.clock import Clock
from township.db import Database, Tx, insert_ignore
from township.effects import RefreshCards, ShowCard, ToPerson
from township.outbox import Parcel
from township.workdays import Calendar
from workflows import casebook, offers, tasks
from workflows.casebook import CaseView
from workflows.clocks.deadlines import say_moment
from workflows.house import texts as house_texts
from workflows.seals import preview
from workflows.tasks import TaskView

log = logging.getLogger(__name__)

URGENT = "urgent"
"""The pace whose cards do not wait for the morning."""
GRAVE = frozenset({"refuse", "reject", "return"})
MOST_BUTTONS = 4
SLOWED = 5.0
"""Seconds until a person whose messages the platform holds back is tried again."""
SEEN = "seen"
"""Parameter of a button: hash of the paper that its card shows."""
SHOWN = ("kind", "what", "preview", "purpose", "receiver", "place")
"""Fields that a card shows, in this order."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A task as its card shows it."""

    card: TaskCard
    case: CaseView
    task: TaskView


def live(tx: Tx, task: TaskView) -> TaskView:
    """Find the task that a card stands for now: its own while it is open, else the next of its person on the case."""
    if task.state == "open":
        return task
    following = (one for one in tasks.of_case(tx, task.case_id) if one.person_id == task.person_id)
    return next((one for one in following if one.state == "open"), task)


def draw(tx: Tx, task: TaskView, at: datetime, *, status: str = "") -> Drawn | None:
    """Draw the card of a task for its holder; None when the holder may not see the case."""
    task = live(tx, task)
    person = directory.person(tx, task.person_id)
    case = casebook.get(tx, directory.scope_of(tx, person, at), task.case_id) if person else None
    if case is None:
        return None
    actions = offers.of_task(tx, case.town_id, task)
    buttons = tuple(
        TaskButton(name, action.title, _colour(name, n), {SEEN: case.about} if case.about else {})
        for n, (name, action) in enumerate(actions.items())
    )
    title = texts().say("card_title", number=case.number, skill=case.skill_name)
    body = preview.of_case(tx, case.id) if case.about else ""
    body = body or "  \n".join(_before_paper(tx, case))
    if asker := directory.person(tx, offers.asked_by(tx, case.town_id, task)) if "disagree" in actions else None:
        body = "  \n".join((texts().say("card_asked", name=asker.name, why=case.said.get("reason", "")).rstrip(), body))
    status = status or _status(tx, case, task)
    card = TaskCard(title, body, status, buttons[:MOST_BUTTONS], task.code if buttons else "")
    return Drawn(card, case, task)


def _before_paper(tx: Tx, case: CaseView) -> list[str]:
    """Say what is asked; where it is to become a paper, first of whom."""
    told = [case.said[name] for name in SHOWN if case.said.get(name)]
    return [one for one in (preview.to_check(tx, case), *told) if one]


def _colour(name: str, position: int) -> Look:
    return Look.grave if name in GRAVE else Look.main if position == 0 else Look.plain


def decided(tx: Tx, town_id: str, task: TaskView) -> str:
    """Say who decided what a task asked, and when; empty if nobody else did."""
    by = tasks.who_decided(tx, task)
    person = directory.person(tx, by.person_id) if by and by.person_id != task.person_id else None
    if by is None or by.ended_at is None or person is None:
        return ""
    at = say_moment(by.ended_at, house_texts())
    return texts().say("card_decided", who=person.name, at=at, action=offers.title_of(tx, town_id, by))


def asks(tx: Tx, town_id: str, task: TaskView, asking: Mapping[str, Any] | None) -> str:
    """Say which word a tapped action still needs; empty when none is waited for, or its moment has passed."""
    if not asking or task.state != "open" or asking["task"] != task.id:
        return ""
    action = offers.of_task(tx, town_id, task).get(asking["action"])
    needed = action.needs.get(asking["field"]) if action else None
    return texts().say("card_asks", ask=needed.name) if needed else ""


def _status(tx: Tx, case: CaseView, task: TaskView) -> str:
    if task.state == "withdrawn" and (words := decided(tx, case.town_id, task)):
        return words
    if not case.is_open:
        return texts().say("card_status_closed")
    by = texts().say("card_status_by", by=say_moment(case.due_at, house_texts())) if case.due_at else ""
    is_open = task.state == "open"
    stage = offers.stage_of(tx, case.town_id, task) if is_open else case.stage_title
    return texts().say("card_status_open", stage=stage or case.stage_title, by=by if is_open else "")


class Cards:
    """Carries `ShowCard` and `RefreshCards`."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        calendar: Calendar,
        clients: Mapping[str, Client],
        ledger: Ledger,
        *,
        template: str,
    ) -> None:
        self._db = db
        self._clock = clock
        self._calendar = calendar
        self._clients = clients
        self._ledger = ledger
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
        now = self._clock.now()
        task, drawn, ways = await self._db.read(lambda tx: _look(tx, task_id, person_id, now))
        if task is None or task.state != "open" or drawn is None:
            return Failed("over")
        until = None if drawn.case.pace == URGENT else quiet_until(self._calendar, now)
        if until:
            return Postponed(until)
        way = next((one for one in ways if one.kind == "staff" and one.account_id in self._clients), None)
        if way is None or way.account_id is None:
            return Failed("no_account")
        purpose = Purpose.emergency if drawn.case.pace == URGENT else Purpose.task
        if not self._ledger.may_send(way.account_id, purpose):
            return Postponed(next_month(self._calendar, now))  # until then cadres work in the console
        row = {
            "id": parcel.id,
            "town_id": parcel.town_id,
            "account_id": way.account_id,
            "person_id": person_id,
            "case_id": drawn.case.id,
            "task_id": task_id,
            "face": "card" if self._template else "actioncard",
            "shown": card_params(drawn.card),
        }
        # Before it is shown: a quick thumb taps while the answer to our call is still on its way.
        face = await self._db.write(lambda tx: _begun(tx, row))
        if face == "card" and await self._by_template(way.account_id, way.value, parcel.id, drawn.card):
            return Carried({"face": face})
        if face == "card":
            await self._db.write(lambda tx: _faced(tx, parcel.id, "actioncard"))
        face = await self._as_message(way.account_id, way.value, drawn.card)
        await self._db.write(lambda tx: _faced(tx, parcel.id, face))
        return Carried({"face": face})

    async def _by_template(self, account_id: str, staff_id: str, key: str, card: TaskCard) -> bool:
        """Show the card by our template; False where that is not to be had.

        A card that was made and not delivered exists: its key must not be used for another try.
        """
        try:
            self._ledger.charge(account_id, Call.card_create)
            await self._clients[account_id].create_and_deliver_card(
                template_id=self._template,
                out_track_id=key,
                space=bodies.CardSpace(staff_id),
                params=card_params(card),
            )
        except (Rejected, Unsafe) as refused:
            log.warning("card refused", extra={"action": "card_refused", "code": refused.code})
            return False
        return True

    async def _as_message(self, account_id: str, staff_id: str, card: TaskCard) -> str:
        """Send an action card whose buttons speak, or that something waits, and return which."""
        try:
            await self._send(account_id, staff_id, action_card(card))
        except Unsafe:
            words = texts().say("card_held_back", title=card.title)
            await self._send(account_id, staff_id, bodies.text(words))
            return "text"
        return "actioncard"

    async def _send(self, account_id: str, staff_id: str, message: bodies.Message) -> None:
        """Send a card that is an ordinary message; HTTP 200 may still mean that nobody got it."""
        self._ledger.charge(account_id, Call.people_send)
        sent = await self._clients[account_id].send_to_people([staff_id], message)
        if staff_id in sent.slowed:
            raise Throttled("flow_control", retry_after=SLOWED)
        if staff_id in sent.missed:
            raise Rejected("not_reached")

    async def _refresh(self, case_id: str) -> Outcome:
        now = self._clock.now()
        changed = await self._db.read(lambda tx: _changed(tx, case_id, now))
        for card_id, account_id, params in changed:
            if not self._ledger.may_send(account_id, Purpose.courtesy):
                continue  # a tap on a card that shows an old state says what has become of it
            self._ledger.charge(account_id, Call.card_update)
            try:
                await self._clients[account_id].update_card(card_id, params)
            except (Rejected, Unsafe) as refused:
                log.warning("card not repainted", extra={"action": "card_refused", "code": refused.code})
                continue  # the other cards of the case are to show the truth all the same
            await self._db.write(lambda tx, row=card_id, shown=params: keep_shown(tx, row, shown))  # type: ignore[misc]
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
