"""What was decided is written, all in one transaction: event, row, clocks, tasks, parts, and what people hear of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township import outbox
from township.db import Tx
from township.statements import Statement, together
from township.workdays import Calendar
from workflows import catalogue, history, notices, records, tasks, values
from workflows.bookings import booking
from workflows.bookings.keeping import Changed
from workflows.census import Census
from workflows.clocks import promises
from workflows.flow.who import Cast
from workflows.models import cases
from workflows.notices import Known
from workflows.public import showings
from workflows.records import Record
from workflows.requests import Outcome
from workflows.state import Command, Decision
from workflows.visibility import TASKED, add_parts


class Step(Struct, frozen=True):
    """What somebody does to a case, and what follows from it."""

    record: Record
    """As the case was loaded; a new one as it is opened."""
    command: Command
    decision: Decision
    census: Census
    calendar: Calendar
    now: datetime

    @property
    def seq(self) -> int:
        """The number of its event."""
        return int(self.record.row.get("seq", 0)) + 1


def add(tx: Tx, step: Step, clocks: Sequence[Mapping[str, Any]], *, by: str | None) -> None:
    """Write a new case: its row, first event, parts and clocks. `by`: who opened it, as far as that is kept."""
    row = step.record.row
    event = _event(step, history.genesis(row["id"]), by)
    head = history.digest(event)
    _ADD.run(tx, **row, seq=step.seq, head=head)
    history.append(tx, row["town_id"], event, head)
    _add_people(tx, step, step.decision.state.cast)
    records.add_clocks(tx, clocks)


_ADD = Statement(
    sa.insert(cases),
    (
        "id", "town_id", "village_id", "skill", "definition", "kind", "restricted", "number", "query_hash",
        "affected_id", "spoke_id", "wrote_id", "told", "opened_at", "channels", "conversation_id", "pace", "stage",
        "result", "assignee_id", "fields", "progress", "changed_at", "closed_at", "due_at", "seq", "head",
    ),
)  # fmt: skip


def change(tx: Tx, step: Step) -> datetime | None:
    """Write the event, the row and the clocks of a case that changes; returns its nearest promise."""
    row = step.record.row
    head = history.append(tx, row["town_id"], _event(step, row["head"], step.command.by))
    return records.store(tx, step.record, step.decision.state, head, step.now, step.calendar)


def carry_out(tx: Tx, step: Step) -> tuple[Changed | None, Outcome]:
    """Write what was decided, do its record actions, and tell everybody; returns what it has booked, and the answer."""
    with together(tx):
        due_at = change(tx, step)
        if not step.decision.do:
            return _followed(tx, step, due_at)
    _do(tx, step)
    with together(tx):
        return _followed(tx, step, due_at)


def _do(tx: Tx, step: Step) -> None:
    """Do the record actions of a decision in the same transaction: what they refuse did not happen."""
    decision, row = step.decision, step.record.row
    (held,) = values.resolve(tx, [decision.state.fields])
    by = decision.decider or step.command.by
    catalogue.do(tx, decision.do, catalogue.Occasion(row["town_id"], row["id"], held, by, step.now))


def _followed(tx: Tx, step: Step, due_at: datetime | None) -> tuple[Changed | None, Outcome]:
    """Write who plays a part now, and tell everybody."""
    record, decision = step.record, step.decision
    cast = decision.state.cast
    _add_people(tx, step, cast if cast.affected != record.state.cast.affected else Cast())
    booked = booking.follow(tx, record, decision.state, step.command, step.now)
    done_by = promises.done_by(decision.state.clocks, step.calendar) if decision.told else None
    return booked, tell(tx, step, Known(due_at, done_by=done_by))


def _add_people(tx: Tx, step: Step, cast: Cast) -> None:
    decision = step.decision
    parts = [("affected", cast.affected), ("spoke", cast.spoke), ("wrote", cast.wrote)]
    parts += [("told", person) for person in cast.told]
    parts += [(TASKED, task.person) for task in decision.new_tasks]
    parts += [("told", person) for person in decision.copied]
    add_parts(tx, step.record.row, parts)


def _event(step: Step, prev: str, by: str | None) -> history.CaseEvent:
    decision = step.decision
    data = {
        **decision.data,
        "tasks": [[task.kind.value, task.person] for task in decision.new_tasks],
        "clocks": {name: clock.to_json() for name, clock in sorted(decision.state.clocks.items())},
        "told": [[one.person, one.text] for one in decision.told],
    }
    return history.CaseEvent(
        step.record.row["id"], step.seq, step.now, decision.kind, decision.action, by, step.command.via.value,
        decision.before, data, prev,
    )  # fmt: skip


def tell(tx: Tx, step: Step, at_hand: Known) -> Outcome:
    """Store tasks and effects of a decision, and answer whoever acted."""
    row, decision, command, now = step.record.row, step.decision, step.command, step.now
    state, town_id, case_id = decision.state, row["town_id"], row["id"]
    showings.follow(tx, step.record, decision, now)
    tasks.end(tx, decision.ended, decision.action, now)
    about = records.about_of(tx, case_id) if decision.do else state.about
    given = tuple(tasks.give(tx, town_id, case_id, state.stage, decision.new_tasks, now, about))
    change = notices.Change(
        town_id, case_id, row["number"], row["village_id"], step.record.definition, decision, given,
        command.by or command.hearer, command.via, now, at_hand,
    )  # fmt: skip
    heard = notices.of(tx, change, step.census)
    outbox.put(tx, town_id, ((f"{case_id}:{step.seq}:{n}", effect) for n, effect in enumerate(heard.effects)), now=now)
    return Outcome(case_id, row["number"], state.stage, state.result, heard.reply, heard.effects, given, at_hand.code)
