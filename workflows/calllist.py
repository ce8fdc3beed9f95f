"""The call list: notices to people without an account, for a clerk to telephone or to carry over."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township import directory
from township.db import Tx
from township.errors import Refused
from township.ids import new_id
from township.models import reaches
from township.scope import Scope
from workflows import cases as door
from workflows import records, values
from workflows.house import texts
from workflows.models import call_lines, cases
from workflows.notices import WAY, WITHOUT
from workflows.state import Via
from workflows.visibility import may_call


class Called(StrEnum):
    """What came of a call."""

    TOLD = "told"
    NOT_REACHED = "not_reached"
    NOT_NEEDED = "not_needed"


class CallLine(Struct, frozen=True):
    """One notice that somebody has to be told by voice."""

    id: str
    case_id: str
    number: str
    person_id: str
    person: str
    phone: str
    text: str
    state: str
    tries: int
    created_at: datetime
    way: str = ""
    """Who passes it on, as the case says."""
    no_phone: bool = False
    """The case says that there is none, whatever the directory holds."""

    def in_words(self) -> str:
        """The line as the clerk reads it."""
        if self.way:
            return texts().say("call_line_way", person=self.person, way=self.way, text=self.text)
        if self.phone and not self.no_phone:
            return texts().say("call_line", person=self.person, phone=self.phone, text=self.text)
        return texts().say("call_line_no_phone", person=self.person, text=self.text)


def _way(row: Any) -> dict[str, Any]:
    """By whom the person concerned is reached; others are called as ever."""
    return {name: row.fields.get(name) for name in (WAY, WITHOUT)} if row.person_id == row.affected_id else {}


def of_case(tx: Tx, scope: Scope, case_id: str) -> list[CallLine]:
    """List the calls that one case still asks for."""
    return waiting(tx, scope, of=call_lines.c.case_id == case_id)


def waiting(tx: Tx, scope: Scope, limit: int = 50, *, of: sa.ColumnElement[bool] | None = None) -> list[CallLine]:
    """List the calls that this scope may make and that are still to be made, oldest first."""
    still = (may_call(scope), call_lines.c.state.in_(("open", Called.NOT_REACHED.value)))
    rows = tx.execute(
        sa.select(call_lines, cases.c.number, cases.c.fields, cases.c.affected_id)
        .join(cases, cases.c.id == call_lines.c.case_id)
        .where(*still, *(() if of is None else (of,)))
        .order_by(call_lines.c.created_at, call_lines.c.id)
        .limit(limit)
    ).all()
    people = directory.persons(tx, {row.person_id for row in rows})
    phones = _phones(tx, {row.person_id for row in rows})
    said = values.texts_of(tx, [row.text_ref for row in rows])
    ways = values.resolve(tx, [_way(row) for row in rows])
    return [
        CallLine(
            row.id, row.case_id, row.number, row.person_id, people[row.person_id].name, phones.get(row.person_id, ""),
            said.get(row.text_ref, texts().say("erased")), row.state, row.tries, row.created_at,
            way.get(WAY) or "", bool(way.get(WITHOUT)),
        )
        for row, way in zip(rows, ways, strict=True)
    ]  # fmt: skip


def add(tx: Tx, case_id: str, person_id: str, text: str, now: datetime) -> None:
    """Put one thing that somebody of a case has to be told by voice on the list."""
    case = tx.execute(sa.select(cases.c.town_id, cases.c.village_id, cases.c.restricted).where(cases.c.id == case_id))
    row = case.one()
    ref = values.put_text(tx, row.town_id, person_id, text, now)
    tx.execute(
        sa.insert(call_lines).values(
            id=new_id(), town_id=row.town_id, village_id=row.village_id, case_id=case_id, restricted=row.restricted,
            person_id=person_id, text_ref=ref, state="open", created_at=now,
        )
    )  # fmt: skip


def tick(tx: Tx, scope: Scope, line_id: str, called: Called, *, now: datetime, answer: str = "") -> None:
    """Tick a line off; one that was not reached stays on the list. A second tick changes nothing.

    Where the case waits for the villager, `answer` is the action that the villager chose on the phone; without one,
    being told is what the stage's `when_told` says.
    """
    columns = call_lines.c
    row = tx.execute(
        sa.select(columns.state, columns.case_id).where(columns.id == line_id, may_call(scope)).with_for_update()
    ).first()
    if row is None:
        raise Refused("unknown_call_line", line=line_id)
    if row.state in (Called.TOLD, Called.NOT_NEEDED):
        return
    done = None if called is Called.NOT_REACHED else now
    tx.execute(
        sa.update(call_lines)
        .where(call_lines.c.id == line_id)
        .values(state=called.value, tries=call_lines.c.tries + 1, done_at=done, done_by=scope.person_id)
    )
    if called is Called.TOLD and is_latest(tx, line_id, row.case_id):
        _go_on(tx, scope, row.case_id, f"call:{line_id}", answer, now)


def is_latest(tx: Tx, line_id: str, case_id: str) -> bool:
    """Say whether a line is the last of its case: only what was said last can be what the case waits for."""
    chosen = sa.select(call_lines.c.id).where(call_lines.c.case_id == case_id)
    return tx.scalar(chosen.order_by(call_lines.c.created_at.desc(), call_lines.c.id.desc()).limit(1)) == line_id


def _go_on(tx: Tx, scope: Scope, case_id: str, key: str, answer: str, now: datetime) -> None:
    """Let a case that waits for the villager go on with what was said on the phone."""
    record = records.load(tx, scope.town_id, case_id)
    stage = record.definition.workflow.stages.get(record.state.stage)
    action = answer or (stage.when_told if stage and record.state.is_open else None)
    if action:
        act = door.Act(scope.town_id, case_id, action, key, scope.person_id, {}, via=Via.CALL)
        door.act(tx, act, now=now)


def _phones(tx: Tx, person_ids: set[str]) -> dict[str, str]:
    rows = tx.execute(
        sa.select(reaches.c.person_id, reaches.c.value).where(
            reaches.c.person_id.in_(person_ids), reaches.c.kind == "phone"
        )
    )
    return {row.person_id: row.value for row in rows}


def nothing_to_ring_about(tx: Tx, case_id: str, by: str | None, now: datetime) -> None:
    """Ask nobody to ring somebody who was told already that the matter is written down."""
    fresh = (call_lines.c.case_id == case_id, call_lines.c.state == "open")
    tx.execute(sa.update(call_lines).where(*fresh).values(state="not_needed", done_at=now, done_by=by))
