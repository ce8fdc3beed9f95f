"""Rows of a roster become cases: each once, through the one door, for whoever works in the row's village."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, field

from township import directory, outbox
from township.clock import SHANGHAI
from township.db import Tx, upsert
from township.effects import Say, ToPerson
from township.errors import Mistake, Refused, TownshipError
from township.models import people
from township.statements import savepoint
from township.texts import Texts
from workflows import belongings, definitions, forms, records, values
from workflows import cases as door
from workflows.definition import Definition
from workflows.models import cases
from workflows.rosters import cells, reading
from workflows.rosters.models import roster_rows, rosters
from workflows.rosters.reading import Entry, Sheet
from workflows.state import Via

SLICE = 25
"""Rows of one transaction: who speaks meanwhile waits for no more."""
FEW = 500
GONE = 0
"""The place of a row that its village's newest sheet does not hold: it comes round no more."""
RENEWED = "renewed"
"""The action of the house by which a newer sheet puts right what is known of an open row."""
NAME = "name"
"""A form may have a field of this name: whom the row concerns, if the directory knows one of that name there."""


class Bringer(Struct, frozen=True):
    """Who brings which sheet to which service."""

    town_id: str
    skill: str
    person_id: str | None
    """None: from the command line."""
    file: str


class Brought(Struct, frozen=True):
    """What became of some rows."""

    opened: int = 0
    known: int = 0
    over: int = 0
    """Nothing was left to be done when they came."""
    ended: int = 0
    """Were open here, and the sheet says that nothing is left."""
    changed: int = 0
    """Are open here, and the sheet said something else of them than before."""
    left: int = 0
    """Are open here, and stand in the sheet no more."""
    given: Mapping[str, int] = field(default_factory=dict)
    """How many each person got."""
    renewed: Mapping[str, int] = field(default_factory=dict)
    """Of how many in each person's list the sheet said something else."""
    mistakes: tuple[Mistake, ...] = ()

    def __add__(self, other: "Brought") -> "Brought":
        given = dict(Counter(self.given) + Counter(other.given))
        opened, known = self.opened + other.opened, self.known + other.known
        over, ended = self.over + other.over, self.ended + other.ended
        changed, left = self.changed + other.changed, self.left + other.left
        renewed = dict(Counter(self.renewed) + Counter(other.renewed))
        mistakes = (*self.mistakes, *other.mistakes)
        return Brought(opened, known, over, ended, changed, left, given, renewed, mistakes)


def key_of(said: str) -> str:
    """What a row is known by, at one length."""
    return hashlib.sha256(said.encode()).hexdigest()


def roster_of(tx: Tx, town_id: str, skill: str) -> Definition:
    """Find the service in force; one without a roster is refused."""
    _, definition = definitions.current(tx, town_id, skill)
    if definition.workflow.roster is None:
        raise Refused("no_roster", name=definition.name)
    return definition


def read_sheet(
    tx: Tx, town_id: str, skill: str, rows: Sequence[Sequence[str]], file: str, village: str = ""
) -> Sheet:  # fmt: skip
    """Read a sheet as the service in force has it; `village`: of rows that name none."""
    definition = roster_of(tx, town_id, skill)
    roster, form = definition.workflow.roster, definition.form
    names = [one.name for one in directory.villages_of(tx, town_id)]
    if roster is None:
        raise Refused("no_roster", name=skill)
    return reading.read(rows, roster, file, names, village, [name for name, spec in form.items() if spec.optional])


def slices(sheet: Sheet, bringer: Bringer, *, now: datetime) -> Iterator[Callable[[Tx], Brought]]:
    """Part a sheet into what is taken in one transaction each."""
    for start in range(0, len(sheet.entries), SLICE):
        yield partial(
            bring, columns=sheet.columns, entries=sheet.entries[start : start + SLICE], bringer=bringer, now=now
        )


def finish(tx: Tx, sheet: Sheet, bringer: Bringer, done: Brought, *, now: datetime) -> Brought:
    """Keep the head of the sheet, and say once to everybody how many rows are new, or say something else than before.

    What the newest sheet of a village holds no more comes round no more; of a list that is worked off once it is
    counted, and a person looks: many a sheet holds but a part.
    """
    remember(tx, bringer, sheet.columns, now=now)
    tell(tx, bringer, done, now=now)
    gone = _gone(tx, sheet, bringer)
    if not roster_of(tx, bringer.town_id, bringer.skill).workflow.rounds:
        return done + Brought(left=sum(row.case_id is not None and not row.result for row in gone))
    for start in range(0, len(gone), FEW):
        some = roster_rows.c.key.in_([row.key for row in gone[start : start + FEW]])
        tx.execute(sa.update(roster_rows).where(*_of(bringer), some).values(place=GONE))
    return done


