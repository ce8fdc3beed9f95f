"""Work that was passed on, as somebody outside reads and answers it: once, no more than the service leaves to it.

What the service does not name is not shown: no person, no telephone number, nothing of what went before.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from township import directory, outbox
from township.db import Tx
from township.effects import Say, ToPerson
from township.errors import Mistake, Refused
from township.models import villages
from township.statements import Row, savepoint
from workflows import cases as door
from workflows import offers, records, values
from workflows.cases import Outcome
from workflows.clocks.promises import STAGE_CLOCK
from workflows.definition import Action, FieldKind, FormField
from workflows.flow.besides import DOER, PICTURES, REMARK, is_row
from workflows.flow.permissions import linked
from workflows.handovers.giving import GIVEN, TAKEN_BACK, USED
from workflows.handovers.models import handovers
from workflows.house import house, texts
from workflows.models import clocks, tasks
from workflows.notices import called, said
from workflows.records import Record
from workflows.rosters.models import roster_rows
from workflows.state import Task, TaskKind, Via


class Shut(Struct, frozen=True):
    """Why an address opens nothing (any more), and what was answered with it."""

    why: str
    """unknown, used, lapsed, taken_back or over"""
    title: str = ""
    at: datetime | None = None


class Sheet(Struct, frozen=True):
    """What whoever does it reads, and what can be answered."""

    service: str
    number: str
    stage: str
    village: str
    lines: Sequence[tuple[str, str]]
    """What the service says that is needed: name and value."""
    due: datetime | None
    until: datetime
    phones: Sequence[str]
    """Of the town's duty, for who has a question."""
    actions: Mapping[str, Action]
    row: int | None = None
    """Its number on the list of whoever passed it on; None: it stands on none."""
    problem: str = ""
    """What was wrong with the answer."""

    @property
    def questions(self) -> dict[str, FormField]:
        """What can be filled in: a word and pictures for whatever is answered, and what single answers ask for."""
        found = {REMARK: house().besides[REMARK], PICTURES: house().besides[PICTURES]}
        for action in self.actions.values():
            own = {name: spec for name, spec in action.needs.items() if _is_own(name, spec)}
            found |= own
        return found


class Taken(Struct, frozen=True):
    """The answer was taken."""

    title: str
    outcome: Outcome


def _is_own(name: str, spec: FormField) -> bool:
    return spec.kind not in (FieldKind.TEXT, FieldKind.PHOTOS) and name != DOER


def look(tx: Tx, handover_id: str | None, *, now: datetime) -> Sheet | Shut:
    """Read what an address opens."""
    row = _row(tx, handover_id)
    return _opened(tx, row, now) if row else Shut("unknown")


def answer(
    tx: Tx, handover_id: str | None, action: str, given: Mapping[str, Any], *, now: datetime
) -> Sheet | Shut | Taken:  # fmt: skip
    """Do what was answered, once; a second answer changes nothing. What is wrong is said on the same page."""
    row = _row(tx, handover_id)
    sheet = _opened(tx, row, now) if row else Shut("unknown")
    if row is None or isinstance(sheet, Shut):
        return sheet
    chosen = sheet.actions.get(action)
    if chosen is None:
        return replace(sheet, problem=texts().say("link_choose"))
    doer = values.texts_of(tx, [row["doer_ref"]]).get(row["doer_ref"], "") or texts().say("link_somebody")
    filled = _filled(chosen, given) | {DOER: doer}
    try:
        with savepoint(tx):
            _used(tx, row, action, now)
            acting = door.Act(
                row["town_id"], row["case_id"], action, f"link:{row['id']}", None, filled, row["task_id"], Via.LINK
            )
            outcome = door.act(tx, acting, now=now)
    except Mistake as mistake:
        name = str(mistake.values.get("name", ""))
        return replace(sheet, problem=texts().say("link_needs", action=chosen.title, field=name))
    except Refused:
        now_there = look(tx, handover_id, now=now)
        return now_there if isinstance(now_there, Shut) else Shut("over")
    _tell(tx, row, sheet, chosen, filled, now)
    return Taken(chosen.title, outcome)


def _row(tx: Tx, handover_id: str | None) -> Row | None:
    if handover_id is None:
        return None
    chosen = sa.select(handovers).where(handovers.c.id == handover_id)
    return tx.execute(chosen).mappings().first()


