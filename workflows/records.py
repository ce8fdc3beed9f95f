"""A case between its rows and the engine's state: loaded under lock, stored with a version check."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, convert, to_builtins

from township.db import Tx
from township.errors import Refused
from township.statements import Row, Statement
from township.workdays import Calendar
from workflows import definitions
from workflows.clocks import durations, promises
from workflows.clocks.deadlines import Clock, Segment, due, next_step
from workflows.definition import ClockKind, Definition
from workflows.flow import signing
from workflows.flow.who import Cast
from workflows.models import cases, clocks, tasks
from workflows.state import CaseState, Progress, Standing, Task, TaskKind


class Record(Struct, frozen=True):
    """A loaded case: its row, its definition, and its state."""

    row: Mapping[str, Any]
    definition: Definition
    state: CaseState


def load(tx: Tx, town_id: str, case_id: str, *, lock: bool = True) -> Record:
    """Load a case for a change; on PostgreSQL its row stays locked to the end of the transaction.

    Without `lock` it is only looked at.
    """
    found = (_LOCKED if lock else _CASE).first(tx, its_id=case_id, its_town=town_id)
    if found is None:
        raise Refused("unknown_case", case=case_id)
    return _completed(tx, [found])[0]


def load_several(tx: Tx, case_ids: Sequence[str]) -> dict[str, Record]:
    """Load cases that are locked already, in three statements; by case."""
    return {one.row["id"]: one for one in _completed(tx, _CASES.rows(tx, its_ids=list(case_ids)))}


def _completed(tx: Tx, rows: Sequence[Row]) -> list[Record]:
    """Add to the rows of cases their tasks and clocks."""
    case_ids = [row["id"] for row in rows]
    held = _by_case(_OPEN_TASKS.rows(tx, its_cases=case_ids))
    ticking = _by_case(_CLOCKS.rows(tx, its_cases=case_ids))
    found = []
    for row in rows:
        definition = definitions.pinned(tx, row["town_id"], row["definition"])
        state = _state(row, definition, held.get(row["id"], ()), ticking.get(row["id"], ()))
        found.append(Record(dict(row), definition, state))
    return found


def _by_case(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["case_id"], []).append(row)
    return found


_CASE_OF_TOWN = sa.select(cases).where(
    cases.c.id == sa.bindparam("its_id"), cases.c.town_id == sa.bindparam("its_town")
)
_CASE = Statement(_CASE_OF_TOWN)
_LOCKED = Statement(_CASE_OF_TOWN.with_for_update())
_CASES = Statement(sa.select(cases).where(cases.c.id.in_(sa.bindparam("its_ids", expanding=True))))


def _state(row: Row, definition: Definition, held: Iterable[Row], ticking: Iterable[Row]) -> CaseState:
    tasks = tuple(Task(one["id"], TaskKind(one["kind"]), one["person_id"], one["about"], one["stage"]) for one in held)
    return CaseState(
        _standing(row, tasks, definition), cast_of(row), row["fields"], row["pace"], tasks,
        _clocks(ticking, definition), convert(row["progress"], Progress), row["result"], row["about"],
    )  # fmt: skip


def cast_of(row: Row) -> Cast:
    """The parts of a case from its row."""
    return Cast(row["affected_id"], row["spoke_id"], row["wrote_id"], row["assignee_id"], tuple(row["told"]))


_OPEN_TASKS = Statement(
    sa.select(tasks.c.case_id, tasks.c.id, tasks.c.kind, tasks.c.person_id, tasks.c.about, tasks.c.stage)
    .where(tasks.c.case_id.in_(sa.bindparam("its_cases", expanding=True)), tasks.c.state == "open")
    .order_by(tasks.c.opened_at, tasks.c.id)
)


def _standing(row: Row, held: tuple[Task, ...], definition: Definition) -> Standing:
    """Where a case stands; one that was stored before there were lines of signers is read from its tasks."""
    stored = row["progress"].get("where")
    if stored is not None:
        return convert(stored, Standing)
    stage = row["stage"]
    if stage not in definition.workflow.stages:
        return Standing(stage)
    people = [task.person for task in held if task.kind is TaskKind.STAGE]
    people += row["progress"].get("queue", ())
    return Standing(stage, {stage: signing.seat(people, definition.stage(stage).mode)}, trail=(stage,))


def progress_json(state: CaseState) -> dict[str, Any]:
    """What is stored of where a case stands and how it came there; what is empty is left out."""
    return {"where": to_builtins(state.where), **to_builtins(state.progress)}


def clocks_of(tx: Tx, case_id: str, definition: Definition) -> dict[str, Clock]:
    """Read the clocks of a case; their late steps come from the definition."""
    return _clocks(_CLOCKS.rows(tx, its_cases=[case_id]), definition)


def _clocks(rows: Iterable[Row], definition: Definition) -> dict[str, Clock]:
    return {
        row["name"]: Clock(
            row["name"], row["title"], ClockKind(row["kind"]), _length(row["within"]),
            tuple(Segment(datetime.fromisoformat(since), why) for since, why in row["segments"]),
            promises.late_steps(definition, row["name"]), row["fired"], timedelta(seconds=row["extended"]),
            row["fixed_due"],
        )
        for row in rows
    }  # fmt: skip


_length = lru_cache(maxsize=256)(durations.parse)
_CLOCKS = Statement(
    sa.select(clocks).where(clocks.c.case_id.in_(sa.bindparam("its_cases", expanding=True))).order_by(clocks.c.name)
)


def store_clocks(
    tx: Tx, town_id: str, case_id: str, before: Mapping[str, Clock], after: Mapping[str, Clock], calendar: Calendar
) -> datetime | None:  # fmt: skip
    """Write the clocks that changed, each with its deadline and its next late step; returns the nearest deadline."""
    ends = {name: due(clock, calendar) for name, clock in after.items()}
    changed = [clock for name, clock in after.items() if before.get(name) != clock]
    rows = [_clock_row(town_id, case_id, clock, calendar, ends[clock.name]) for clock in changed]
    _ADD_CLOCK.run_all(tx, [row for row in rows if row["name"] not in before])
    for row in rows:
        if row["name"] in before:
            _CHANGE_CLOCK.run(tx, its_case=row.pop("case_id"), its_name=row.pop("name"), **row)
    return soonest(ends.values())


def soonest(ends: Iterable[datetime | None]) -> datetime | None:
    """The first of several moments."""
    return min((one for one in ends if one), default=None)


_CLOCK_COLUMNS = (
    "case_id", "name", "town_id", "title", "kind", "within", "fired", "fixed_due", "segments", "extended", "due_at",
    "next_at",
)  # fmt: skip
_ADD_CLOCK = Statement(sa.insert(clocks), _CLOCK_COLUMNS)
_CHANGE_CLOCK = Statement(
    sa.update(clocks).where(clocks.c.case_id == sa.bindparam("its_case"), clocks.c.name == sa.bindparam("its_name")),
    _CLOCK_COLUMNS[2:],
)


def add_clocks(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the clocks of a new case."""
    _ADD_CLOCK.run_all(tx, rows)


