"""The one door to a case: `open` and `act`, for villager, cadre, console, import and clock.

Each call is idempotent by its key and writes everything in the caller's transaction: the event, the row (with a
version check), tasks, clocks, call lines and outbox rows. Looking at cases is in `casebook.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from township import directory, editions, ids, outbox
from township.clock import SHANGHAI
from township.db import Tx
from township.effects import Effect
from township.errors import Mistake, Refused
from township.statements import Statement, together
from township.workdays import Calendar
from workflows import (
    catalogue,
    definitions,
    engine,
    forms,
    history,
    keys,
    notices,
    numbers,
    query_codes,
    records,
    tasks,
    values,
)
from workflows.bookings import booking
from workflows.bookings.keeping import Changed
from workflows.census import Census
from workflows.clocks import calendars, pledges, promises
from workflows.definition import Action, Definition, FieldKind, FormField
from workflows.flow import succession
from workflows.flow.permissions import allowed, find_task, speaks_as_neighbour
from workflows.flow.who import Cast
from workflows.models import case_keys, cases
from workflows.notices import Known
from workflows.public import showings
from workflows.records import Record
from workflows.related import ties
from workflows.state import CaseState, Command, Decision, Task, Via, World
from workflows.visibility import TASKED, add_parts


class Opening(Struct, frozen=True):
    """A new matter. `key` is the message (and the matter's place in it): the same key opens one case."""

    town_id: str
    skill: str
    key: str
    fields: Mapping[str, Any]
    received_at: datetime
    """When the villager's message was stored: the clocks start here."""
    spoke: str | None = None
    affected: str | None = None
    """None: who spoke."""
    wrote: str | None = None
    """A clerk who writes for somebody."""
    told: tuple[str, ...] = ()
    """Empty: those of the case who have an account, else whom it concerns."""
    village_id: str | None = None
    """None: of the place, or where the person lives."""
    conversation_id: str | None = None
    via: Via = Via.CHAT
    channels: tuple[str, ...] = ()
    anonymous: bool = False
    """No person stands on the case; progress is asked for with its code."""


class Act(Struct, frozen=True):
    """Somebody does something to a case; `by` None is the clock. `key` is the tap, message or timer."""

    town_id: str
    case_id: str
    action: str
    key: str
    by: str | None
    values: Mapping[str, Any]
    task_id: str | None = None
    via: Via = Via.CARD
    shown: str = ""
    """Hash of the paper as the card that was tapped showed it."""
    hearer: str | None = None
    """Who hears what comes of it as the reply to what led to it, where nobody did it."""


class Outcome(Struct, frozen=True):
    """What became of it. The effects stand in the outbox already; the reply is for whoever acted."""

    case_id: str
    number: str
    stage: str
    result: str
    reply: str
    effects: tuple[Effect, ...] = ()
    tasks: tuple[Task, ...] = ()
    """Tasks that were given now."""
    query_code: str = ""
    repeated: bool = False
    """The key was known: nothing was done again."""


def open(tx: Tx, opening: Opening, *, now: datetime) -> Outcome:
    """Open a case, or find the one that the same key opened."""
    case_id = ids.new_id()
    edition = keys.claim(tx, opening.town_id, opening.key, case_id)
    if edition is None:
        return _repeated(tx, opening.town_id, opening.key)
    known = Census(tx, edition)
    digest, definition = definitions.current(tx, opening.town_id, opening.skill, edition)
    read = _read_form(tx, definition, opening, now, known)
    cast = Cast(None if opening.anonymous else opening.affected or opening.spoke, opening.spoke, opening.wrote)
    cast = replace(cast, spoke=None) if opening.anonymous else cast
    village_id = opening.village_id or _village_of_place(read) or known.home_village(cast.affected)
    facts = known.facts(opening.town_id, village_id, definition, cast, now)
    cast = replace(cast, told=opening.told or _must_be_told(cast, facts.reachable))
    calendar = calendars.calendar_of(tx, opening.town_id, edition)
    read = booking.settled(definition, read, now, calendar)
    with together(tx):
        kept = values.put(tx, opening.town_id, cast.affected, definition.form, read, now)
        decision = engine.open_case(definition, cast, kept, World(opening.received_at, calendar, facts))
        code = query_codes.new_code() if definition.workflow.query_code else ""
        row = _new_row(tx, case_id, opening, definition, digest, decision.state, village_id, code, now)
        clock_rows = records.clock_rows(opening.town_id, case_id, decision.state.clocks.values(), calendar)
        row["due_at"] = records.soonest(one["due_at"] for one in clock_rows)
        event = _event(case_id, 1, history.genesis(case_id), decision, opening.wrote or cast.spoke, opening.via, now)
        head = history.digest(event)
        _ADD.run(tx, **row, seq=1, head=head)
        history.append(tx, opening.town_id, event, head)
        _add_people(tx, row, cast, decision)
        records.add_clocks(tx, clock_rows)
        same = ties.find_same(tx, row, read) if ties.compares(definition) else []
        ties.add_same(tx, opening.town_id, case_id, same, now)
        others = ties.households(same, cast.affected)
        record = Record(row, definition, decision.state)
        actor = opening.wrote or opening.spoke
        at_hand = Known(row["due_at"], read, code, others)
        told = Command("open", actor, via=opening.via)
        booked = booking.follow(tx, record, decision.state, told, now)
        outcome = _notify(tx, record, decision, told, 1, now, at_hand, known)
    return _gone_on(tx, booked, outcome, now)


def act(tx: Tx, acting: Act, *, now: datetime) -> Outcome:
    """Do an action, or find what the same key did; Refused says why not, and who decided before."""
    record = records.load(tx, acting.town_id, acting.case_id)
    edition = keys.claim(tx, acting.town_id, acting.key, acting.case_id)
    if edition is None:
        return _repeated(tx, acting.town_id, acting.key)
    known = Census(tx, edition)
    step = _decided(tx, acting, record, known, calendars.calendar_of(tx, acting.town_id, edition), now)
    outcome = _carried_out(tx, step, now) if step else _as_it_stands(record.row, repeated=True)
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
                _carried_out(tx, step, now)
        if mentioned := [task_id for step in steps if step for task_id in step.decision.in_digest]:
            tasks.mention(tx, mentioned)
    for step in steps:
        if step and step.decision.do:
            _carried_out(tx, step, now)
    for acting in several:
        if acting.key not in taken and new[acting.case_id] is not acting:
            act(tx, acting, now=now)


class _Step(Struct, frozen=True):
    """What somebody does, and what follows from it."""

    acting: Act
    record: Record
    command: Command
    decision: Decision
    census: Census
    calendar: Calendar


def _decided(
    tx: Tx, acting: Act, record: Record, known: Census, calendar: Calendar, now: datetime
) -> _Step | None:  # fmt: skip
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
        read = _read_values(tx, record, action, command, now)
        command = replace(command, values=booking.settled(definition, read, now, calendar))
        decision = pledges.kept(engine.act(definition, state, command, world, action), day, world)
    return _Step(acting, record, command, decision, known, calendar) if decision else None


def _carried_out(tx: Tx, step: _Step, now: datetime) -> Outcome:
    """Write what was decided: the event, the case, and what follows from it."""
    acting, decision, row = step.acting, step.decision, step.record.row
    seq = row["seq"] + 1
    with together(tx):
        event = _event(row["id"], seq, row["head"], decision, acting.by, acting.via, now)
        head = history.append(tx, acting.town_id, event)
        due_at = records.store(tx, step.record, decision.state, head, now, step.calendar)
        if not decision.do:
            followed = _followed(tx, step, due_at, now)
    if decision.do:
        _do(tx, step.record, decision, acting, now)
        with together(tx):
            followed = _followed(tx, step, due_at, now)
    return _gone_on(tx, *followed, now)


def _followed(tx: Tx, step: _Step, due_at: datetime | None, now: datetime) -> tuple[Changed | None, Outcome]:
    """Write who plays a part now, and tell everybody."""
    record, decision = step.record, step.decision
    cast = decision.state.cast
    _add_people(tx, record.row, cast if cast.affected != record.state.cast.affected else Cast(), decision)
    booked = booking.follow(tx, record, decision.state, step.command, now)
    seq = record.row["seq"] + 1
    done_by = promises.done_by(decision.state.clocks, step.calendar) if decision.told else None
    at_hand = Known(due_at, done_by=done_by)
    return booked, _notify(tx, record, decision, step.command, seq, now, at_hand, step.census)


def join(tx: Tx, town_id: str, case_id: str, *, person: str, key: str, now: datetime) -> None:
    """Somebody asks what an open case asks already: what comes of it is told to that person as well, once."""
    record = records.load(tx, town_id, case_id)
    if keys.claim(tx, town_id, key, case_id) is None or (decision := engine.join(record.state, person)) is None:
        return
    row = record.row
    event = _event(case_id, row["seq"] + 1, row["head"], decision, person, Via.CHAT, now)
    records.store(
        tx, record, decision.state, history.append(tx, town_id, event), now, calendars.calendar_of(tx, town_id)
    )
    add_parts(tx, row, [("spoke", person), ("told", person)])


def _do(tx: Tx, record: Record, decision: Decision, acting: Act, now: datetime) -> None:
    """Do the record actions of a decision in the same transaction: what they refuse did not happen."""
    if decision.do:
        (held,) = values.resolve(tx, [decision.state.fields])
        catalogue.do(
            tx,
            decision.do,
            catalogue.Occasion(acting.town_id, record.row["id"], held, decision.decider or acting.by, now),
        )


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


def _read_form(
    tx: Tx, definition: Definition, opening: Opening, now: datetime, census: Census
) -> dict[str, Any]:  # fmt: skip
    villages = _village_names(census, opening.town_id, definition.form)
    known = forms.Known(now.astimezone(SHANGHAI).date(), villages, now=now)
    read = forms.read_all(definition.form, opening.fields, known)
    needed = forms.missing(definition.form, read)
    if needed:
        raise Mistake("value_missing", field=needed[0], name=definition.form[needed[0]].name)
    _check_persons(tx, opening.town_id, definition.form, read)
    return read


def _village_names(census: Census, town_id: str, form: Mapping[str, FormField]) -> dict[str, str]:
    if not any(spec.kind is FieldKind.PLACE for spec in form.values()):
        return {}
    return {village.name: village.id for village in census.villages(town_id)}


def _check_persons(tx: Tx, town_id: str, form: Mapping[str, FormField], read: Mapping[str, Any]) -> None:
    """A value that names a person names one of this town."""
    chosen = {name: value for name, value in read.items() if form[name].kind is FieldKind.PERSON}
    found = directory.persons(tx, chosen.values()) if chosen else {}
    for name, person_id in chosen.items():
        if person_id not in found or found[person_id].town_id != town_id:
            raise Mistake("not_a_person", field=name, name=form[name].name)


def _village_of_place(read: Mapping[str, Any]) -> str | None:
    places = (value["village"] for value in read.values() if isinstance(value, Mapping) and value.get("village"))
    return next(places, None)


def _must_be_told(cast: Cast, reachable: frozenset[str]) -> tuple[str, ...]:
    with_account = tuple(person for person in cast.villagers() if person in reachable)
    return with_account or ((cast.affected,) if cast.affected else ())


def _new_row(
    tx: Tx, case_id: str, opening: Opening, definition: Definition, digest: str, state: CaseState,
    village_id: str | None, code: str, now: datetime,
) -> dict[str, Any]:  # fmt: skip
    cast = state.cast
    return {
        "id": case_id, "town_id": opening.town_id, "village_id": village_id, "skill": opening.skill,
        "definition": digest, "kind": str(state.fields.get("kind", "")), "restricted": definition.workflow.restricted,
        "number": numbers.next_number(tx, opening.town_id, village_id, definition, now),
        "query_hash": query_codes.hash_of(code) if code else None, "affected_id": cast.affected, "spoke_id": cast.spoke,
        "wrote_id": cast.wrote, "told": list(cast.told), "opened_at": opening.received_at,
        "channels": list(opening.channels or (opening.via.value,)),
        "conversation_id": None if opening.anonymous else opening.conversation_id,
        "pace": state.pace, "stage": state.stage, "result": state.result, "assignee_id": cast.assignee,
        "fields": dict(state.fields), "progress": records.progress_json(state), "changed_at": now,
    }  # fmt: skip


_ADD = Statement(
    sa.insert(cases),
    (
        "id", "town_id", "village_id", "skill", "definition", "kind", "restricted", "number", "query_hash",
        "affected_id", "spoke_id", "wrote_id", "told", "opened_at", "channels", "conversation_id", "pace", "stage",
        "result", "assignee_id", "fields", "progress", "changed_at", "due_at", "seq", "head",
    ),
)  # fmt: skip


def _add_people(tx: Tx, row: Mapping[str, Any], cast: Cast, decision: Decision) -> None:
    parts = [("affected", cast.affected), ("spoke", cast.spoke), ("wrote", cast.wrote)]
    parts += [("told", person) for person in cast.told]
    parts += [(TASKED, task.person) for task in decision.new_tasks]
    parts += [("told", person) for person in decision.copied]
    add_parts(tx, row, parts)


def _event(
    case_id: str, seq: int, prev: str, decision: Decision, by: str | None, via: Via, now: datetime
) -> history.CaseEvent:
    data = {
        **decision.data,
        "tasks": [[task.kind.value, task.person] for task in decision.new_tasks],
        "clocks": {name: clock.to_json() for name, clock in sorted(decision.state.clocks.items())},
        "told": [[one.person, one.text] for one in decision.told],
    }
    kind, action, before = decision.kind, decision.action, decision.before
    return history.CaseEvent(case_id, seq, now, kind, action, by, via.value, before, data, prev)


def _action(tx: Tx, record: Record, command: Command) -> Action:
    """Find what is to be done; of a task that somebody else has ended, Refused says who and when."""
    task = find_task(record.state, command, record.definition)
    try:
        return allowed(record.definition, record.state, command, task)
    except Refused as refusal:
        raise _explained(tx, record, command, refusal) from refusal


def _read_values(tx: Tx, record: Record, action: Action, command: Command, now: datetime) -> dict[str, Any]:
    if not action.needs and not command.values:
        return {}
    known = forms.Known(now.astimezone(SHANGHAI).date(), now=now)
    read = forms.read_all(action.needs, command.values, known)
    _check_persons(tx, record.row["town_id"], action.needs, read)
    return values.put(tx, record.row["town_id"], record.row["affected_id"], action.needs, read, now)


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


def _notify(
    tx: Tx, record: Record, decision: Decision, command: Command, seq: int, now: datetime, at_hand: Known,
    census: Census,
) -> Outcome:  # fmt: skip
    """Store tasks and effects of a decision, and answer whoever acted."""
    row, town_id = record.row, record.row["town_id"]
    showings.follow(tx, record, decision, now)
    tasks.end(tx, decision.ended, decision.action, now)
    about = records.about_of(tx, row["id"]) if decision.do else decision.state.about
    given = tasks.give(tx, town_id, row["id"], decision.state.stage, decision.new_tasks, now, about)
    change = notices.Change(
        town_id, row["id"], row["number"], row["village_id"], record.definition, decision, tuple(given),
        command.by or command.hearer, command.via, now, at_hand,
    )  # fmt: skip
    heard = notices.of(tx, change, census)
    outbox.put(tx, town_id, ((f"{row['id']}:{seq}:{n}", effect) for n, effect in enumerate(heard.effects)), now=now)
    state = decision.state
    effects, new = heard.effects, tuple(given)
    return Outcome(row["id"], row["number"], state.stage, state.result, heard.reply, effects, new, at_hand.code)
