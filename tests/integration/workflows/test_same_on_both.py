"""The same scenario leaves the same event log on SQLite and PostgreSQL, and on a second run."""

import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from skills import registry, scenarios
from skills.rehearsal.player import play
from township.db import Database
from workflows.models import case_events

CHOSEN = [
    (one.skill, played.scenario)
    for one in registry.house()
    if one.skill
    for played in scenarios.of(one.id, one.skill.files)
    if played.scenario and played.file.endswith(("happy.yaml", "reopen.yaml", "overdue.yaml", "outside.yaml"))
    if any(step.does or (step.wait and late.result) for step in played.scenario.steps for late in played.scenario.steps)
]


def log_of(db: Database) -> list[str]:
    """All events, with random ids replaced by the order in which they first appear."""
    columns = [column for column in case_events.c if column.name not in ("case_id", "prev", "hash")]
    rows = db.read_now(lambda tx: tx.execute(sa.select(*columns).order_by(case_events.c.seq)).mappings().all())
    text = "\n".join(json.dumps(dict(row), ensure_ascii=False, sort_keys=True, default=str) for row in rows)
    seen: dict[str, str] = {}
    return re.sub(r"\b[0-9a-f]{32}\b", lambda match: seen.setdefault(match[0], f"#{len(seen)}"), text).split("\n")


@pytest.mark.parametrize("number", range(len(CHOSEN)))
def test_the_same_events_on_both_engines(
    sqlite_db: Database, postgres_db: Database, tmp_path: Path, number: int
) -> None:
    skill, scenario = CHOSEN[number]
    logs = []
    for db in (sqlite_db, postgres_db):
        assert play(db, skill, scenario).passed
        logs.append(log_of(db))
    assert logs[0] == logs[1]
    assert len(logs[0]) >= 2
