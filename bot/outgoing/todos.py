"""DingTalk's own to-do list as one more face of a task: put there when a cadre has a task, ticked off when it ends.

Off unless the setting `todo_mirror` says otherwise: each to-do costs two API calls. Only a mirror: nothing is decided
there, and a to-do that could not be written changes nothing of the case.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from bot.dingtalk import bodies
from bot.outgoing.carried import Carried, Failed, Outcome
from bot.outgoing.drawing import draw
from bot.outgoing.means import Carrier, Means, Staff
from bot.purse import Call, Purpose
from township import directory, outbox
from township.db import Tx
from township.effects import Effect, MirrorTodo, ToPerson
from township.models import outbox as parcels
from township.models import people
from township.outbox import Parcel
from workflows import tasks
from workflows.models import tasks as task_rows

SLICE = 100
"""To-dos asked for in one transaction."""


class Todos(Carrier):
    """Carries `MirrorTodo`, and asks for what is not mirrored yet."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def mirror(self) -> int:
        """Put what began or ended since the last time into the outbox; returns how much."""
        now = self._means.clock.now()
        return await self._means.db.write(lambda tx: _ask(tx, now))

    async def carry(self, parcel: Parcel) -> Outcome:
        """Write one to-do, or tick it off."""
        effect = parcel.effect
        if not isinstance(effect, MirrorTodo):
            raise TypeError(f"todos cannot carry {type(effect).__name__}")
        ways = await self._means.db.read(lambda tx: directory.reaches_of(tx, effect.to.person_id))
        staff = self._means.staff(ways)
        if staff is None:
            return Failed("no_account")
        if not self._means.ledger.may_send(staff.account_id, Purpose.task):
            return self._means.next_month()
        if effect.done:
            return await self._tick_off(staff.account_id, effect)
        return await self._write(staff, parcel, effect)

    async def _write(self, staff: Staff, parcel: Parcel, effect: MirrorTodo) -> Outcome:
        now, client = self._means.clock.now(), self._means.clients[staff.account_id]

        def look(tx: Tx) -> tuple[str, datetime | None]:
            task = tasks.get(tx, effect.task_id)
            drawn = draw(tx, task, now) if task and task.state == "open" else None
            return (f"{drawn.card.title} {drawn.card.status}", drawn.case.due_at) if drawn else ("", None)

        subject, due = await self._means.db.read(look)
        if not subject:
            return Failed("over")
        union_id = (await client.get_user(staff.staff_id)).union_id
        body = bodies.new_todo(
            source_id=parcel.id, subject=subject, executor_union_ids=[union_id], creator_union_id=union_id, due=due
        )
        self._means.ledger.charge(staff.account_id, Call.todo_create)
        return Carried({"todo": await client.create_todo(union_id, body), "union": union_id})

    async def _tick_off(self, account_id: str, effect: MirrorTodo) -> Outcome:
        receipt = await self._means.db.read(lambda tx: _receipt(tx, effect.task_id))
        if not receipt.get("todo"):
            return Failed("not_mirrored")
        self._means.ledger.charge(account_id, Call.todo_update)
        change = bodies.todo_update(done=True)
        await self._means.clients[account_id].update_todo(receipt["union"], receipt["todo"], change)
        return Carried({"todo": receipt["todo"]})


def _key(task_id: str, *, done: bool) -> str:
    return f"todo{'-done' if done else ''}:{task_id}"


def _ask(tx: Tx, now: datetime) -> int:
    """Find tasks of cadres that began without a to-do, and to-dos whose task has ended."""
    written, ticked = (_stands(_key("", done=done)) for done in (False, True))
    begun = sa.and_(task_rows.c.state == "open", people.c.is_cadre, sa.not_(written))
    ended = sa.and_(task_rows.c.state != "open", written, sa.not_(ticked))
    columns = (task_rows.c.id, task_rows.c.person_id, task_rows.c.case_id, task_rows.c.town_id, task_rows.c.state)
    chosen = sa.select(*columns).join(people, people.c.id == task_rows.c.person_id).where(sa.or_(begun, ended))
    found = tx.execute(chosen.order_by(task_rows.c.id).limit(SLICE)).all()
    for row in found:
        is_over = row.state != "open"
        effect: Effect = MirrorTodo(ToPerson(row.person_id), row.id, row.case_id, is_over)
        outbox.put(tx, row.town_id, [(_key(row.id, done=is_over), effect)], now=now)
    return len(found)


def _stands(prefix: str) -> sa.Exists:
    return sa.exists().where(parcels.c.key == sa.literal(prefix) + task_rows.c.id)


def _receipt(tx: Tx, task_id: str) -> Mapping[str, str]:
    chosen = sa.select(parcels.c.receipt).where(parcels.c.key == _key(task_id, done=False))
    return dict(tx.execute(chosen).scalar() or {})
