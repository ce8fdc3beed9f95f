"""A round begins by itself: one case a village or a row, a few in each transaction, and one message to each doer.

Swept by any process; what another has opened is not opened again, for every case has the key of its round. Nobody
checks in: a case in which nobody says anything is over by its own clock.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from township import directory
from township.clock import SHANGHAI
from township.db import Tx, insert_ignore, locked
from township.statements import Row
from workflows import definitions, values
from workflows.clocks import calendars
from workflows.definition import Definition
from workflows.kinds import Rounds
from workflows.models import cases
from workflows.rosters import cells
from workflows.rosters.bringing import GONE, SLICE, Bringer, key_of, open_row
from workflows.rosters.models import roster_rows, rosters
from workflows.rosters.reading import fields_of
from workflows.rounds import digest, planning
from workflows.rounds.digest import MISSED
from workflows.rounds.models import rounds


def sweep(tx: Tx, now: datetime) -> int:
    """Plan what is new, open some cases of a round that is due; returns how much happened."""
    due = sa.select(rounds).where(rounds.c.next_at <= now).order_by(rounds.c.next_at).limit(1)
    row = tx.execute(locked(due, skip=True)).mappings().first()
    return _occur(tx, row, now) if row else 0


def plan(tx: Tx, now: datetime) -> int:
    """Give every published service that comes round its next moment; forget those that do so no more."""
    found = 0
    for town_id in definitions.towns(tx):
        known = {row.skill: row for row in tx.execute(sa.select(rounds).where(rounds.c.town_id == town_id))}
        for hashed in definitions.published_hashes(tx, town_id):
            definition = definitions.pinned(tx, town_id, hashed)
            wanted, before = definition.workflow.rounds, known.pop(definition.skill, None)
            if wanted and (before is None or before.every != wanted.every.source):
                found += _plan(tx, town_id, definition.skill, wanted, now)
            elif before is not None and wanted is None:
                known[definition.skill] = before
        if known:
            mine = (rounds.c.town_id == town_id, rounds.c.skill.in_(list(known)))
            tx.execute(sa.delete(rounds).where(*mine))
    return found


def next_due(tx: Tx) -> datetime | None:
    """When the next round begins."""
    found: datetime | None = tx.execute(sa.select(sa.func.min(rounds.c.next_at))).scalar()
    return found


def _plan(tx: Tx, town_id: str, skill: str, wanted: Rounds, now: datetime) -> int:
    planned = planning.following(wanted, now, now, calendars.calendar_of(tx, town_id))
    if planned is None:
        return 0
    when = {"every": wanted.every.source, "nominal_at": planned.nominal, "next_at": planned.at}
    if not insert_ignore(tx, rounds, {"town_id": town_id, "skill": skill, **when}, ["town_id", "skill"]):
        mine = (rounds.c.town_id == town_id, rounds.c.skill == skill)
        tx.execute(sa.update(rounds).where(*mine).values(**when))
    return 1


def _occur(tx: Tx, row: Row, now: datetime) -> int:
    """Open some cases of a round; when all are open, say so and plan the next."""
    town_id, skill, at = row["town_id"], row["skill"], row["next_at"]
    _, definition = definitions.current(tx, town_id, skill)
    wanted = definition.workflow.rounds
    if wanted is None:
        tx.execute(sa.delete(rounds).where(rounds.c.town_id == town_id, rounds.c.skill == skill))
        return 1
    if definition.workflow.roster is None:
        _villages_as_rows(tx, town_id, skill, wanted, now)
    mine = (roster_rows.c.town_id == town_id, roster_rows.c.skill == skill)
    still = sa.or_(roster_rows.c.round_at.is_(None), roster_rows.c.round_at < at)
    waiting = (
        sa.select(roster_rows)
        .where(*mine, still, roster_rows.c.place != GONE)
        .order_by(roster_rows.c.village_id, roster_rows.c.number)
    )
    some = tx.execute(waiting.limit(SLICE)).mappings().all()
    for one in some:
        _open(tx, definition, one, at, now)
    if len(some) < SLICE:
        digest.tell(tx, town_id, definition, at, row["last_at"], now)
        _go_on(tx, row, wanted, now)
    return len(some) + 1


def _go_on(tx: Tx, row: Row, wanted: Rounds, now: datetime) -> None:
    calendar = calendars.calendar_of(tx, row["town_id"])
    planned = planning.following(wanted, row["nominal_at"], now, calendar)
    mine = (rounds.c.town_id == row["town_id"], rounds.c.skill == row["skill"])
    when = {"nominal_at": planned.nominal, "next_at": planned.at} if planned else {"next_at": None}
    tx.execute(sa.update(rounds).where(*mine).values(last_at=row["next_at"], **when))


def _villages_as_rows(tx: Tx, town_id: str, skill: str, wanted: Rounds, now: datetime) -> None:
    """Without a roster a round goes through the villages: each is a row of its own."""
    for one in directory.villages_of(tx, town_id):
        if wanted.villages and one.name not in wanted.villages:
            continue
        row = {
            "town_id": town_id, "skill": skill, "key": key_of(one.id), "village_id": one.id, "number": 1,
            "row_ref": "", "place": 1, "brought_at": now, "missed": 0,
        }  # fmt: skip
        insert_ignore(tx, roster_rows, row, ["town_id", "skill", "key"])


def _open(tx: Tx, definition: Definition, row: Row, at: datetime, now: datetime) -> None:
    """Open the case of one row; what it says of itself comes from the row, as its sheet was brought last."""
    before = tx.execute(sa.select(cases.c.result).where(cases.c.id == row["case_id"])).scalar()
    missed = row["missed"] + 1 if before == MISSED else 0
    form = definition.form
    given: dict[str, Any] = {"day": at.astimezone(SHANGHAI).date().isoformat(), "missed_before": missed}
    fields = {**_held(tx, definition, row), **{name: value for name, value in given.items() if name in form}}
    key = f"round:{definition.skill}:{row['key'][:32]}:{at.timestamp():.0f}"
    bringer = Bringer(row["town_id"], definition.skill, None, "")
    outcome = open_row(tx, definition, row["village_id"], fields, key, None, bringer, now=now)
    mine = (roster_rows.c.town_id == row["town_id"], roster_rows.c.skill == row["skill"])
    changed = {"case_id": outcome.case_id, "round_at": at, "missed": missed}
    tx.execute(sa.update(roster_rows).where(*mine, roster_rows.c.key == row["key"]).values(**changed))


def _held(tx: Tx, definition: Definition, row: Row) -> dict[str, str]:
    """The fields of a row from its cells, as its sheet was brought last."""
    roster = definition.workflow.roster
    if roster is None or not row["row_ref"]:
        return {}
    mine = (rosters.c.town_id == row["town_id"], rosters.c.skill == row["skill"])
    head = tx.execute(sa.select(rosters.c.head).where(*mine)).scalar() or []
    kept = values.texts_of(tx, [row["row_ref"]]).get(row["row_ref"], "[]")
    return fields_of(roster, *cells.read(kept, head))
