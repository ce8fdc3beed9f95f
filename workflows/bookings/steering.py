"""What people do to a line besides waiting: stop it, let it run again, give way, swap places. Record actions (`do:`).

Who may is said by the stage that has the action. The group hears one sentence, and nothing of any person.
"""

from collections.abc import Callable

import sqlalchemy as sa

from township import directory, outbox
from township.db import Tx
from township.effects import Say, ToGroup
from township.errors import Mistake, Refused
from township.ids import new_id
from township.models import groups
from workflows import catalogue, records
from workflows.bookings import line, shelf
from workflows.bookings.models import bookings
from workflows.bookings.shelf import WAITING, Shelf
from workflows.catalogue import Occasion
from workflows.definition import Definition
from workflows.models import cases

REASON, SWAP_WITH = "reason", "swap_with"
"""Fields of actions: why a line stops, and with whom somebody swaps."""
IN_GROUP = frozenset({"line", "waiting", REASON})
"""What a sentence to the group may say."""


def declare() -> None:
    """Make the actions known."""
    actions: dict[str, Callable[[Tx, Occasion], None]] = {
        "queue.pause": pause, "queue.resume": resume, "queue.give_way": give_way, "queue.swap": swap,
    }  # fmt: skip
    for name, action in actions.items():
        catalogue.declare(name, action)


def pause(tx: Tx, occasion: Occasion) -> None:
    """Stop a line: nobody is called until it goes on; the group hears it once."""
    _set(tx, occasion, paused=True)


def resume(tx: Tx, occasion: Occasion) -> None:
    """Let a line go on, in the order in which people stood."""
    _set(tx, occasion, paused=False)


def _set(tx: Tx, occasion: Occasion, *, paused: bool) -> None:
    found = line.place_of(tx, occasion.case_id)
    if found is None:
        raise Refused("not_in_line", case=occasion.case_id)
    where = found[1]
    if shelf.is_paused(tx, where) == paused:
        return
    shelf.change(tx, where, paused_at=occasion.at if paused else None)
    definition = records.load(tx, occasion.town_id, occasion.case_id, lock=False).definition
    queue = definition.workflow.queue
    text = (queue.paused if paused else queue.resumed) if queue else None
    if text:
        _tell_group(tx, occasion, definition, definition.texts[text], where)


def _tell_group(tx: Tx, occasion: Occasion, definition: Definition, text: str, where: Shelf) -> None:
    queue = definition.workflow.queue
    options = definition.form[queue.of].options if queue and queue.of else {}
    name = options[where.part].name if where.part in options else definition.name
    waiting = len(line.waiting_rows(tx, where))
    said = text.format(line=name, waiting=waiting, reason=occasion.fields.get(REASON, ""))
    columns = groups.c
    mine = (columns.town_id == occasion.town_id, sa.not_(columns.cadres_only), columns.village_id == where.village_id)
    for group_id in tx.scalars(sa.select(columns.id).where(*mine).order_by(columns.id)).all():
        outbox.put(tx, occasion.town_id, [(f"line:{new_id()}", Say(ToGroup(group_id), said))], now=occasion.at)


def give_way(tx: Tx, occasion: Occasion) -> None:
    """Let the one behind go first; the last of a line has nobody to let by."""
    row, behind = _mine(tx, occasion)
    if not behind:
        raise Refused("nobody_behind", case=occasion.case_id)
    _exchange(tx, row, behind[0])


def swap(tx: Tx, occasion: Occasion) -> None:
    """Give one's place to somebody further back and take that person's: only who loses by it can say so."""
    row, behind = _mine(tx, occasion)
    person = str(occasion.fields.get(SWAP_WITH, ""))
    held = sa.select(cases.c.id).where(cases.c.town_id == occasion.town_id, cases.c.affected_id == person)
    theirs = set(tx.scalars(held.where(cases.c.id.in_([one["case_id"] for one in behind]))).all())
    other = next((one for one in behind if one["case_id"] in theirs), None)
    if other is None:
        who = directory.person(tx, person)
        raise Mistake("not_behind_you", field=SWAP_WITH, name=who.name if who else "")
    _exchange(tx, row, other)


def _mine(tx: Tx, occasion: Occasion) -> tuple[sa.RowMapping, list[sa.RowMapping]]:
    """The place of a case that waits, and those behind it."""
    found = line.place_of(tx, occasion.case_id)
    if found is None or found[0]["state"] != WAITING:
        raise Refused("not_in_line", case=occasion.case_id)
    row, where = found
    return row, [one for one in line.waiting_rows(tx, where) if one["rank"] > row["rank"]]


def _exchange(tx: Tx, one: sa.RowMapping, other: sa.RowMapping) -> None:
    for row, rank in ((one, other["rank"]), (other, one["rank"])):
        tx.execute(sa.update(bookings).where(bookings.c.id == row["id"]).values(rank=rank))