def _gone(tx: Tx, sheet: Sheet, bringer: Bringer) -> list[Any]:
    """Find the rows that the newest sheet of their village does not hold."""
    here = {one.village for one in sheet.entries}
    villages = [one.id for one in directory.villages_of(tx, bringer.town_id) if one.name in here]
    chosen = sa.select(roster_rows.c.key, roster_rows.c.case_id, cases.c.result).select_from(_with_cases())
    known = {key_of(one.key) for one in sheet.entries}
    rows = tx.execute(chosen.where(*_of(bringer), roster_rows.c.village_id.in_(villages)).order_by(roster_rows.c.key))
    return [row for row in rows if row.key not in known]


def _of(bringer: Bringer) -> tuple[sa.ColumnElement[bool], ...]:
    return roster_rows.c.town_id == bringer.town_id, roster_rows.c.skill == bringer.skill


def _with_cases() -> sa.Join:
    return roster_rows.outerjoin(cases, cases.c.id == roster_rows.c.case_id)


def bring(
    tx: Tx, columns: Sequence[str], entries: Sequence[Entry], bringer: Bringer, *, now: datetime
) -> Brought:  # fmt: skip
    """Take some rows in. What is here already is not doubled; a row that is refused is named, the rest goes on."""
    slice_ = _Slice(tx, bringer, columns, entries, now)
    done = Brought()
    for entry in entries:
        try:
            with savepoint(tx):
                done += slice_.take(entry)
        except TownshipError as error:
            done += Brought(mistakes=(_named(error, bringer, entry),))
    return done


def remember(tx: Tx, bringer: Bringer, columns: Sequence[str], *, now: datetime) -> None:
    """Keep the head of a sheet: what comes of its rows goes back in the same columns."""
    row = {
        "town_id": bringer.town_id, "skill": bringer.skill, "head": list(columns), "file": bringer.file,
        "brought_at": now, "brought_by": bringer.person_id,
    }  # fmt: skip
    upsert(tx, rosters, row, ["town_id", "skill"])


def tell(tx: Tx, bringer: Bringer, done: Brought, *, now: datetime) -> None:
    """Say once to everybody who got rows how many, and how many were put right: one message a person, not one a row."""
    name = roster_of(tx, bringer.town_id, bringer.skill).name
    said = {person: [texts().say("roster_given", name=name, count=count)] for person, count in done.given.items()}
    for person, count in done.renewed.items():
        said.setdefault(person, []).append(texts().say("roster_renewed", name=name, count=count))
    says = [
        (f"roster:{bringer.skill}:{person}:{now.timestamp():.0f}", Say(ToPerson(person), "\n".join(lines)))
        for person, lines in said.items()
    ]
    outbox.put(tx, bringer.town_id, says, now=now)


