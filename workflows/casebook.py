"""Looking at cases: get, find, list. Every select carries the predicate of the scope; what it hides is not found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from township.db import Tx
from township.scope import Scope
from township.statements import Row, Statement
from workflows import calendars, deadlines, definitions, history, records, values
from workflows.cases import hash_code
from workflows.definition import Definition
from workflows.house import texts
from workflows.models import case_people, cases
from workflows.notices import said, stage_title
from workflows.visibility import may_see, sight
from workflows.who import Cast

PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseView:
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
        """What it is about in a few words."""
        return " ".join(self.said[name] for name in ("kind", "place", "what") if self.said.get(name))[:60]


@dataclass(frozen=True, slots=True)
class Filter:
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


def get(tx: Tx, scope: Scope, case_id: str) -> CaseView | None:
    """Read one case; None when there is none that this scope may see."""
    return next(iter(_read(tx, _ONE.rows(tx, **sight(scope), its_id=case_id))), None)


def find(tx: Tx, scope: Scope, number: str) -> CaseView | None:
    """Find a case by the number that people call it by, with or without spaces."""
    return next(iter(_read(tx, _NUMBERED.rows(tx, **sight(scope), its_number=number.replace(" ", "")))), None)


def by_query_code(tx: Tx, town_id: str, code: str) -> CaseView | None:
    """Find the case whose query code somebody holds; the code is the right to see its progress."""
    mine = sa.and_(cases.c.town_id == town_id, cases.c.query_hash == hash_code(code))
    return next(iter(_read(tx, tx.execute(sa.select(cases).where(mine)).mappings().all())), None)


def listed(tx: Tx, scope: Scope, chosen: Filter | None = None, *, limit: int = PAGE, offset: int = 0) -> list[CaseView]:
    """List the cases that a scope may see, the newest first."""
    chosen_rows = _newest_first(*_conditions(chosen or Filter())).limit(limit).offset(offset)
    return _read(tx, tx.execute(chosen_rows, sight(scope)).mappings().all())


def counted(tx: Tx, scope: Scope, chosen: Filter | None = None) -> int:
    """Count them."""
    where = sa.and_(may_see(), *_conditions(chosen or Filter()))
    return int(tx.execute(sa.select(sa.func.count()).select_from(cases).where(where), sight(scope)).scalar_one())


def mine(tx: Tx, scope: Scope, *, limit: int = 10) -> list[CaseView]:
    """List the cases that concern a person, open ones first."""
    found = _read(tx, _MINE.rows(tx, **sight(scope), whose=scope.person_id, most=limit))
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


def _conditions(chosen: Filter) -> list[sa.ColumnElement[bool]]:
    columns = cases.c
    wanted: list[sa.ColumnElement[bool]] = []
    for column, value in (
        (columns.skill, chosen.skill), (columns.village_id, chosen.village_id), (columns.kind, chosen.kind),
        (columns.stage, chosen.stage),
    ):  # fmt: skip
        if value is not None:
            wanted.append(column == value)
    if chosen.is_open is not None:
        wanted.append(columns.result == "" if chosen.is_open else columns.result != "")
    if chosen.person_id is not None:
        wanted.append(_of_person(chosen.person_id))
    if chosen.late_at is not None:
        wanted.append(columns.due_at <= chosen.late_at)
    if chosen.opened_since is not None:
        wanted.append(columns.opened_at >= chosen.opened_since)
    return wanted


def _of_person(person: str | sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    """Whom a case concerns, or who spoke: by the index of people, for a town may have a hundred thousand cases."""
    mine = sa.and_(case_people.c.person_id == person, case_people.c.part.in_(("affected", "spoke")))
    return cases.c.id.in_(sa.select(case_people.c.case_id).where(mine))


def _newest_first(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(cases).where(may_see(), *where).order_by(cases.c.opened_at.desc(), cases.c.id.desc())


_ONE = Statement(sa.select(cases).where(may_see(), cases.c.id == sa.bindparam("its_id")))
_NUMBERED = Statement(
    _newest_first(sa.func.replace(cases.c.number, " ", "") == sa.bindparam("its_number", type_=sa.String())).limit(1)
)
_MINE = Statement(
    _newest_first(_of_person(sa.bindparam("whose", type_=sa.String()))).limit(sa.bindparam("most", type_=sa.Integer()))
)


def _read(tx: Tx, rows: Sequence[Row]) -> list[CaseView]:
    held = values.resolve(tx, [row["fields"] for row in rows])
    return [
        _view(row, definitions.pinned(tx, row["town_id"], row["definition"]), fields)
        for row, fields in zip(rows, held, strict=True)
    ]


def _view(row: Row, definition: Definition, fields: Mapping[str, Any]) -> CaseView:
    same = ("id", "town_id", "village_id", "skill", "number", "kind", "stage", "result", "restricted", "pace")
    times = ("opened_at", "changed_at", "closed_at", "due_at", "channels", "conversation_id")
    return CaseView(
        **{name: row[name] for name in (*same, *times)},
        skill_name=definition.name,
        stage_title=stage_title(definition, row["stage"]),
        cast=records.cast_of(row),
        fields=fields,
        said=said(definition, fields),
        version=row["seq"],
        about=row["about"],
    )
