"""What is shown to everybody for a time (公示): begun when a case comes to such a stage, over when it leaves it.

A showing is written down as it was shown, masked, with a hash; nothing else of the case is ever read by others. What
ends it is in `endings.py`, objections to it are cases of their own.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township.db import Tx
from township.ids import new_id
from workflows import gist, values
from workflows.clocks.promises import STAGE_CLOCK
from workflows.definition import Definition, FieldKind
from workflows.house import texts
from workflows.models import case_ties, cases, clocks
from workflows.notices import called, said
from workflows.public.masking import masked
from workflows.public.models import showings
from workflows.records import Record
from workflows.related.ties import TieKind
from workflows.state import Decision


class Shown(Struct, frozen=True):
    """One showing as everybody may read it."""

    id: str
    town_id: str
    village_id: str | None
    case_id: str
    number: str
    skill: str
    stage: str
    title: str
    lines: tuple[tuple[str, str], ...]
    sha256: str
    begun_at: datetime
    until: datetime | None
    ended_at: datetime | None
    definition: str

    @property
    def in_words(self) -> str:
        """Its lines in one."""
        return texts().say("between_lines").join(value for _, value in self.lines)


def follow(tx: Tx, record: Record, decision: Decision, now: datetime) -> None:
    """Begin and end showings as a case goes on."""
    shows = gist.of(record.definition).shows
    if not shows:
        return
    after = shows.intersection(decision.state.where.places) if decision.state.is_open else frozenset[str]()
    before = frozenset[str]() if decision.kind == "opened" else shows.intersection(record.state.where.places)
    for stage in sorted(before - after):
        mine = (showings.c.case_id == record.row["id"], showings.c.stage == stage, showings.c.ended_at.is_(None))
        tx.execute(sa.update(showings).where(*mine).values(ended_at=now))
    for stage in sorted(after - before):
        _begin(tx, record, decision, stage, now)


def _begin(tx: Tx, record: Record, decision: Decision, stage: str, now: datetime) -> None:
    row, definition = record.row, record.definition
    (held,) = values.resolve(tx, [decision.state.fields])
    title = title_of(definition.name, definition.stage(stage).title)
    lines = lines_of(definition, stage, held, called(tx, definition, [held]))
    same = {"town_id": row["town_id"], "title": title, "lines": lines, "begun_at": now}
    tx.execute(
        sa.insert(showings).values(
            id=new_id(), village_id=row["village_id"], case_id=row["id"], skill=row["skill"], stage=stage,
            sha256=digest(row["number"], same), **same,
        )
    )  # fmt: skip


def title_of(name: str, stage: str) -> str:
    """Name what is shown; a service that is called by its showing is not called so twice."""
    return name if name.endswith(stage) else texts().say("showing_title", name=name, stage=stage)


def lines_of(
    definition: Definition, stage: str, held: Mapping[str, Any], names: Mapping[str, str] | None = None
) -> list[list[str]]:
    """Say what is shown of a case: its fields in order, what names people masked, a table row by row."""
    showing, specs = definition.stage(stage).showing, gist.of(definition).fields
    words, lines = said(definition, held, names), []
    for name in showing.shows if showing else ():
        spec = specs[name]
        if spec.kind is FieldKind.ROWS:
            lines += [[spec.name, one] for one in _rows(definition, stage, name, held.get(name) or [])]
        elif words.get(name):
            hides = showing is not None and name in showing.mask
            lines.append([spec.name, masked(spec, words[name]) if hides else words[name]])
    return lines


def _rows(definition: Definition, stage: str, name: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say each row of a table; its columns are masked by their own names."""
    showing, specs = definition.stage(stage).showing, gist.of(definition).fields[name].rows
    hidden = showing.mask if showing else ()
    between = texts().say("between_lines")
    return [
        between.join(
            masked(specs[key], str(value)) if key in hidden else str(value)
            for key, value in row.items()
            if key in specs
        )
        for row in rows
    ]


def digest(number: str, shown: Mapping[str, Any]) -> str:
    """Hash what was shown: whoever kept a copy can prove what stood there."""
    at: datetime = shown["begun_at"]
    written = [shown["town_id"], number, shown["title"], shown["lines"], int(at.timestamp())]
    return hashlib.sha256(json.dumps(written, ensure_ascii=False).encode()).hexdigest()


def against(tx: Tx, record: Record) -> int:
    """Count the open objections to what a case shows now."""
    is_shown = not gist.of(record.definition).shows.isdisjoint(record.state.where.places)
    return objections(tx, record.row["id"]) if is_shown else 0


def objections(tx: Tx, case_id: str, *, result: str = "", since: datetime | None = None) -> int:
    """Count the objections to a case that are open, or that ended with a result; to what is shown since a moment."""
    mine = [case_ties.c.other_id == case_id, case_ties.c.kind == TieKind.OBJECTS.value, cases.c.result == result]
    if since is not None:
        mine.append(case_ties.c.at >= since)
    chosen = sa.select(sa.func.count()).select_from(case_ties.join(cases, cases.c.id == case_ties.c.case_id))
    return int(tx.execute(chosen.where(*mine)).scalar_one())


def listed(tx: Tx, town_id: str, *, village_id: str | None = None, limit: int = 50) -> list[Shown]:
    """List what is shown now, the newest first; of one village and the town, or of all."""
    mine = [showings.c.town_id == town_id, showings.c.ended_at.is_(None)]
    if village_id is not None:
        mine.append(sa.or_(showings.c.village_id.is_(None), showings.c.village_id == village_id))
    return read(tx, *mine, limit=limit)


def read(tx: Tx, *wanted: sa.ColumnElement[bool], limit: int) -> list[Shown]:
    """Read showings with the end that their stage's clock has now."""
    its_clock = sa.and_(clocks.c.case_id == showings.c.case_id, clocks.c.name == STAGE_CLOCK + showings.c.stage)
    joined = showings.join(cases, cases.c.id == showings.c.case_id).outerjoin(clocks, its_clock)
    chosen = sa.select(showings, cases.c.number, cases.c.definition, clocks.c.due_at).select_from(joined)
    rows = tx.execute(chosen.where(*wanted).order_by(showings.c.begun_at.desc(), showings.c.id.desc()).limit(limit))
    return [
        Shown(
            row.id, row.town_id, row.village_id, row.case_id, row.number, row.skill, row.stage, row.title,
            tuple((name, value) for name, value in row.lines), row.sha256, row.begun_at, row.due_at, row.ended_at,
            row.definition,
        )
        for row in rows
    ]  # fmt: skip
