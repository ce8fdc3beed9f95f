"""What stands about one person, as that person may have it in the hand: own words and what was told, nobody else's.

Other people are masked, and what colleagues wrote for each other is left out: of a case, the person reads what was
asked and what some sentence to villagers names.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import Any

import sqlalchemy as sa

from bot.persons import erasing, traces
from knowledge.questions.models import questions
from township import audit, directory
from township.audit import AuditEntry
from township.db import Tx
from township.directory import Person
from township.models import consents, helpers, people
from township.privacy import mask_name
from workflows import casebook, gist, records, values
from workflows.casebook import CaseView
from workflows.circle import posts
from workflows.circle.models import photos
from workflows.definition import Definition, FieldKind, FormField, TellWhat
from workflows.flow.who import Part
from workflows.history import CaseEvent
from workflows.models import case_people
from workflows.notices import called, said
from workflows.offers import named as action_named
from workflows.seals.models import papers, register_lines
from workflows.seals.paper.kinds import kind_of

FILES = frozenset({FieldKind.PHOTOS, FieldKind.FILE, FieldKind.SIGNATURE})


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a case; `by`: self, office, other or clock."""

    at: datetime
    title: str
    by: str
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Matter:
    """A case in which the person has a part; with nothing but its head where it concerns somebody else."""

    number: str
    service: str
    part: str
    opened_at: datetime
    closed_at: datetime | None
    said: Mapping[str, str]
    steps: tuple[Step, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A line of the register about a paper for this person."""

    at: datetime
    title: str
    state: str
    copies: int
    purpose: str
    receiver: str
    file: str


@dataclass(frozen=True, slots=True)
class Own:
    """All of it."""

    who: Person
    village: str
    door: str
    born_on: date | None
    phones: tuple[str, ...]
    accounts: int
    helpers: tuple[str, ...]
    """Masked: who may act for this person, or lets this person act."""
    consents: Sequence[Any]
    matters: tuple[Matter, ...]
    sealed: tuple[Sealed, ...]
    posts: Sequence[Any]
    post_files: tuple[str, ...]
    heard: Sequence[tuple[datetime, str, str]]
    """What was said both ways: moment, self or bot, and the words."""
    questions: Sequence[Any]
    looks: Sequence[AuditEntry]

    def files(self) -> list[str]:
        """Every file that goes along, by its hash, once."""
        found = (*(one for matter in self.matters for one in matter.files), *(one.file for one in self.sealed))
        return list(dict.fromkeys(one for one in (*found, *self.post_files) if one))


def read(tx: Tx, who: Person, now: datetime) -> Own:
    """Read all that stands about somebody."""
    ways = directory.reaches_of(tx, who.id)
    village = next((one.name for one in directory.villages_of(tx, who.town_id) if one.id == who.village_id), "")
    q = questions.c
    return Own(
        who,
        village,
        directory.door_of(tx, who),
        tx.scalar(sa.select(people.c.born_on).where(people.c.id == who.id)),
        tuple(way.value for way in ways if way.kind == "phone"),
        sum(1 for way in ways if way.kind in ("staff", "sender")),
        tuple(_helpers(tx, who)),
        tx.execute(sa.select(consents).where(consents.c.person_id == who.id)).all(),
        tuple(_matters(tx, who, now)),
        tuple(_sealed(tx, who)),
        [post for post in posts.of_author(tx, who.id, limit=erasing.ALL, living=False) if post.text],
        tuple(_post_files(tx, who)),
        sorted(_heard(tx, who), key=lambda one: one[0]),
        tx.execute(sa.select(q.on_day, q.text, q.correction).where(q.person_id == who.id).order_by(q.on_day)).all(),
        audit.about(tx, who.town_id, who.id),
    )


def _helpers(tx: Tx, who: Person) -> Iterator[str]:
    own = sa.or_(helpers.c.principal_id == who.id, helpers.c.helper_id == who.id)
    pairs = tx.execute(sa.select(helpers.c.principal_id, helpers.c.helper_id).where(own)).all()
    others = directory.persons(tx, {one for pair in pairs for one in pair} - {who.id})
    yield from (mask_name(one.name) for one in others.values())


def _matters(tx: Tx, who: Person, now: datetime) -> Iterator[Matter]:
    scope = directory.scope_of(tx, who, now)
    order = sa.case({"affected": 0, "spoke": 1}, value=case_people.c.part, else_=2)
    mine = (case_people.c.person_id == who.id, case_people.c.part.in_(("affected", "spoke", "told")))
    chosen = sa.select(case_people.c.case_id, case_people.c.part).where(*mine)
    parts: dict[str, str] = {}
    for row in tx.execute(chosen.order_by(case_people.c.opened_at, order)):
        parts.setdefault(row.case_id, row.part)
    for case_id, part in parts.items():
        if (case := casebook.get(tx, scope, case_id)) is not None:
            yield _matter(tx, who, case, part, casebook.timeline(tx, scope, case_id))


def _matter(tx: Tx, who: Person, case: CaseView, part: str, line: Sequence[CaseEvent]) -> Matter:
    head = (case.number, case.skill_name, part, case.opened_at, case.closed_at)
    if part != "affected":
        return Matter(*head, {}, (), ())
    definition = records.load(tx, case.town_id, case.id, lock=False).definition
    open_to_all = definition.form.keys() | _heard_of(definition)
    given = values.resolve(tx, [event.data.get("values", {}) for event in line])
    actors = directory.persons(tx, {event.by for event in line if event.by})
    is_cadre = {one.id: one.is_cadre for one in actors.values()}
    steps, files = [], list(_files(definition.form, case.fields))
    for event, held in zip(line, given, strict=True):
        action = action_named(definition, event.stage, event.action)
        by = _by(who, event.by, is_cadre)
        shown = {name: value for name, value in held.items() if by == "self" or name in open_to_all}
        words = _labelled(tx, who, definition, action.needs if action else {}, shown)
        files += _files(action.needs, shown) if action else ()
        steps.append(Step(event.at, action.title if action else "", by, words))
    asked = {name: value for name, value in case.fields.items() if name in definition.form}
    return Matter(*head, _labelled(tx, who, definition, definition.form, asked), tuple(steps), tuple(files))


def _by(who: Person, person_id: str | None, is_cadre: Mapping[str, bool]) -> str:
    if person_id is None:
        return "clock"
    if person_id == who.id:
        return "self"
    return "office" if is_cadre.get(person_id) else "other"


def _heard_of(definition: Definition) -> frozenset[str]:
    """Name the fields that some sentence to villagers says."""
    flow = definition.workflow
    told: list[TellWhat] = [*flow.tell]
    for stage in flow.stages.values():
        told += [*stage.tell, *(one for action in stage.actions.values() for one in action.tell)]
    to_villagers = (one.text for one in told if any(choice.word == Part.VILLAGER for choice in one.who.choices))
    sentences = (definition.texts.get(name, "") for name in to_villagers)
    return frozenset(field for one in sentences for _, field, _, _ in Formatter().parse(one) if field)


def _labelled(
    tx: Tx, who: Person, definition: Definition, specs: Mapping[str, FormField], held: Mapping[str, Any]
) -> dict[str, str]:
    """Say values by the names of their fields; another person's name is masked, files are told by their place."""
    own = (who.id, who.household_id)
    names = {key: name if key in own else mask_name(name) for key, name in called(tx, definition, [held]).items()}
    known = gist.of(definition).fields
    words = said(definition, {name: value for name, value in held.items() if _is_told(known.get(name))}, names)
    return {specs[name].name if name in specs else known[name].name: text for name, text in words.items() if text}


def _is_told(spec: FormField | None) -> bool:
    return spec is not None and spec.kind not in FILES


def _files(specs: Mapping[str, FormField], held: Mapping[str, Any]) -> Iterator[str]:
    for name, spec in specs.items():
        if spec.kind in FILES and isinstance(held.get(name), list):
            yield from held[name]


def _sealed(tx: Tx, who: Person) -> Iterator[Sealed]:
    lines = register_lines.join(papers, papers.c.id == register_lines.c.paper_id)
    chosen = sa.select(register_lines, papers.c.file_sha256.label("file")).select_from(lines)
    rows = tx.execute(chosen.where(register_lines.c.applicant_id == who.id).order_by(register_lines.c.at)).all()
    told = values.texts_of(tx, [ref for row in rows for ref in (row.purpose_ref, row.receiver_ref)])
    for row in rows:
        purpose, receiver = str(told.get(row.purpose_ref, "")), str(told.get(row.receiver_ref, ""))
        yield Sealed(row.at, kind_of(row.kind).title, row.state, row.copies, purpose, receiver, row.file)


def _post_files(tx: Tx, who: Person) -> Iterator[str]:
    mine = [post.id for post in posts.of_author(tx, who.id, limit=erasing.ALL, living=False)]
    yield from tx.scalars(sa.select(photos.c.sha256).where(photos.c.post_id.in_(mine), photos.c.sha256.is_not(None)))


def _heard(tx: Tx, who: Person) -> Iterator[tuple[datetime, str, str]]:
    known = erasing.named(tx, who)
    own = traces.conversations_of(tx, known)
    for row in traces.messages(tx, own):
        if row.payload["text"]:
            yield row.received_at, "self", str(row.payload["text"])
    for row in traces.told(tx, known, own):
        yield row.created_at, "bot", str(row.payload["text"])
