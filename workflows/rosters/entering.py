"""What somebody says of rows by their numbers, entered: marks, words behind them, and what was wrong taken back.

Every row goes through `cases.act`; what is refused is named, the rest is done. Doing it twice is doing it once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township.db import Tx
from township.errors import Mistake, Refused
from township.models import villages
from township.statements import savepoint
from workflows import cases as door
from workflows import values
from workflows.definition import Action, FieldKind
from workflows.flow.besides import REMARK
from workflows.models import cases
from workflows.rosters.bringing import texts
from workflows.rosters.marking import ANY, Mark
from workflows.rosters.models import roster_rows
from workflows.rosters.working import PAGE, Line, line_of, lines
from workflows.state import Via


class Marked(Struct, frozen=True):
    """What became of a message about numbers."""

    done: Sequence[tuple[str, Line]]
    """What was done and with which row."""
    refused: Sequence[str]
    taken_back: Sequence[tuple[str, Line]] = ()
    """What had been said and holds no more, and of which row."""


class Speaker(Struct, frozen=True):
    """Who says it, how and when."""

    town_id: str
    person_id: str
    skill: str
    key: str
    """Of the message: the same again changes nothing."""
    via: Via
    now: datetime
    village_id: str | None = None
    """Of which village the numbers are, where that was said."""


class Before(Struct, frozen=True):
    """A row that somebody has marked, and nobody has gone on with since."""

    line: Line
    action: Action
    """The mark."""


def mark(tx: Tx, speaker: Speaker, marks: Sequence[Mark]) -> Marked:
    """Do what is said of each number, in order."""
    done: list[tuple[str, Line]] = []
    taken: list[tuple[str, Line]] = []
    refused: list[str] = []
    for at, one in enumerate(marks):
        before = marked(tx, speaker, one.numbers)
        held = [] if one.takes_back else _lines(tx, speaker, one.numbers)
        for number in one.numbers:
            key = f"{speaker.key}:{number}:{at}"
            mine = [each for each in before if each.line.number == number]
            if one.takes_back:
                why = _taken_back(tx, speaker, number, mine, one, key)
                taken += [(each.action.title, each.line) for each in mine if not why]
            else:
                open_rows = [line for line in held if line.number == number]
                why = _entered(tx, speaker, number, open_rows, mine, one, key)
                done += [(one.word, line) for line in open_rows if not why]
            if why:
                refused.append(why)
    return Marked(done, refused, taken)


def marked(tx: Tx, speaker: Speaker, numbers: Sequence[int]) -> list[Before]:
    """Find the rows of some numbers that somebody marked last, and could take back."""
    mine = (roster_rows.c.town_id == speaker.town_id, roster_rows.c.skill == speaker.skill)
    wanted = [*mine, roster_rows.c.number.in_(numbers)]
    if speaker.village_id is not None:
        wanted.append(roster_rows.c.village_id == speaker.village_id)
    joined = roster_rows.join(cases, cases.c.id == roster_rows.c.case_id)
    joined = joined.join(villages, villages.c.id == roster_rows.c.village_id)
    own = (cases.c.id.label("case_id"), cases.c.fields, cases.c.definition, cases.c.progress, cases.c.stage)
    nothing = sa.literal("").label("task_id")
    chosen = sa.select(roster_rows.c.number, villages.c.name, *own, nothing).select_from(joined).where(*wanted)
    rows = [row for row in tx.execute(chosen) if (row.progress.get("undo") or {}).get("by") == speaker.person_id]
    held = values.resolve(tx, [row.fields for row in rows])
    found = []
    for row, fields in zip(rows, held, strict=True):
        line, undo = line_of(tx, speaker.town_id, row, fields), row.progress["undo"]
        stage = line.definition.workflow.stages.get(undo["at"])
        if stage is not None and stage.listed and undo["action"] in stage.actions:
            found.append(Before(line, stage.actions[undo["action"]]))
    return found


def _lines(tx: Tx, speaker: Speaker, numbers: Sequence[int]) -> list[Line]:
    return lines(
        tx, speaker.town_id, speaker.person_id, speaker.skill, numbers=numbers, limit=len(numbers) * PAGE,
        village_id=speaker.village_id,
    )  # fmt: skip


def _entered(
    tx: Tx, speaker: Speaker, number: int, held: Sequence[Line], before: Sequence[Before], said: Mark, key: str
) -> str:  # fmt: skip
    """Mark a row; returns why not."""
    if not held and len(before) == 1:
        return texts().say("roster_marked_already", number=number, word=before[0].action.title)
    if not held:
        return texts().say("roster_not_there", number=number)
    if len(held) > 1:
        return _which_village(number, held)
    (line,) = held
    actions = line.definition.stage(line.stage).actions
    name = next((name for name, action in actions.items() if said.word in (*action.says, action.title)), "")
    if not name:
        return texts().say("roster_not_now", number=number, word=said.word)
    given = _values(actions[name], said.note)
    acting = door.Act(speaker.town_id, line.case_id, name, key, speaker.person_id, given, line.task_id, speaker.via)
    return _acted(tx, acting, number, said.word, speaker.now)


def _taken_back(tx: Tx, speaker: Speaker, number: int, before: Sequence[Before], said: Mark, key: str) -> str:
    """Take a mark back; returns why not."""
    if not before:
        return texts().say("roster_never_marked", number=number)
    if len(before) > 1:
        return _which_village(number, [one.line for one in before])
    (one,) = before
    if said.word != ANY and said.word not in (*one.action.says, one.action.title):
        return texts().say("roster_marked_as", number=number, word=one.action.title)
    acting = door.Act(
        speaker.town_id, one.line.case_id, "take_back", key, speaker.person_id, {}, via=speaker.via
    )  # fmt: skip
    return _acted(tx, acting, number, one.action.title, speaker.now)


def _which_village(number: int, found: Sequence[Line]) -> str:
    names = texts().say("roster_comma").join(line.village for line in found)
    return texts().say("roster_which_village", number=number, villages=names)


def _acted(tx: Tx, acting: door.Act, number: int, word: str, now: datetime) -> str:
    try:
        with savepoint(tx):
            door.act(tx, acting, now=now)
    except Mistake as mistake:
        return texts().say("roster_needs", number=number, word=word, field=mistake.values.get("name", ""))
    except Refused:
        return texts().say("roster_not_now", number=number, word=word)
    return ""


def _values(action: Action, note: str) -> dict[str, Any]:
    """What is said behind a word fills what the action needs; what is no word there is kept as it was said, too."""
    if not note:
        return {}
    wanted = next((name for name, spec in action.needs.items() if spec.value is None), "")
    if wanted and action.needs[wanted].kind is FieldKind.TEXT:
        return {wanted: note}
    return {**({wanted: note} if wanted else {}), REMARK: note}
