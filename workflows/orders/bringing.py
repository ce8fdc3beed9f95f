"""Work orders become cases: each by its number once, through the one door, on its caller's name."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct

from township import callers, directory
from township.db import Tx
from township.errors import Mistake, TownshipError
from township.statements import savepoint
from township.texts import Texts
from workflows import calllist, cases, definitions, values
from workflows.cases import Opening
from workflows.orders import systems
from workflows.orders.columns import Meaning
from workflows.orders.models import orders as rows
from workflows.orders.reading import Order
from workflows.state import Via

log = logging.getLogger(__name__)

Sorting = Callable[[Order], tuple[str, str]]
"""Say to which service an order belongs, and which kind it is of; an empty kind where the service has none."""


class Bringer(Struct, frozen=True):
    """Who brings a sheet of which system to which town."""

    town_id: str
    system: str
    person_id: str | None
    """None: from the command line."""
    file: str


class Opened(Struct, frozen=True):
    """A row that is a case now."""

    row: int
    case_id: str


class Brought(Struct, frozen=True):
    """What became of some orders."""

    opened: tuple[Opened, ...] = ()
    known: int = 0
    over: int = 0
    mistakes: tuple[Mistake, ...] = ()
    unread: tuple[Mistake, ...] = ()
    """Moments of opened rows that could not be read: they have the time that the own town gives."""

    def __add__(self, other: "Brought") -> "Brought":
        mistakes, unread = (*self.mistakes, *other.mistakes), (*self.unread, *other.unread)
        opened = (*self.opened, *other.opened)
        return Brought(opened, self.known + other.known, self.over + other.over, mistakes, unread)


def bring(tx: Tx, orders: Sequence[Order], bringer: Bringer, sort: Sorting, *, now: datetime) -> Brought:
    """Open a case for each order that is new; what is closed over there, or here already, is passed over.

    Give few at a time: the writing lane belongs to those who speak. A row that is refused is named, the rest goes on.
    """
    known = systems.known_numbers(tx, bringer.town_id, bringer.system, [order.number for order in orders])
    villages = {one.name: one.id for one in directory.villages_of(tx, bringer.town_id)}
    done = Brought()
    for order in orders:
        if order.number in known:
            done += Brought(known=1)
        elif order.is_over:
            done += Brought(over=1)
        else:
            try:
                with savepoint(tx):
                    opened = Opened(order.row, _open(tx, order, bringer, sort, villages, now))
                done += Brought((opened,), unread=tuple(_unread(order, bringer.file)))
            except TownshipError as error:
                done += Brought(mistakes=(_why_not(order, bringer.file, error),))
    return done


def _unread(order: Order, file: str) -> Iterator[Mistake]:
    """Name the moments of a row that could not be read."""
    for meaning, (column, value) in order.unread.items():
        named = {"file": file, "row": order.row, "number": order.number, "column": column, "value": value}
        yield Mistake(f"order_unread_{meaning.value}", **named)


def _why_not(order: Order, file: str, error: TownshipError) -> Mistake:
    """Name the row that was not opened; what has no sentence of its own is logged by its code."""
    code = {"nobody_may_see": "order_for_discipline", "value_missing": "order_lacks"}.get(error.code, "order_refused")
    if code == "order_refused":
        log.warning("an order was refused", extra={"action": "order_refused", "code": error.code, "row": order.row})
    named = {"name": error.values["name"]} if code == "order_lacks" else {}
    return Mistake(code, file=file, row=order.row, number=order.number, **named)


def _open(
    tx: Tx, order: Order, bringer: Bringer, sort: Sorting, villages: Mapping[str, str], now: datetime
) -> str:  # fmt: skip
    skill, kind = sort(order)
    _, definition = definitions.current(tx, bringer.town_id, skill)
    village_id = villages.get(order.village)
    what = order.what
    if order.due:
        due = order.due
        what += texts().say("due_there", system=bringer.system, month=due.month, day=due.day)
    elif Meaning.DUE in order.unread:
        column, value = order.unread[Meaning.DUE]
        what += texts().say("due_unread_there", system=bringer.system, column=column, value=value)
    said = {"what": what, "kind": kind, "place": order.place, "urgent": order.is_urgent or None}
    caller = None
    if order.name:
        caller = callers.known_or_new(tx, bringer.town_id, order.name, order.phone, village_id)
    opening = Opening(
        bringer.town_id,
        skill,
        _key(bringer.system, order.number),
        {name: value for name, value in said.items() if name in definition.form},
        now,
        affected=caller,
        wrote=bringer.person_id,
        village_id=village_id,
        via=Via.IMPORT,
        channels=(bringer.system,),
        anonymous=caller is None,
    )
    outcome = cases.open(tx, opening, now=now)
    calllist.nothing_to_ring_about(tx, outcome.case_id, bringer.person_id, now)
    cells = json.dumps(dict(order.cells or {}), ensure_ascii=False)
    kept = values.put_text(tx, bringer.town_id, caller, cells, now)
    of_order = {"town_id": bringer.town_id, "system": bringer.system, "number": order.number}
    brought = {"case_id": outcome.case_id, "row_ref": kept, "brought_at": now, "brought_by": bringer.person_id}
    tx.execute(sa.insert(rows).values(**of_order, **brought))
    return outcome.case_id


def _key(system: str, number: str) -> str:
    """Name an order for the one door; a number may be longer than a key."""
    return f"order:{system}:{hashlib.sha256(number.encode()).hexdigest()[:32]}"


@cache
def texts() -> Texts:
    """The sentences of work orders."""
    return Texts.load(Path(__file__).with_name("texts.yaml"))
