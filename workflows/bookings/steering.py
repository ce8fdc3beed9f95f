"""What people do to a line besides waiting: stop it, let it run again, give way, swap places.

A service names the actions that do so; who may take them is said by its stages. The group hears one sentence, and
nothing of any person.
"""

import sqlalchemy as sa

from township import directory, outbox
from township.db import Tx
from township.effects import Say, ToGroup
from township.errors import Mistake, Refused
from township.ids import new_id
from township.models import groups
from township.statements import Row, Statement
from workflows import values
from workflows.bookings import line, rack
from workflows.bookings.keeping import Changed
from workflows.bookings.rack import WAITING, Rack
from workflows.bookings.supply import Queue
from workflows.definition import Definition, FieldKind
from workflows.models import cases

IN_GROUP = frozenset({"line", "waiting"})
"""What a sentence to the group may say, besides what the action that stops the line asks."""


def steer(tx: Tx, changed: Changed) -> None:
    """Do to the line of a case what the step says, if it says anything of it."""
    queue, action = changed.definition.workflow.queue, changed.action
    if queue is None or not action:
        return
    if action == queue.pause:
        _set(tx, changed, queue.paused, paused=True)
    elif action == queue.resume:
        _set(tx, changed, queue.resumed, paused=False)
    elif action == queue.give_way:
        _give_way(tx, changed)
    elif action == queue.swap:
        _swap(tx, changed)


def asked(definition: Definition, action: str | None) -> dict[str, FieldKind]:
    """What an action of a service asks, by field."""
    flow = definition.workflow
    every = [flow.villager, *(stage.actions for stage in flow.stages.values())]
    needs = [one[action].needs for one in every if action in one]
    return {name: spec.kind for each in needs for name, spec in each.items()}


def said_in_group(definition: Definition, queue: Queue) -> frozenset[str]:
    """What the sentences to the group may say."""
    return IN_GROUP | asked(definition, queue.pause).keys() | asked(definition, queue.resume).keys()


def _set(tx: Tx, changed: Changed, text: str | None, *, paused: bool) -> None:
    found = line.place_of(tx, changed.case_id)
    if found is None:
        raise Refused("not_in_line", case=changed.case_id)
    where = found[1]
    if rack.is_paused(tx, where) == paused:
        return
    rack.pause(tx, where, changed.now if paused else None)
    if text is not None:
        _tell_group(tx, changed, changed.definition.texts[text], where)


def _tell_group(tx: Tx, changed: Changed, text: str, where: Rack) -> None:
    definition, queue = changed.definition, changed.definition.workflow.queue
    options = definition.form[queue.of].options if queue and queue.of else {}
    name = options[where.part].name if where.part in options else definition.name
    (given,) = values.resolve(tx, [changed.given])
    blank = dict.fromkeys(said_in_group(definition, queue) if queue else (), "")
    said = text.format_map({**blank, **given, "line": name, "waiting": len(line.waiting_rows(tx, where))})
    for group_id in _GROUPS.scalars(tx, its_town=changed.town_id, its_village=where.village_id):
        outbox.put(tx, changed.town_id, [(f"line:{new_id()}", Say(ToGroup(group_id), said))], now=changed.now)


_GROUPS = Statement(
    sa.select(groups.c.id)
    .where(groups.c.town_id == sa.bindparam("its_town"), groups.c.village_id == sa.bindparam("its_village"))
    .where(sa.not_(groups.c.cadres_only))
    .order_by(groups.c.id)
)


def _give_way(tx: Tx, changed: Changed) -> None:
    """Let the one behind go first; the last of a line has nobody to let by."""
    row, behind = _mine(tx, changed)
    if not behind:
        raise Refused("nobody_behind", case=changed.case_id)
    _exchange(tx, row, behind[0])


def _swap(tx: Tx, changed: Changed) -> None:
    """Give one's place to somebody further back and take that person's: only who loses by it can say so."""
    row, behind = _mine(tx, changed)
    kinds = asked(changed.definition, changed.action)
    field = next(name for name, kind in kinds.items() if kind is FieldKind.PERSON)
    person = str(changed.given.get(field, ""))
    theirs = set(_OF_PERSON.scalars(tx, its_person=person, its_cases=[one["case_id"] for one in behind]))
    other = next((one for one in behind if one["case_id"] in theirs), None)
    if other is None:
        who = directory.person(tx, person)
        raise Mistake("not_behind_you", field=field, name=who.name if who else "")
    _exchange(tx, row, other)


_OF_PERSON = Statement(
    sa.select(cases.c.id).where(
        cases.c.affected_id == sa.bindparam("its_person"),
        cases.c.id.in_(sa.bindparam("its_cases", expanding=True)),
    )
)


def _mine(tx: Tx, changed: Changed) -> tuple[Row, list[Row]]:
    """The place of a case that waits, and those behind it."""
    found = line.place_of(tx, changed.case_id)
    if found is None or found[0]["state"] != WAITING:
        raise Refused("not_in_line", case=changed.case_id)
    row, where = found
    return row, [one for one in line.waiting_rows(tx, where) if one["rank"] > row["rank"]]


def _exchange(tx: Tx, one: Row, other: Row) -> None:
    for row, rank in ((one, other["rank"]), (other, one["rank"])):
        rack.update(tx, row["id"], rank=rank)
