"""One case as its page shows it: what was said, who is in it, what happened, what this person may do now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.web.console.session import Visitor
from township import audit, directory
from township.audit import AuditEntry
from township.db import Tx
from township.errors import Refused
from township.models import people
from township.scope import Scope
from workflows import casebook, forms, offers, records, tasks, values
from workflows.casebook import CaseView
from workflows.definition import Action, Definition, FieldKind, FormField
from workflows.flow import permissions
from workflows.flow.besides import DOER
from workflows.handovers import giving
from workflows.handovers.giving import Out
from workflows.history import CaseEvent
from workflows.house import house, texts
from workflows.records import Record
from workflows.related import ties
from workflows.related.ties import TieKind
from workflows.state import Task

NOT_HERE = frozenset({FieldKind.PHOTOS, FieldKind.FILE})
"""Taken with the phone, not at the desk."""


@dataclass(frozen=True, slots=True)
class Need:
    """A field that an action asks for; options are value and label."""

    name: str
    label: str
    kind: FieldKind
    is_optional: bool
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: an action that this person may do now, by which task."""

    action: str
    title: str
    task_id: str
    needs: tuple[Need, ...]
    is_main: bool
    """What the stage is for; the others may be done in every stage."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event of the time line."""

    at: datetime
    kind: str
    does: str
    """The name of what was done."""
    title: str
    who: str
    said: Mapping[str, str]
    """What was said with it, by the name of the field."""
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tied:
    """Another case that belongs to this one."""

    kind: str
    id: str
    number: str
    summary: str


@dataclass(frozen=True, slots=True)
class Passing:
    """What this person may pass on by an address, and the address that is out."""

    stage: str
    actions: tuple[str, ...]
    """By their titles: all that can be answered with it."""
    shows: tuple[str, ...]
    """By their names: all that can be read there."""
    out: Out | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything on the page of a case."""

    case: CaseView
    village: str
    facts: Mapping[str, str]
    names: Mapping[str, str]
    """People of the case by part: affected, spoke, wrote, assignee."""
    clocks: tuple[str, ...]
    steps: tuple[Step, ...]
    offers: tuple[Offer, ...]
    photos: tuple[str, ...]
    """By their hashes: those that came with the matter itself."""
    recordings: tuple[str, ...]
    """By their hashes: what was spoken and could not be read."""
    phone: str
    """Of whom it concerns; empty where none is known."""
    holders: tuple[str, ...]
    """Who is asked now, by name."""
    ties: tuple[Tied, ...]
    """As far as this person may see them."""
    passing: Passing | None
    """None: this person holds nothing of it that the service leaves to somebody outside."""


def opened(tx: Tx, visitor: Visitor, case_id: str, now: datetime) -> Dossier:
    """Read a case and record who read it; one that this person may not see is as if it were not there."""
    scope = visitor.scope
    case = casebook.get(tx, scope, case_id)
    if case is None:
        raise Refused("unknown_case")
    concerned = case.cast.affected or case.cast.spoke
    audit.record(tx, case.town_id, AuditEntry(visitor.person.id, concerned, "read", "case", f"console {case.id}", now))
    record = records.load(tx, case.town_id, case_id)
    line = casebook.timeline(tx, scope, case_id)
    told = values.resolve(tx, [event.data.get("values", {}) for event in line])
    names = _names(tx, case, line, told)
    villages = {village.id: village.name for village in directory.villages_of(tx, case.town_id)}
    return Dossier(
        case,
        villages.get(case.village_id or "", ""),
        _labelled(record.definition.form, case.fields, names),
        _parts(case, names),
        tuple(casebook.clocks_in_words(tx, scope, case_id, now)),
        tuple(_step(record.definition, event, given, names) for event, given in zip(line, told, strict=True)),
        tuple(_offers(tx, record, visitor)),
        photos_among(record.definition.form, case.fields),
        files_among(record.definition.form, case.fields, FieldKind.FILE),
        _phone(tx, concerned),
        _holders(tx, case),
        tuple(_ties(tx, visitor.scope, case_id)),
        _passing(tx, case, visitor, now),
    )


def _phone(tx: Tx, person_id: str | None) -> str:
    known = directory.reaches_of(tx, person_id) if person_id else []
    return next((one.value for one in known if one.kind == "phone"), "")


def _holders(tx: Tx, case: CaseView) -> tuple[str, ...]:
    held = tasks.holders(tx, [case.id]).get(case.id, []) if case.is_open else []
    known = directory.persons(tx, held)
    return tuple(known[one].name for one in held if one in known)


def _ties(tx: Tx, scope: Scope, case_id: str) -> Iterator[Tied]:
    """Cases of the same thing; who objects to something shown is nobody's business here."""
    for tie in ties.of_case(tx, case_id):
        other = casebook.get(tx, scope, tie.other_id) if tie.kind is not TieKind.OBJECTS else None
        if other is not None:
            yield Tied(tie.kind.value, other.id, other.number, other.summary)


def _passing(tx: Tx, case: CaseView, visitor: Visitor, now: datetime) -> Passing | None:
    work = giving.of_case(tx, case.town_id, visitor.person.id, case.id)
    stage = work.definition.stage(work.task.stage) if work else None
    if work is None or stage is None or stage.by_link is None:
        return None
    actions = tuple(stage.actions[name].title for name in stage.by_link.actions)
    fields = work.definition.fields()
    shows = tuple(fields[name].name for name in stage.by_link.shows)
    return Passing(work.stage, actions, shows, giving.out(tx, work.task.id, now=now))