def clock_rows(town_id: str, case_id: str, several: Iterable[Clock], calendar: Calendar) -> list[dict[str, Any]]:
    """Clocks as their rows."""
    return [_clock_row(town_id, case_id, one, calendar, due(one, calendar)) for one in several]


def _clock_row(
    town_id: str, case_id: str, clock: Clock, calendar: Calendar, ends: datetime | None
) -> dict[str, Any]:  # fmt: skip
    return {
        "case_id": case_id, "name": clock.name, "town_id": town_id, "title": clock.title, "kind": clock.kind.value,
        "within": str(clock.within), "fired": clock.fired, "fixed_due": clock.fixed_due,
        "segments": [[segment.since.isoformat(), segment.why] for segment in clock.segments],
        "extended": int(clock.extended.total_seconds()), "due_at": ends,
        "next_at": next_step(clock, calendar),
    }  # fmt: skip


def nearest(clocks: Mapping[str, Clock], calendar: Calendar) -> datetime | None:
    """The nearest promise that runs."""
    return soonest(due(clock, calendar) for clock in clocks.values())


def state_columns(state: CaseState, now: datetime, due_at: datetime | None) -> dict[str, Any]:
    """The columns of a case that follow from its state."""
    return {
        "stage": state.stage,
        "result": state.result,
        "pace": state.pace,
        "affected_id": state.cast.affected,
        "spoke_id": state.cast.spoke,
        "told": list(state.cast.told),
        "assignee_id": state.cast.assignee,
        "fields": dict(state.fields),
        "progress": progress_json(state),
        "changed_at": now,
        "closed_at": now if state.result else None,
        "due_at": due_at,
    }


def store(tx: Tx, record: Record, state: CaseState, head: str, now: datetime, calendar: Calendar) -> datetime | None:
    """Write the row of a case if nobody else has since, else Refused asks to look again; returns the nearest due."""
    row = record.row
    due_at = store_clocks(tx, row["town_id"], row["id"], record.state.clocks, state.clocks, calendar)
    columns = state_columns(state, now, due_at)

    def changed(number: int) -> None:
        if number != 1:
            raise Refused("changed_meanwhile", case=row["id"])

    _CHANGE.then(tx, changed, its_id=row["id"], was=row["seq"], **columns, seq=row["seq"] + 1, head=head)
    return due_at


_CHANGED_COLUMNS = (
    "stage", "result", "pace", "affected_id", "spoke_id", "told", "assignee_id", "fields", "progress",
    "changed_at", "closed_at", "due_at", "seq", "head",
)  # fmt: skip
_CHANGE = Statement(
    sa.update(cases).where(cases.c.id == sa.bindparam("its_id"), cases.c.seq == sa.bindparam("was")), _CHANGED_COLUMNS
)


def decides_on(tx: Tx, town_id: str, case_id: str, about: str) -> None:
    """Bind what is decided from now on to a paper, by its hash; empty: to none."""
    mine = (cases.c.town_id == town_id, cases.c.id == case_id)
    tx.execute(sa.update(cases).where(*mine).values(about=about))


def about_of(tx: Tx, case_id: str) -> str:
    """The hash of the paper that is decided on now."""
    return str(_ABOUT.scalar(tx, its_id=case_id) or "")


_ABOUT = Statement(sa.select(cases.c.about).where(cases.c.id == sa.bindparam("its_id")))
