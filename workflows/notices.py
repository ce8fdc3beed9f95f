"""What is told to whom when a case changes: sentences, cards for new tasks, call lines for who has no account."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township import directory
from township.db import Tx
from township.effects import Effect, RefreshCards, Say, ShowCard, ToPerson
from township.ids import new_id
from workflows import forms, gist, values
from workflows.bookings import booking
from workflows.census import Census
from workflows.clocks.deadlines import say_day, say_moment
from workflows.definition import CLOSED, Definition, FieldKind, FormField, Waits
from workflows.flow import telling
from workflows.house import texts
from workflows.models import call_lines
from workflows.state import CaseState, Decision, Task, TaskKind, Told, Via

TOLD_MORE = frozenset({"add", "correct"})
"""What a villager does in any open case that changes what its cards say."""
WAY = "way"
"""A form may have a field of this name: by whom one reaches the person concerned."""
WITHOUT = "no_phone"
"""And of this one: that the person has no phone."""


class Known(Struct, frozen=True):
    """What is at hand when a change is told."""

    due_at: datetime | None
    """The nearest promise that runs."""
    held: Mapping[str, Any] | None = None
    """Its values; None: they are read by their references."""
    code: str = ""
    """With which an anonymous person asks for progress; said once, stored as a hash."""
    others: int = 0
    """So many others have reported the same, as far as one can tell."""
    done_by: datetime | None = None
    """The last promise of doing that runs."""


class Change(Struct, frozen=True):
    """A stored decision, as far as people must hear of it."""

    town_id: str
    case_id: str
    number: str
    village_id: str | None
    definition: Definition
    decision: Decision
    given: tuple[Task, ...]
    by: str | None
    via: Via
    now: datetime
    known: Known

    @property
    def state(self) -> CaseState:
        return self.decision.state


class Notices(Struct, frozen=True):
    """What leaves because of a change, and the reply to whoever caused it."""

    effects: tuple[Effect, ...]
    reply: str


def of(tx: Tx, change: Change, census: Census) -> Notices:
    """Work out who hears what; a person without an account becomes a line of the call list."""
    told = change.decision.told
    speaks = bool(told) or change.decision.kind == "opened"
    people = census.persons(_named(change)) if speaks else {}
    sentences = fill(tx, change, people) if told else {}
    reply = "\n".join(sentences[one.text] for one in told if one.person == change.by) or _receipt(tx, change, people)
    if change.known.others and reply:
        reply = f"{reply}\n{texts().say('others_too', count=change.known.others)}"
    others = [one for one in told if one.person != change.by and not _is_left_alone(people, one.person)]
    with_account = census.reachable({one.person for one in others}) - _by_messenger(change)
    says = [
        Say(ToPerson(one.person), sentences[one.text], change.number, change.case_id, one.urgent)
        for one in others
        if one.person in with_account
    ]
    _add_call_lines(tx, change, [one for one in others if one.person not in with_account], sentences)
    return Notices((*says, *cards(change)), reply)


def cards(change: Change) -> Iterable[Effect]:
    """A card for each new task; whoever acted sees the own card change in the answer to the tap."""
    for task in change.given:
        if task.person != change.by and not _is_for_villager(change, task) and not _is_listed(change, task):
            yield ShowCard(ToPerson(task.person), task.id, change.case_id)
    ended = change.decision.ended.values()
    is_told = change.decision.kind == "acted" and change.decision.action in TOLD_MORE
    is_machine = change.via is Via.DELIVERY  # what a tap began is over: its card says "being sealed"
    if is_told or is_machine or "withdrawn" in ended or ("done" in ended and change.via is not Via.CARD):
        yield RefreshCards(change.case_id)


def _receipt(tx: Tx, change: Change, people: Mapping[str, directory.Person]) -> str:
    """What somebody hears who opened a case and is not told of it as its villager: a clerk, or who stays unnamed."""
    if change.decision.kind != "opened":
        return ""
    for one in change.definition.workflow.tell:
        if telling.applies(one, change.state):
            return fill(tx, change, people, one.text)[one.text]
    return texts().say("opened", number=change.number)


def _is_for_villager(change: Change, task: Task) -> bool:
    """Villagers answer in words; a card is for offices."""
    stage = change.definition.workflow.stages.get(task.stage or change.state.stage)
    return task.kind is TaskKind.STAGE and stage is not None and stage.waits is Waits.VILLAGER


def _is_listed(change: Change, task: Task) -> bool:
    """Say whether a task waits in one list with others; who is asked because it is late gets a card all the same."""
    stage = change.definition.workflow.stages.get(task.stage or change.state.stage)
    return task.kind is TaskKind.STAGE and stage is not None and stage.listed


def _is_left_alone(people: Mapping[str, directory.Person], person_id: str) -> bool:
    return person_id in people and (people[person_id].quiet or people[person_id].is_erased)


def _named(change: Change) -> set[str]:
    state = change.state
    doing = {task.person for task in (*state.tasks, *change.given)}
    named = (*(one.person for one in change.decision.told), state.cast.assignee, state.cast.affected, change.by)
    return doing | {person for person in named if person}


def fill(tx: Tx, change: Change, people: Mapping[str, directory.Person], *more: str) -> dict[str, str]:
    """Fill every sentence of a change with what the case holds."""
    held = change.known.held if change.known.held is not None else values.resolve(tx, [change.state.fields])[0]
    known, written = gist.of(change.definition), change.definition.texts
    line = booking.words(tx, change.definition, change.case_id)

    def own(name: str) -> str | None:
        if name not in held or name not in known.fields:
            return None
        return said(change.definition, {name: held[name]}, called(tx, change.definition, [{name: held[name]}]))[name]

    def house(name: str) -> str | None:
        return _HOUSE[name](change, people) if name in _HOUSE else None

    of_service = _Words(own, line.get, house, known.blank.get)
    of_house = _Words(line.get, house, own, known.blank.get)
    return {
        name: written[name].format_map(of_service).rstrip("\n") if name in written else texts().fill(name, of_house)
        for name in {one.text for one in change.decision.told} | set(more)
    }


class _Words:
    """What sentences may name, each said only when one names it: a service's own know its fields first."""

    def __init__(self, *sources: Callable[[str], str | None]) -> None:
        self._sources = sources

    def __getitem__(self, name: str) -> str:
        found = (source(name) for source in self._sources)
        if (said := next((one for one in found if one is not None), None)) is None:
            raise KeyError(name)
        return said