def hear_recording(tx: Tx, visitor: Visitor, case_id: str, sha256: str, now: datetime) -> None:
    """Record who hears a recording; one that does not belong to a case of this scope is as if it were not there."""
    case = casebook.get(tx, visitor.scope, case_id)
    form = records.load(tx, case.town_id, case_id, lock=False).definition.form if case else {}
    if case is None or sha256 not in files_among(form, case.fields, FieldKind.FILE):
        raise Refused("unknown_case")
    heard = AuditEntry(
        visitor.person.id, case.cast.affected or case.cast.spoke, "read", "voice", f"console {case.id}", now
    )
    audit.record(tx, case.town_id, heard)


def look_at_photo(tx: Tx, visitor: Visitor, case_id: str, sha256: str, now: datetime) -> None:
    """Record who looks at a photo; one that does not belong to a case of this scope is as if it were not there."""
    scope = visitor.scope
    case = casebook.get(tx, scope, case_id)
    if case is None:
        raise Refused("unknown_case")
    line = casebook.timeline(tx, scope, case_id)
    told = values.resolve(tx, [event.data.get("values", {}) for event in line])
    definition = records.load(tx, case.town_id, case_id, lock=False).definition
    shown = {*photos_among(definition.form, case.fields)}
    for event, given in zip(line, told, strict=True):
        action = offers.named(definition, event.stage, event.action)
        shown |= {*photos_among(action.needs if action else {}, given)}
    if sha256 not in shown:
        raise Refused("unknown_case")
    concerned = case.cast.affected or case.cast.spoke
    audit.record(tx, case.town_id, AuditEntry(visitor.person.id, concerned, "read", "photo", f"console {case.id}", now))


def photos_among(specs: Mapping[str, FormField], held: Mapping[str, Any]) -> tuple[str, ...]:
    """List the hashes of the photos among values."""
    return files_among(specs, held, FieldKind.PHOTOS)


def files_among(specs: Mapping[str, FormField], held: Mapping[str, Any], kind: FieldKind) -> tuple[str, ...]:
    """List the hashes of the files of one kind among values."""
    kept = (held.get(name) for name, spec in specs.items() if spec.kind is kind)
    return tuple(sha256 for several in kept if isinstance(several, list) for sha256 in several)


def _names(tx: Tx, case: CaseView, line: list[CaseEvent], told: list[dict[str, Any]]) -> dict[str, str]:
    cast = case.cast
    ids = {cast.affected, cast.spoke, cast.wrote, cast.assignee, *(event.by for event in line)}
    ids |= {value for given in (*told, case.fields) for value in given.values() if isinstance(value, str)}
    return {key: one.name for key, one in directory.persons(tx, [key for key in ids if key]).items()}


def _parts(case: CaseView, names: Mapping[str, str]) -> dict[str, str]:
    cast = case.cast
    parts = {"affected": cast.affected, "spoke": cast.spoke, "wrote": cast.wrote, "assignee": cast.assignee}
    return {part: names[key] for part, key in parts.items() if key and key in names}


def _labelled(specs: Mapping[str, FormField], held: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """Say values in words, by the names of their fields; a person by name."""
    words = {name: forms.say_back(specs[name], value, texts()) for name, value in held.items() if name in specs}
    return {
        specs[name].name: names.get(text, text) if specs[name].kind is FieldKind.PERSON else text
        for name, text in words.items()
    }


def _step(definition: Definition, event: CaseEvent, given: Mapping[str, Any], names: Mapping[str, str]) -> Step:
    action = offers.named(definition, event.stage, event.action)
    told = _labelled(action.needs, given, names) if action else {}
    photos = photos_among(action.needs, given) if action else ()
    who = names.get(event.by or "") or str(given.get(DOER, ""))
    return Step(event.at, event.kind, event.action, action.title if action else "", who, told, photos)


def _offers(tx: Tx, record: Record, visitor: Visitor) -> list[Offer]:
    mine: list[Task | None] = [task for task in record.state.tasks if task.person == visitor.person.id]
    found: dict[str, Offer] = {}
    for task in mine or [None]:
        offered = permissions.offered(record.definition, record.state, visitor.person.id, task)
        for name, action in offered.items():
            if not any(_only_phone(need) for need in action.needs.values()):
                found.setdefault(name, _offer(tx, visitor, name, action, task))
    return sorted(found.values(), key=lambda offer: not offer.is_main)


def _offer(tx: Tx, visitor: Visitor, name: str, action: Action, task: Task | None) -> Offer:
    needs = tuple(_need(tx, visitor, key, spec) for key, spec in action.needs.items() if not _on_phone(spec))
    every = house()
    is_main = not any(known.get(name) == action for known in (every.office, every.villager, every.part))
    return Offer(name, action.title, task.id if task else "", needs, is_main)


def _on_phone(spec: FormField) -> bool:
    return spec.kind in NOT_HERE


def _only_phone(spec: FormField) -> bool:
    return _on_phone(spec) and not spec.optional


def _need(tx: Tx, visitor: Visitor, name: str, spec: FormField) -> Need:
    options = tuple((key, one.name) for key, one in spec.options.items())
    if spec.kind is FieldKind.PERSON:
        options = _colleagues(tx, visitor)
    return Need(name, spec.name, spec.kind, spec.optional, options)


def _colleagues(tx: Tx, visitor: Visitor) -> tuple[tuple[str, str], ...]:
    near = sa.or_(people.c.village_id.is_(None), people.c.village_id.in_(sorted(visitor.scope.villages)))
    mine = sa.and_(people.c.town_id == visitor.person.town_id, people.c.is_cadre, people.c.id != visitor.person.id)
    rows = tx.execute(sa.select(people.c.id, people.c.name).where(mine, near).order_by(people.c.name))
    return tuple((row.id, row.name) for row in rows)
