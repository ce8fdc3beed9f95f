"""The call list: notices to people without an account, for a clerk to telephone or to carry over."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from township import directory
from township.db import Tx
from township.errors import Refused
from township.models import reaches
from township.scope import Scope
from workflows import cases as door
from workflows import records, values
from workflows.house import texts
from workflows.models import call_lines, cases
from workflows.state import Via
from workflows.visibility import may_call


class Called(StrEnum):
    """What came of a call."""

    TOLD = "told"
    NOT_REACHED = "not_reached"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class CallLine:
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

    def in_words(self) -> str:
        """The line as the clerk reads it."""
        if self.phone:
            return texts().say("call_line", person=self.person, phone=self.phone, text=self.text)
        return texts().say("call_line_no_phone", person=self.person, text=self.text)


def waiting(tx: Tx, scope: Scope, limit: int = 50) -> list[CallLine]:
    """List the calls that this scope may make and that are still to be made, oldest first."""
    rows = tx.execute(
        sa.select(call_lines, cases.c.number)
        .join(cases, cases.c.id == call_lines.c.case_id)
        .where(may_call(scope), call_lines.c.state.in_(("open", Called.NOT_REACHED.value)))
        .order_by(call_lines.c.created_at, call_lines.c.id)
        .limit(limit)
    ).all()
    people = directory.persons(tx, {row.person_id for row in rows})
    phones = _phones(tx, {row.person_id for row in rows})
    said = values.texts_of(tx, [row.text_ref for row in rows])
    return [
        CallLine(
            row.id, row.case_id, row.number, row.person_id, people[row.person_id].name, phones.get(row.person_id, ""),
            said.get(row.text_ref, texts().say("erased")), row.state, row.tries, row.created_at,
        )
        for row in rows
    ]  # fmt: skip


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