class _Slice:
    """Rows that are taken in one transaction, with what is known of them beforehand."""

    def __init__(
        self, tx: Tx, bringer: Bringer, columns: Sequence[str], entries: Sequence[Entry], now: datetime
    ) -> None:
        self.tx, self.bringer, self.columns, self.now = tx, bringer, columns, now
        self.definition = roster_of(tx, bringer.town_id, bringer.skill)
        self.villages = {one.name: one.id for one in directory.villages_of(tx, bringer.town_id)}
        mine = _of(bringer)
        wanted = roster_rows.c.key.in_([key_of(one.key) for one in entries])
        own = (roster_rows.c.key, roster_rows.c.case_id, roster_rows.c.place, roster_rows.c.row_ref)
        chosen = sa.select(*own, cases.c.result).select_from(_with_cases())
        self.known = {row.key: row for row in tx.execute(chosen.where(*mine, wanted))}
        self.cells = values.texts_of(tx, [row.row_ref for row in self.known.values()])
        numbers = sa.select(roster_rows.c.village_id, sa.func.max(roster_rows.c.number)).where(*mine)
        self.numbers = {row[0]: int(row[1]) for row in tx.execute(numbers.group_by(roster_rows.c.village_id))}
        self.persons = _persons(tx, bringer.town_id, {one.fields.get(NAME, "") for one in entries} - {""})

    def take(self, entry: Entry) -> Brought:
        """Take one row."""
        before = self.known.get(key_of(entry.key))
        if before is not None:
            return self._again(entry, before)
        village_id = self.villages[entry.village]
        case_id, given = None, Counter[str]()
        if not entry.is_over and self.definition.workflow.rounds is None:
            outcome = self._open(entry, village_id)
            case_id, given = outcome.case_id, Counter(task.person for task in outcome.tasks)
        number = self.numbers.get(village_id, 0) + 1
        kept = cells.kept(self.columns, entry.cells)
        ref = values.put_text(self.tx, self.bringer.town_id, self._person(entry, village_id), kept, self.now)
        self.tx.execute(
            sa.insert(roster_rows).values(
                town_id=self.bringer.town_id, skill=self.bringer.skill, key=key_of(entry.key), village_id=village_id,
                number=number, case_id=case_id, row_ref=ref, place=entry.row, brought_at=self.now,
            )
        )  # fmt: skip
        self.numbers[village_id] = number
        return Brought(over=1) if entry.is_over else Brought(opened=1, given=given)

    def _again(self, entry: Entry, before: Any) -> Brought:
        """A row that is here already: its place, its other cells, and that nothing is left of it, may be new."""
        mine = (*_of(self.bringer), roster_rows.c.key == before.key)
        kept = cells.kept(self.columns, entry.cells)
        changed: dict[str, Any] = {"place": entry.row}
        if self.cells.get(before.row_ref) != kept:
            person = self._person(entry, self.villages[entry.village])
            changed["row_ref"] = values.put_text(self.tx, self.bringer.town_id, person, kept, self.now)
            belongings.empty(self.tx, [before.row_ref], self.now)
        if before.place != entry.row or len(changed) > 1:
            self.tx.execute(sa.update(roster_rows).where(*mine).values(**changed))
        over = self.definition.workflow.roster.over if self.definition.workflow.roster else None
        if not before.case_id or before.result:
            return Brought(known=1)
        if entry.is_over and over:
            self._act(before, over.action, {}, "over")
            return Brought(ended=1)
        return self._renewed(entry, before, key_of(kept)) if "row_ref" in changed else Brought(known=1)

    def _renewed(self, entry: Entry, before: Any, sheet: str) -> Brought:
        """Take what the sheet says of an open row and its case does not: a sum put right, another telephone."""
        record = records.load(self.tx, self.bringer.town_id, before.case_id)
        form, (held,) = record.definition.form, values.resolve(self.tx, [record.state.fields])
        said = {name: value for name, value in entry.fields.items() if name in form}
        known = forms.Known(self.now.astimezone(SHANGHAI).date())
        read = forms.read_all({name: form[name] for name in said}, said, known)
        new = {name: said[name] for name, value in read.items() if value != held.get(name)}
        if not new:
            return Brought(known=1)
        self._act(before, RENEWED, new, f"{RENEWED}:{sheet[:16]}:{self.now.timestamp():.0f}")
        return Brought(known=1, changed=1, renewed=Counter({task.person for task in record.state.tasks}))

    def _act(self, before: Any, action: str, given: Mapping[str, str], why: str) -> None:
        town_id, person_id = self.bringer.town_id, self.bringer.person_id
        key = f"roster:{self.bringer.skill}:{before.key[:32]}:{why}"
        acting = door.Act(town_id, before.case_id, action, key, person_id, given, via=Via.IMPORT)
        door.act(self.tx, acting, now=self.now)

    def _open(self, entry: Entry, village_id: str) -> door.Outcome:
        return open_row(
            self.tx, self.definition, village_id, entry.fields, f"roster:{self.bringer.skill}:{key_of(entry.key)[:32]}",
            self._person(entry, village_id), self.bringer, now=self.now,
        )  # fmt: skip

    def _person(self, entry: Entry, village_id: str) -> str | None:
        return self.persons.get((entry.fields.get(NAME, ""), village_id))


def open_row(
    tx: Tx, definition: Definition, village_id: str, fields: Mapping[str, object], key: str, affected: str | None,
    bringer: Bringer, *, now: datetime,
) -> door.Outcome:  # fmt: skip
    """Open the case of a row."""
    opening = door.Opening(
        bringer.town_id,
        definition.skill,
        key,
        fields,
        now,
        affected=affected,
        wrote=bringer.person_id,
        told=(affected,) if affected else (),
        village_id=village_id,
        via=Via.IMPORT,
        anonymous=affected is None,
    )
    return door.open(tx, opening, now=now)


def _persons(tx: Tx, town_id: str, names: set[str]) -> dict[tuple[str, str], str]:
    """Whom the directory knows by name and village, where it is one alone."""
    mine = (people.c.town_id == town_id, people.c.name.in_(names), people.c.is_cadre.is_(False))
    found: dict[tuple[str, str], list[str]] = {}
    for row in tx.execute(sa.select(people.c.id, people.c.name, people.c.village_id).where(*mine)) if names else ():
        found.setdefault((row.name, row.village_id), []).append(row.id)
    return {where: ids[0] for where, ids in found.items() if len(ids) == 1}


def _named(error: TownshipError, bringer: Bringer, entry: Entry) -> Mistake:
    why = str(error.values.get("name", "")) or error.code
    return Mistake("roster_refused", file=bringer.file, row=entry.row, why=why)


@cache
def texts() -> Texts:
    """The sentences of rosters."""
    return Texts.load(Path(__file__).with_name("texts.yaml"))
