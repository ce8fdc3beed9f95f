"""Looking at cases: get, find, list. Every select carries the predicate of the scope; what it hides is not found."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township.db import Tx
from township.scope import Scope
from township.statements import Row, Statement
from workflows import definitions, history, listings, query_codes, records, values
from workflows.clocks import calendars, deadlines
from workflows.clocks.durations import words
from workflows.definition import Definition
from workflows.flow.who import Cast
from workflows.house import texts
from workflows.models import cases
from workflows.notices import called, said, stage_title
from workflows.visibility import may_see, sight

PAGE = 50


class CaseView(Struct, frozen=True):
    """A case as somebody who may see it reads it."""

    id: str
    town_id: str
    village_id: str | None
    skill: str
    skill_name: str
    number: str
    kind: str
    stage: str
    stage_title: str
    result: str
    restricted: str | None
    cast: Cast
    fields: Mapping[str, Any]
    said: Mapping[str, str]
    """The fields in words."""
    pace: str
    channels: Sequence[str]
    conversation_id: str | None
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    version: int
    about: str = ""
    """Hash of the paper that is decided on; empty where there is none."""

    @property
    def is_open(self) -> bool:
        return not self.result

    @property
    def summary(self) -> str:
        """What it is about in a few words; of the place, what the words do not say themselves."""
        what = self.said.get("what", "")
        place = " ".join(part for part in self.said.get("place", "").split() if part not in what)
        return " ".join(filter(None, (self.said.get("kind"), place, what)))[:60]


class Filter(Struct, frozen=True):
    """Which cases to list."""

    skill: str | None = None
    village_id: str | None = None
    kind: str | None = None
    stage: str | None = None
    is_open: bool | None = None
    person_id: str | None = None
    """Whom it concerns, or who spoke."""
    late_at: datetime | None = None
    """Only those whose nearest promise was broken by then."""
    opened_since: datetime | None = None

    def values(self) -> dict[str, Any]:
        """What was chosen, by name."""
        given = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: value for name, value in given if value is not None}


def get(tx: Tx, scope: Scope, case_id: str) -> CaseView | None:
    """Read one case; None when there is none that this scope may see."""
    return next(iter(_read(tx, _ONE.rows(tx, **sight(scope), its_id=case_id))), None)


def find(tx: Tx, scope: Scope, number: str) -> CaseView | None:
    """Find a case by the number that people call it by, with or without spaces."""
    for chosen, spelt in ((_SPELT, spellings(number)), (_NUMBERED, number.replace(" ", ""))):
        if found := _read(tx, chosen.rows(tx, **sight(scope), its_number=spelt)):
            return found[0]
    return None


def spellings(number: str) -> list[str]:
    """As it was said, and as numbers of villages are written, from what people leave out of them or add."""
    close = "".join(number.split())
    found = _OF_VILLAGE.fullmatch(close)
    village = found["village"].removesuffix(words()["village_suffix"]) if found else ""
    written = [texts().say("number_village", village=village, n=found["n"])] if found else []
    return [number.strip(), close, re.sub(r"(?<=\D)(?=\d)|(?<=\d)(?=\D)", " ", close), *written]


_OF_VILLAGE = re.compile(r"(?P<village>[^\d-]+)(?P<n>\d+)[^\d-]?")


def by_query_code(tx: Tx, town_id: str, code: str) -> CaseView | None:
    """Find the case whose query code somebody holds; the code is the right to see its progress."""
    mine = sa.and_(cases.c.town_id == town_id, cases.c.query_hash.in_(query_codes.hashes_of(code)))
    return next(iter(_read(tx, tx.execute(sa.select(cases).where(mine)).mappings().all())), None)


def listed(tx: Tx, scope: Scope, chosen: Filter | None = None, *, limit: int = PAGE, offset: int = 0) -> list[CaseView]:
    """List the cases that a scope may see, the newest first."""
    return _read(tx, listings.rows(tx, scope, (chosen or Filter()).values(), limit=limit, offset=offset))


def counted(tx: Tx, scope: Scope, chosen: Filter | None = None) -> int:
    """Count them."""
    return listings.counted(tx, scope, (chosen or Filter()).values())


def mine(tx: Tx, scope: Scope, *, limit: int = 10) -> list[CaseView]:
    """List the cases that concern a person, open ones first."""
    found = listed(tx, scope, Filter(person_id=scope.person_id), limit=limit)
    return sorted(found, key=lambda case: not case.is_open)


def clocks_in_words(tx: Tx, scope: Scope, case_id: str, now: datetime) -> list[str]:
    """Explain each clock of a case."""
    case = get(tx, scope, case_id)
    if case is None:
        return []
    digest = tx.execute(sa.select(cases.c.definition).where(cases.c.id == case_id)).scalar_one()
    definition = definitions.pinned(tx, scope.town_id, digest)
    calendar = calendars.calendar_of(tx, scope.town_id)
    held = records.clocks_of(tx, case_id, definition).values()
    return [deadlines.explain(clock, now, calendar, texts()) for clock in held]


def timeline(tx: Tx, scope: Scope, case_id: str) -> list[history.CaseEvent]:
    """Read the events of a case that the scope may see."""
    return history.events(tx, case_id) if get(tx, scope, case_id) else []


_ONE = Statement(sa.select(cases).where(may_see(), cases.c.id == sa.bindparam("its_id")))
_SPELT = Statement(
    sa.select(cases).where(may_see(), cases.c.number.in_(sa.bindparam("its_number", expanding=True))).limit(1)
)
_NUMBERED = Statement(
    sa.select(cases)
    .where(may_see(), sa.func.replace(cases.c.number, " ", "") == sa.bindparam("its_number", type_=sa.String()))
    .order_by(cases.c.opened_at.desc(), cases.c.id.desc())
    .limit(1)
)


def _read(tx: Tx, rows: Sequence[Row]) -> list[CaseView]:
    held = values.resolve(tx, [row["fields"] for row in rows])
    pinned = [definitions.pinned(tx, row["town_id"], row["definition"]) for row in rows]
    names = _called(tx, zip(pinned, held, strict=True))
    return [_view(row, definition, fields, names) for row, definition, fields in zip(rows, pinned, held, strict=True)]


def _called(tx: Tx, several: Iterable[tuple[Definition, Mapping[str, Any]]]) -> dict[str, str]:
    """Find what people and households in the fields of these cases are called: asked once for each definition."""
    of: dict[int, tuple[Definition, list[Mapping[str, Any]]]] = {}
    for definition, fields in several:
        of.setdefault(id(definition), (definition, []))[1].append(fields)
    return {ref: name for definition, fields in of.values() for ref, name in called(tx, definition, fields).items()}


def _view(row: Row, definition: Definition, fields: Mapping[str, Any], names: Mapping[str, str]) -> CaseView:
    same = ("id", "town_id", "village_id", "skill", "number", "kind", "stage", "result", "restricted", "pace")
    times = ("opened_at", "changed_at", "closed_at", "due_at", "channels", "conversation_id")
    return CaseView(
        **{name: row[name] for name in (*same, *times)},
        skill_name=definition.name,
        stage_title=stage_title(definition, row["stage"]),
        cast=records.cast_of(row),
        fields=fields,
        said=said(definition, fields, names),
        version=row["seq"],
        about=row["about"],
    )
