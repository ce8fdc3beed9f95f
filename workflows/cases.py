"""The one door to a case: `open` and `act`, for villager, cadre, console, import and clock.

Each call is idempotent by its key and writes everything in the caller's transaction. What is said is read by
`entries.py`, the rules decide in `engine.py`, what they decided is written by `writing.py`. Looking at cases is in
`casebook.py`.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from township import directory, editions, ids
from township.db import Tx
from township.errors import Refused
from township.statements import together
from township.workdays import Calendar
from workflows import definitions, engine, entries, keys, numbers, query_codes, records, tasks, values, writing
from workflows.bookings import booking
from workflows.bookings.keeping import Changed
from workflows.census import Census
from workflows.clocks import calendars, pledges
from workflows.definition import Action, Definition
from workflows.flow import succession
from workflows.flow.permissions import allowed, find_task, speaks_as_neighbour
from workflows.flow.who import Cast
from workflows.models import case_keys, cases
from workflows.notices import Known
from workflows.public import showings
from workflows.records import Record
from workflows.related import ties
from workflows.requests import Act, Opening, Outcome
from workflows.state import Command, Decision, Via, World
from workflows.visibility import add_parts
from workflows.writing import Step

__all__ = (
    "Act", "Opening", "Outcome", "act", "act_late", "current", "join", "open", "opened_by", "standing", "unlink",
)  # fmt: skip


def open(tx: Tx, opening: Opening, *, now: datetime) -> Outcome:
    """Open a case, or find the one that the same key opened."""
    case_id = ids.new_id()
    edition = keys.claim(tx, opening.town_id, opening.key, case_id)
    if edition is None:
        return _repeated(tx, opening.town_id, opening.key)
    known = Census(tx, edition)
    digest, definition = definitions.current(tx, opening.town_id, opening.skill, edition)
    read = entries.read_form(tx, definition, opening, now, known)
    cast = _cast(opening)
    village_id = opening.village_id or entries.village_of(read) or known.home_village(cast.affected)
    facts = known.facts(opening.town_id, village_id, definition, cast, now)
    cast = replace(cast, told=opening.told or _must_be_told(cast, facts.reachable))
    calendar = calendars.calendar_of(tx, opening.town_id, edition)
    read = booking.settled(definition, read, now, calendar)
    with together(tx):
        kept = values.put(tx, opening.town_id, cast.affected, definition.form, read, now)
        decision = engine.open_case(definition, cast, kept, World(opening.received_at, calendar, facts))
        code = query_codes.new_code() if definition.workflow.query_code else ""
        clocks = records.clock_rows(opening.town_id, case_id, decision.state.clocks.values(), calendar)
        row = {
            "id": case_id, "definition": digest, "village_id": village_id, **_as_asked(opening, definition),
            "kind": str(kept.get("kind", "")), "query_hash": query_codes.hash_of(code) if code else None,
            "number": numbers.next_number(tx, opening.town_id, village_id, definition, now),
            **records.state_columns(decision.state, now, records.soonest(one["due_at"] for one in clocks)),
        }  # fmt: skip
        command = Command("open", opening.wrote or opening.spoke, via=opening.via)
        step = Step(Record(row, definition, decision.state), command, decision, known, calendar, now)
        writing.add(tx, step, clocks, by=opening.wrote or cast.spoke)
        same = ties.find_same(tx, row, read) if ties.compares(definition) else []
        ties.add_same(tx, opening.town_id, case_id, same, now)
        booked = booking.follow(tx, step.record, decision.state, command, now)
        outcome = writing.tell(tx, step, Known(row["due_at"], read, code, ties.households(same, cast.affected)))
    return _gone_on(tx, booked, outcome, now)


def _cast(opening: Opening) -> Cast:
    """Who plays a part; of an unnamed case only who wrote it down."""
    if opening.anonymous:
        return Cast(wrote=opening.wrote)
    return Cast(opening.affected or opening.spoke, opening.spoke, opening.wrote)


def _as_asked(opening: Opening, definition: Definition) -> dict[str, Any]:
    """The columns of a case that never change, as far as they stand in what was asked."""
    return {
        "town_id": opening.town_id, "skill": opening.skill, "restricted": definition.workflow.restricted,
        "wrote_id": opening.wrote, "opened_at": opening.received_at,
        "channels": list(opening.channels or (opening.via.value,)),
        "conversation_id": None if opening.anonymous else opening.conversation_id,
    }  # fmt: skip


def act(tx: Tx, acting: Act, *, now: datetime) -> Outcome:
    """Do an action, or find what the same key did; Refused says why not, and who decided before."""
    record = records.load(tx, acting.town_id, acting.case_id)
    edition = keys.claim(tx, acting.town_id, acting.key, acting.case_id)
    if edition is None:
        return _repeated(tx, acting.town_id, acting.key)
    known = Census(tx, edition)
    step = _decided(tx, acting, record, known, calendars.calendar_of(tx, acting.town_id, edition), now)
    outcome = _gone_on(tx, *writing.carry_out(tx, step), now) if step else _as_it_stands(record.row, repeated=True)
    if step and step.decision.in_digest:
        tasks.mention(tx, step.decision.in_digest)
    if step and acting.by and not outcome.result and speaks_as_neighbour(record.definition, record.state, step.command):
        join(tx, acting.town_id, acting.case_id, person=acting.by, key=f"{acting.key}:heard", now=now)
    return outcome


def act_late(tx: Tx, several: Sequence[Act], *, now: datetime) -> None:
    """Let the clock act on several cases, which the transaction has locked.

    What they need is read together, what they leave is sent together; each is written as by `act`.
    """
    towns = {one.town_id: [other.key for other in several if other.town_id == one.town_id] for one in several}
    taken = {key for town_id, wanted in towns.items() for key in keys.taken(tx, town_id, wanted)}
    new = {one.case_id: one for one in reversed(several) if one.key not in taken}
    found = records.load_several(tx, list(new))
    edition = editions.edition(tx)
    known = Census(tx, edition)
    known.meet(person for one in found.values() for person in (*one.state.cast.villagers(), *one.state.cast.told))
    steps = []
    for case_id, record in found.items():
        calendar = calendars.calendar_of(tx, record.row["town_id"], edition)
        steps.append(_decided(tx, new[case_id], record, known, calendar, now))
    with together(tx):
        keys.add(tx, [(one.town_id, one.key, one.case_id) for one in new.values()])
        for step in steps:
            if step and not step.decision.do:
                _gone_on(tx, *writing.carry_out(tx, step), now)
        if mentioned := [task_id for step in steps if step for task_id in step.decision.in_digest]:
            tasks.mention(tx, mentioned)
    for step in steps:
        if step and step.decision.do:
            _gone_on(tx, *writing.carry_out(tx, step), now)
    for acting in several:
        if acting.key not in taken and new[acting.case_id] is not acting:
            act(tx, acting, now=now)


def _decided(
    tx: Tx, acting: Act, record: Record, known: Census, calendar: Calendar, now: datetime
) -> Step | None:  # fmt: skip
    """Let the rules decide; None where nothing is to be done any more."""
    command = Command(
        acting.action, acting.by, acting.values, acting.task_id, acting.via, acting.shown, acting.hearer
    )  # fmt: skip
    row, definition, state = record.row, record.definition, record.state
    is_late, is_directed = acting.via is Via.CLOCK, acting.via is Via.DIRECTORY
    facts = known.facts(acting.town_id, row["village_id"], definition, state.cast, now, late=is_late or is_directed)
    if objections := showings.against(tx, record):
        facts = replace(facts, objections=objections)
    world = World(now, calendar, facts)
    decision: Decision | None
    if is_late:
        decision = engine.late(definition, state, acting.values["clock"], acting.values["step"], world)
    elif is_directed:
        decision = succession.directed(definition, state, command, world)
    else:
        if speaks_as_neighbour(definition, state, command) and known.home_village(acting.by) != row["village_id"]:
            raise Refused("unknown_case", case=row["id"])
        day = pledges.of(definition, state, command, world)
        action = _action(tx, record, command)
        read = entries.read_values(tx, record, action, command, now)
        command = replace(command, values=booking.settled(definition, read, now, calendar))
        decision = pledges.kept(engine.act(definition, state, command, world, action), day, world)
    return Step(record, command, decision, known, calendar, now) if decision else None


def join(tx: Tx, town_id: str, case_id: str, *, person: str, key: str, now: datetime) -> None:
    """Somebody asks what an open case asks already: what comes of it is told to that person as well, once."""
    record = records.load(tx, town_id, case_id)
    if keys.claim(tx, town_id, key, case_id) is None or (decision := engine.join(record.state, person)) is None:
        return
    command = Command("join", person, via=Via.CHAT)
    writing.change(tx, Step(record, command, decision, Census(tx), calendars.calendar_of(tx, town_id), now))
    add_parts(tx, record.row, [("spoke", person), ("told", person)])


def _gone_on(tx: Tx, booked: Changed | None, outcome: Outcome, now: datetime) -> Outcome:
    """Let a line in which the case stands or stood call whoever is next, through this same door."""
    if booked is None:
        return outcome

    def door(case_id: str, action: str, key: str) -> Outcome:
        calls = Act(booked.town_id, case_id, action, key, None, {}, via=Via.DELIVERY, hearer=booked.by)
        return act(tx, calls, now=now)

    called = booking.go_on(tx, booked, door)
    reply = "\n".join(one.reply for one in (outcome, *called) if one.reply)
    effects = (*outcome.effects, *(effect for one in called for effect in one.effects))
    return replace(outcome, reply=reply, effects=effects)


def opened_by(tx: Tx, town_id: str, key: str) -> str | None:
    """Find the case that a message opened or changed."""
    chosen = sa.select(case_keys.c.case_id).where(case_keys.c.town_id == town_id, case_keys.c.key == key)
    found = tx.execute(chosen).scalar()
    return str(found) if found else None


def current(tx: Tx, town_id: str, matter: str) -> tuple[str, str | None]:
    """Find the open case of a matter that may come again; without one, the key under which its next is opened."""
    number = 1
    while True:
        key = f"{matter}:{number}"
        case_id = opened_by(tx, town_id, key)
        if case_id is None or not standing(tx, town_id, case_id).result:
            return key, case_id
        number += 1


def unlink(tx: Tx, town_id: str, key: str) -> None:
    """Forget which message opened an unnamed case, once nothing can repeat it."""
    mine = (case_keys.c.town_id == town_id, case_keys.c.key == key)
    tx.execute(sa.update(case_keys).where(*mine).values(key=f"unnamed:{ids.new_id()}"))


def standing(tx: Tx, town_id: str, case_id: str) -> Outcome:
    """Say how a case stands, for whoever caused its last change."""
    chosen = sa.select(cases).where(cases.c.town_id == town_id, cases.c.id == case_id)
    return _as_it_stands(dict(tx.execute(chosen).mappings().one()))


def _repeated(tx: Tx, town_id: str, key: str) -> Outcome:
    chosen = (
        sa.select(cases)
        .join(case_keys, case_keys.c.case_id == cases.c.id)
        .where(case_keys.c.town_id == town_id, case_keys.c.key == key)
    )
    return _as_it_stands(dict(tx.execute(chosen).mappings().one()), repeated=True)


def _as_it_stands(row: Mapping[str, Any], *, repeated: bool = False) -> Outcome:
    return Outcome(row["id"], row["number"], row["stage"], row["result"], "", repeated=repeated)


def _must_be_told(cast: Cast, reachable: Container[str]) -> tuple[str, ...]:
    with_account = tuple(person for person in cast.villagers() if person in reachable)
    return with_account or ((cast.affected,) if cast.affected else ())


def _action(tx: Tx, record: Record, command: Command) -> Action:
    """Find what is to be done; of a task that somebody else has ended, Refused says who and when."""
    task = find_task(record.state, command, record.definition)
    try:
        return allowed(record.definition, record.state, command, task)
    except Refused as refusal:
        raise _explained(tx, record, command, refusal) from refusal


def _explained(tx: Tx, record: Record, command: Command, refusal: Refused) -> Refused:
    """Say who decided before; to who never had a part in the case, say that there is no such case."""
    seen = tasks.of_case(tx, record.row["id"])
    cast = record.state.cast
    if command.by not in {*(task.person_id for task in seen), *cast.villagers(), cast.wrote}:
        return Refused("unknown_case", case=record.row["id"])
    mine = [task for task in seen if task.person_id == command.by and task.state != "open"]
    task = next((task for task in mine if task.id == command.task_id), mine[-1] if mine else None)
    decided = tasks.who_decided(tx, task) if task else None
    if decided is None or (command.task_id is None and refusal.code == "not_now"):
        return refusal
    who = directory.person(tx, decided.person_id)
    return Refused(
        "already_decided", who=who.name if who else "", at=decided.ended_at, action=decided.decision, was=refusal.code
    )
