"""The facts sheet: what people ask most, answered before any document. Its import names what is wrong row by row.

A private mobile is never a fact; a fact past its last day is found but not believed.
"""

import csv
import hashlib
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from knowledge.loaders import decode
from knowledge.models import VersionState, facts
from township.db import Instant, Tx, upsert
from township.errors import Mistake
from township.scope import Audience, Scope
from township.texts import Texts

_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: ways of asking, and the answer with what it rests on."""

    questions: tuple[str, ...]
    answer: str
    source: str = ""
    owner: str = ""
    valid_until: date | None = None
    last_checked: date | None = None
    village_id: str | None = None
    id: str = ""

    def is_valid(self, day: date) -> bool:
        """Tell whether it may be said as true on `day`."""
        return self.valid_until is None or day <= self.valid_until


@dataclass(frozen=True, slots=True)
class Sheet:
    """An imported sheet: the rows that can be used, and what is wrong with the others."""

    facts: tuple[Fact, ...]
    mistakes: tuple[Mistake, ...]


def columns() -> dict[str, str]:
    """Give the printed names of the columns."""
    texts = Texts.load(Path(__file__).with_name("texts.yaml"))
    return {name: texts.say(f"column_{name}") for name in _COLUMNS}


_COLUMNS = ("questions", "answer", "source", "owner", "valid_until", "last_checked", "village")


def read_sheet(data: bytes, name: str, villages: Mapping[str, str]) -> Sheet:
    """Read a sheet (.csv or .xlsx); `villages` gives the id of each village by its name.

    A sheet without the right columns is a `Mistake`; a bad row is listed and left out.
    """
    head, *body = _xlsx_rows(data) if name.lower().endswith(".xlsx") else _csv_rows(data, name)
    printed = columns()
    absent = [printed[key] for key in _COLUMNS[:-1] if printed[key] not in head]
    if absent:
        raise Mistake("fact_sheet_columns", file=name, columns=", ".join(absent))
    found, mistakes, asked = [], [], dict[str, int]()
    for number, cells in enumerate(body, start=2):
        if not any(cells):
            continue
        row = {key: cells[head.index(p)].strip() if p in head else "" for key, p in printed.items()}
        try:
            found.append(_fact(row, number, villages, asked, printed))
        except Mistake as mistake:
            mistakes.append(mistake)
    return Sheet(tuple(found), tuple(mistakes))


def _csv_rows(data: bytes, name: str) -> list[list[str]]:
    rows = [list(row) for row in csv.reader(io.StringIO(decode(data, name)))] or [[]]
    return [row + [""] * (len(rows[0]) - len(row)) for row in rows]


def _xlsx_rows(data: bytes) -> list[list[str]]:
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
    return [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)] or [[]]


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def _fact(
    row: Mapping[str, str], number: int, villages: Mapping[str, str], asked: dict[str, int], printed: Mapping[str, str]
) -> Fact:
    questions = tuple(part.strip() for part in re.split(r"[|｜]", row["questions"]) if part.strip())
    if not questions:
        raise Mistake("fact_without_question", row=number)
    if not row["answer"]:
        raise Mistake("fact_without_answer", row=number)
    if _MOBILE.search(row["answer"]):
        raise Mistake("fact_private_mobile", row=number)
    if row["village"] and row["village"] not in villages:
        raise Mistake("fact_unknown_village", row=number, village=row["village"])
    until, checked = (_day(row[key], number, printed[key]) for key in ("valid_until", "last_checked"))
    for question in questions:
        if question in asked:
            raise Mistake("fact_asked_twice", row=number, question=question, other=asked[question])
    asked.update(dict.fromkeys(questions, number))
    village = villages.get(row["village"])
    return Fact(questions, row["answer"], row["source"], row["owner"], until, checked, village)


def _day(text: str, number: int, column: str) -> date | None:
    if not text:
        return None
    try:
        return date(*(int(part) for part in re.split(r"[-/.]", text)))
    except (ValueError, TypeError) as wrong:
        raise Mistake("fact_bad_date", row=number, column=column, value=text) from wrong


def store(tx: Tx, town_id: str, rows: Iterable[Fact], *, at: datetime, sample: bool = False) -> int:
    """Put facts in force; a row with the same first question and another answer replaces it. Gives how many changed."""
    changed = 0
    for fact in rows:
        key = fact.questions[0]
        known = identity(town_id, fact)
        values = _values(fact, town_id, sample)
        before = tx.execute(sa.select(facts).where(facts.c.id == known)).mappings().first()
        if before and before["state"] == VersionState.in_force and all(before[name] == values[name] for name in values):
            continue
        same = sa.and_(facts.c.town_id == town_id, facts.c.fact_key == key, facts.c.id != known)
        tx.execute(
            facts.update().where(same, facts.c.state == VersionState.in_force).values(state="replaced", updated_at=at)
        )
        upsert(tx, facts, {"id": known, "updated_at": at, **values}, ["id"])
        changed += 1
    return changed


def identity(town_id: str, fact: Fact) -> str:
    """Name a fact: another answer to the same question is another fact."""
    return hashlib.sha256("\0".join((town_id, fact.questions[0], fact.answer)).encode()).hexdigest()[:32]


def _values(fact: Fact, town_id: str, sample: bool) -> dict[str, object]:
    return {
        "town_id": town_id,
        "fact_key": fact.questions[0],
        "questions": list(fact.questions),
        "answer": fact.answer,
        "source": fact.source,
        "owner": fact.owner,
        "audience": Audience.PUBLIC.value,
        "village_id": fact.village_id,
        "valid_until": fact.valid_until,
        "last_checked": fact.last_checked,
        "sample": sample,
        "state": VersionState.in_force.value,
    }


def load(tx: Tx, scope: Scope) -> tuple[Fact, ...]:
    """Read the facts in force that `scope` may hear, those of its own villages first."""
    near = facts.c.village_id.in_(sorted(scope.villages))
    seen = sa.and_(
        facts.c.town_id == scope.town_id,
        facts.c.state == VersionState.in_force,
        facts.c.audience.in_(_names(scope.audiences)),
        sa.or_(facts.c.village_id.is_(None), near),
    )
    rows = tx.execute(sa.select(facts).where(seen).order_by(facts.c.village_id.is_(None), facts.c.fact_key)).mappings()
    return tuple(_read(row) for row in rows)


def stamp(tx: Tx, town_id: str) -> tuple[int, datetime | None]:
    """Give a value that changes whenever a fact of the town does."""
    found = sa.select(sa.func.count(), sa.func.max(facts.c.updated_at, type_=Instant())).where(
        facts.c.town_id == town_id
    )
    row = tx.execute(found).one()
    return row[0], row[1]


def _names(audiences: Collection[Audience]) -> Sequence[str]:
    return sorted(audience.value for audience in audiences)


def _read(row: Mapping[Any, Any]) -> Fact:
    return Fact(
        questions=tuple(row["questions"]),
        answer=row["answer"],
        source=row["source"],
        owner=row["owner"],
        valid_until=row["valid_until"],
        last_checked=row["last_checked"],
        village_id=row["village_id"],
        id=row["id"],
    )