def _opened(tx: Tx, row: Row, now: datetime) -> Sheet | Shut:
    record = records.load(tx, row["town_id"], row["case_id"], lock=False)
    row = _row(tx, row["id"]) or row
    # Read after the case: else an answer between the two readings looks like work that somebody else ended.
    if row["state"] == USED:
        return Shut(USED, _title(tx, row, record), row["used_at"])
    if row["state"] == TAKEN_BACK:
        return Shut(TAKEN_BACK)
    task = next((one for one in record.state.tasks if one.id == row["task_id"]), None)
    if task is None or task.kind is not TaskKind.STAGE:
        return Shut("over")
    if now >= row["until"]:
        return Shut("lapsed")
    return _sheet(tx, row, record, task, now)


def _title(tx: Tx, row: Row, record: Record) -> str:
    stage = tx.execute(sa.select(tasks.c.stage).where(tasks.c.id == row["task_id"])).scalar() or ""
    action = offers.named(record.definition, str(stage), row["action"])
    return action.title if action else ""


def _sheet(tx: Tx, row: Row, record: Record, task: Task, now: datetime) -> Sheet | Shut:
    definition, name = record.definition, task.stage or record.state.stage
    stage, actions = definition.stage(name), linked(definition, record.state, task)
    if stage.by_link is None or not actions:
        return Shut("over")
    (held,) = values.resolve(tx, [record.state.fields])
    words, fields = said(definition, held, called(tx, definition, [held])), definition.fields()
    lines = [(fields[one].name, words[one]) for one in stage.by_link.shows if one in fields and words.get(one)]
    due = sa.select(clocks.c.due_at).where(clocks.c.case_id == row["case_id"], clocks.c.name == STAGE_CLOCK + name)
    number = sa.select(roster_rows.c.number).where(roster_rows.c.case_id == row["case_id"])
    village = sa.select(villages.c.name).where(villages.c.id == record.row["village_id"])
    return Sheet(
        definition.name, record.row["number"], stage.title, tx.execute(village).scalar() or "", lines,
        tx.execute(due).scalar(), row["until"], _phones(tx, record, now), actions,
        tx.execute(number).scalar() if is_row(definition, name) else None,
    )  # fmt: skip


def _phones(tx: Tx, record: Record, now: datetime) -> list[str]:
    """Whom to ring now: who has the duty of the village, and of the town."""
    on_duty = directory.on_duty(tx, record.row["town_id"], now, record.row["village_id"])
    return list(dict.fromkeys(one.phone for one in on_duty))


def _filled(action: Action, given: Mapping[str, Any]) -> dict[str, Any]:
    """Put the word and the pictures where the action has a place for them."""
    found: dict[str, Any] = {}
    for name, spec in action.needs.items():
        match spec.kind:
            case FieldKind.TEXT if name != DOER and given.get(REMARK):
                found.setdefault(_first(action, FieldKind.TEXT), given[REMARK])
            case FieldKind.PHOTOS if given.get(PICTURES):
                found.setdefault(_first(action, FieldKind.PHOTOS), given[PICTURES])
            case _ if _is_own(name, spec) and given.get(name):
                found[name] = given[name]
    return found


def _first(action: Action, kind: FieldKind) -> str:
    """The field of a kind that is filled: one that must be, before one that may be."""
    of_kind = [name for name, spec in action.needs.items() if spec.kind is kind and name != DOER]
    return min(of_kind, key=lambda name: action.needs[name].optional)


def _used(tx: Tx, row: Row, action: str, now: datetime) -> None:
    """Use an address up; who comes second is refused."""
    mine = (handovers.c.id == row["id"], handovers.c.state == GIVEN)
    changed = tx.execute(sa.update(handovers).where(*mine).values(state=USED, used_at=now, action=action))
    if changed.rowcount != 1:
        raise Refused("link_used")


def _tell(tx: Tx, row: Row, sheet: Sheet, chosen: Action, filled: Mapping[str, Any], now: datetime) -> None:
    """Say to whoever passed it on what was answered."""
    kinds = {name: spec.kind for name, spec in chosen.needs.items()}
    word = next((value for name, value in filled.items() if name != DOER and kinds[name] is FieldKind.TEXT), "")
    pictures = next((len(value) for value in filled.values() if isinstance(value, list)), 0)
    text = texts().say(
        "link_answered", doer=filled[DOER], service=sheet.service, number=sheet.number, village=sheet.village,
        action=chosen.title, word=texts().say("link_word", word=word) if word else "",
        pictures=texts().say("link_pictures", count=pictures) if pictures else "",
        wrong=texts().say("link_wrong", row=sheet.row) if sheet.row is not None else "",
    )  # fmt: skip
    told = Say(ToPerson(row["given_by"]), text, sheet.number, row["case_id"])
    outbox.put(tx, row["town_id"], [(f"link:{row['id']}:said", told)], now=now)