def _name(people: Mapping[str, directory.Person], person_id: str | None) -> str:
    return people[person_id].name if person_id is not None and person_id in people else ""


_HOUSE: Mapping[str, Callable[[Change, Mapping[str, directory.Person]], str]] = {
    "number": lambda change, _: change.number,
    "code": lambda change, _: change.known.code,
    "skill": lambda change, _: change.definition.name,
    "stage": lambda change, _: stage_title(change.definition, change.state.stage),
    "by": lambda change, _: _by(change),
    "day": lambda change, _: _day(change),
    "done_by": lambda change, _: _moment(change.known.done_by or change.known.due_at),
    "who": lambda change, people: _who(change, people),
    "actor": lambda change, people: _name(people, change.by),
    "affected": lambda change, people: _name(people, change.state.cast.affected),
}
"""Names of the house for what a change is about."""


def said(definition: Definition, held: Mapping[str, Any], names: Mapping[str, str] | None = None) -> dict[str, str]:
    """Say the values of a case as people read them; `names`: of the people and households among them (`called`)."""
    specs, known = gist.of(definition).fields, names or {}

    def one(spec: FormField, value: Any) -> str:
        name = known.get(str(value), "") if spec.kind in NAMED else ""
        return name or forms.say_back(spec, value, texts())

    return {name: one(specs[name], value) for name, value in held.items() if name in specs}


NAMED = frozenset({FieldKind.PERSON, FieldKind.HOUSEHOLD})
"""Kept by id, and said by name."""


def called(tx: Tx, definition: Definition, several: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Find what the people and households are called that stand in the fields of one or several cases."""
    specs = {name: spec.kind for name, spec in gist.of(definition).fields.items() if spec.kind in NAMED}
    found = [(specs[name], str(value)) for held in several for name, value in held.items() if name in specs and value]
    people = directory.persons(tx, {one for kind, one in found if kind is FieldKind.PERSON})
    doors = {one: directory.door(tx, one) for kind, one in found if kind is FieldKind.HOUSEHOLD}
    return {**doors, **{one: person.name for one, person in people.items()}}


def stage_title(definition: Definition, stage: str) -> str:
    """The name of a stage; of a closed case there is none."""
    return "" if stage == CLOSED else definition.stage(stage).title


def _by(change: Change) -> str:
    return _moment(change.known.due_at)


def _moment(at: datetime | None) -> str:
    return say_moment(at, texts()) if at else ""


def _day(change: Change) -> str:
    """The day that somebody has named for the doing."""
    ends = min((one.pledged for one in change.state.clocks.values() if one.pledged), default=None)
    return say_day(ends, texts()) if ends else ""


def _who(change: Change, people: Mapping[str, directory.Person]) -> str:
    """Who has it now: the office that was given it, else whoever took it over."""
    state, cast = change.state, change.state.cast
    doing = [task.person for task in (*state.tasks, *change.given) if task.kind is TaskKind.STAGE]
    office = [person for person in doing if person not in cast.villagers()]
    took_over = [cast.assignee] if cast.assignee and (not office or cast.assignee in office) else []
    chosen = took_over or office or doing
    names = dict.fromkeys(people[person].name for person in chosen if person in people)
    return texts().say("between_names").join(names) or texts().say("nobody")


def _by_messenger(change: Change) -> frozenset[str]:
    """Whom somebody else reaches, as the case says: no account of that person is written to."""
    affected = change.state.cast.affected
    fields = change.state.fields
    return frozenset({affected}) if affected and (fields.get(WAY) or fields.get(WITHOUT)) else frozenset()


def _add_call_lines(tx: Tx, change: Change, told: list[Told], sentences: Mapping[str, str]) -> None:
    for one in told:
        ref = values.put_text(tx, change.town_id, one.person, sentences[one.text], change.now)
        tx.execute(
            sa.insert(call_lines).values(
                id=new_id(), town_id=change.town_id, village_id=change.village_id, case_id=change.case_id,
                restricted=change.definition.workflow.restricted, person_id=one.person, text_ref=ref, state="open",
                created_at=change.now,
            )
        )  # fmt: skip
