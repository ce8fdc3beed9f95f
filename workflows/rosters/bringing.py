"""Rows of a roster become cases: each once, through the one door, for whoever works in the row's village."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, field

from township import directory, outbox
from township.db import Tx, upsert
from township.effects import Say, ToPerson
from township.errors import Mistake, Refused, TownshipError
from township.models import people
from township.statements import savepoint
from township.texts import Texts
from workflows import cases as door
from workflows import definitions, values
from workflows.definition import Definition
from workflows.models import cases
from workflows.rosters import reading
from workflows.rosters.models import roster_rows, rosters
from workflows.rosters.reading import Entry, Sheet
from workflows.state import Via

SLICE = 25
"""Rows of one transaction: who speaks meanwhile waits for no more."""
FEW = 500
GONE = 0
"""The place of a row that its village's newest sheet does not hold: it comes round no more."""
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
    given: Mapping[str, int] = field(default_factory=dict)
    """How many each person got."""
    mistakes: tuple[Mistake, ...] = ()

    def __add__(self, other: "Brought") -> "Brought":
        given = dict(Counter(self.given) + Counter(other.given))
        opened, known = self.opened + other.opened, self.known + other.known
        over, ended = self.over + other.over, self.ended + other.ended
        return Brought(opened, known, over, ended, given, (*self.mistakes, *other.mistakes))


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
        yield partial(bring, entries=sheet.entries[start : start + SLICE], bringer=bringer, now=now)


def finish(tx: Tx, sheet: Sheet, bringer: Bringer, given: Mapping[str, int], *, now: datetime) -> None:
    """Keep the head of the sheet, and say once to everybody who got rows how many."""
    remember(tx, bringer, sheet.columns, now=now)
    if roster_of(tx, bringer.town_id, bringer.skill).workflow.rounds:
        _let_go(tx, sheet, bringer)
    tell(tx, bringer, given, now=now)


def _let_go(tx: Tx, sheet: Sheet, bringer: Bringer) -> None:
    """Let rows come round no more that the newest sheet of their village does not hold."""
    here = {one.village for one in sheet.entries}
    villages = [one.id for one in directory.villages_of(tx, bringer.town_id) if one.name in here]
    mine = (roster_rows.c.town_id == bringer.town_id, roster_rows.c.skill == bringer.skill)
    held = tx.scalars(sa.select(roster_rows.c.key).where(*mine, roster_rows.c.village_id.in_(villages))).all()
    gone = sorted(set(held) - {key_of(one.key) for one in sheet.entries})
    for start in range(0, len(gone), FEW):
        some = roster_rows.c.key.in_(gone[start : start + FEW])
        tx.execute(sa.update(roster_rows).where(*mine, some).values(place=GONE))


def bring(tx: Tx, entries: Sequence[Entry], bringer: Bringer, *, now: datetime) -> Brought:
    """Take some rows in. What is here already is not doubled; a row that is refused is named, the rest goes on."""
    slice_ = _Slice(tx, bringer, roster_of(tx, bringer.town_id, bringer.skill), entries, now)
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


def tell(tx: Tx, bringer: Bringer, given: Mapping[str, int], *, now: datetime) -> None:
    """Say once to everybody who got rows how many: one message a person, not one a row."""
    name = roster_of(tx, bringer.town_id, bringer.skill).name
    says = [
        (f"roster:{bringer.skill}:{person}:{now.timestamp():.0f}", Say(ToPerson(person), in_words(name, count)))
        for person, count in given.items()
    ]
    outbox.put(tx, bringer.town_id, says, now=now)


def in_words(name: str, count: int) -> str:
    """Say how many rows somebody got, and how they are worked off."""
    return texts().say("roster_given", name=name, count=count)


class _Slice:
    """Rows that are taken in one transaction, with what is known of them beforehand."""

    def __init__(
        self, tx: Tx, bringer: Bringer, definition: Definition, entries: Sequence[Entry], now: datetime
    ) -> None:
        self.tx, self.bringer, self.definition, self.now = tx, bringer, definition, now
        self.villages = {one.name: one.id for one in directory.villages_of(tx, bringer.town_id)}
        mine = (roster_rows.c.town_id == bringer.town_id, roster_rows.c.skill == bringer.skill)
        wanted = roster_rows.c.key.in_([key_of(one.key) for one in entries])
        own = (roster_rows.c.key, roster_rows.c.case_id, roster_rows.c.place, roster_rows.c.row_ref)
        chosen = sa.select(*own, cases.c.result).select_from(
            roster_rows.outerjoin(cases, cases.c.id == roster_rows.c.case_id)
        )
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
        cells = json.dumps(entry.cells, ensure_ascii=False)
        ref = values.put_text(self.tx, self.bringer.town_id, self._person(entry, village_id), cells, self.now)
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
        mine = (
            roster_rows.c.town_id == self.bringer.town_id,
            roster_rows.c.skill == self.bringer.skill,
            roster_rows.c.key == before.key,
        )
        cells = json.dumps(entry.cells, ensure_ascii=False)
        changed: dict[str, Any] = {"place": entry.row}
        if self.cells.get(before.row_ref) != cells:
            person = self._person(entry, self.villages[entry.village])
            changed["row_ref"] = values.put_text(self.tx, self.bringer.town_id, person, cells, self.now)
        if before.place != entry.row or len(changed) > 1:
            self.tx.execute(sa.update(roster_rows).where(*mine).values(**changed))
        over = self.definition.workflow.roster.over if self.definition.workflow.roster else None
        if not (entry.is_over and over and before.case_id and not before.result):
            return Brought(known=1)
        key = f"roster:{self.bringer.skill}:{before.key[:32]}:over"
        acting = door.Act(
            self.bringer.town_id, before.case_id, over.action, key, self.bringer.person_id, {}, via=Via.IMPORT
        )
        door.act(self.tx, acting, now=self.now)
        return Brought(ended=1)

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
