"""The tables of the engine: definitions, cases and their events, people, tasks and clocks, the call list, the calendar.

Events are only ever added: triggers on both engines refuse anything else. What a person wrote stands in
`person_values` of the ground; here are references, so that it can be erased.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from township.db import Instant, Json, metadata
from township.editions import watch

ID = String(32)
TOWN = String(64)
PERSON = String(64)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


definitions = Table(
    "definitions",
    metadata,
    Column("town_id", TOWN, primary_key=True),
    Column("hash", String(64), primary_key=True, comment="of all files of the folder"),
    Column("skill", String(64), nullable=False),
    Column("state", String(12), nullable=False, comment="draft | published | retired"),
    Column("files", Json(), nullable=False, comment="the folder, path to text: export gives it back"),
    Column("body", Json(), nullable=False, comment="the definition that the engine runs"),
    Column("created_at", Instant(), nullable=False),
    Column("created_by", PERSON),
    Column("published_at", Instant()),
    Column("published_by", PERSON),
    Index("uq_definitions_published", "town_id", "skill", unique=True, **_where("state = 'published'")),
)

cases = Table(
    "cases",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("village_id", String(64)),
    Column("skill", String(64), nullable=False),
    Column("definition", String(64), nullable=False, comment="the version that this case keeps to its end"),
    Column("number", Text, nullable=False, comment="what people call it"),
    Column("query_hash", String(64), comment="of the code with which an anonymous person asks for progress"),
    Column("kind", String(64), nullable=False, server_default=""),
    Column("pace", String(32), nullable=False),
    Column("stage", String(64), nullable=False),
    Column("result", String(32), nullable=False, server_default="", comment="empty while the case is open"),
    Column("restricted", String(32), comment="a kind that only those named for it may see"),
    Column("affected_id", PERSON, comment="whom the matter concerns"),
    Column("spoke_id", PERSON, comment="who spoke"),
    Column("wrote_id", PERSON, comment="who wrote it down"),
    Column("told", Json(), nullable=False, comment="who must be told: person ids"),
    Column("assignee_id", PERSON),
    Column("channels", Json(), nullable=False, comment="by which ways it came: several tags"),
    Column("conversation_id", String(64), comment="where it was said; opaque here"),
    Column("fields", Json(), nullable=False),
    Column("progress", Json(), nullable=False),
    Column("opened_at", Instant(), nullable=False, comment="when the message was stored"),
    Column("changed_at", Instant(), nullable=False),
    Column("closed_at", Instant()),
    Column("due_at", Instant(), comment="the nearest promise that runs"),
    Column("seq", Integer, nullable=False, comment="events so far; the row's version"),
    Column("head", String(64), nullable=False, comment="hash of the last event"),
    Column("about", String(64), nullable=False, server_default="", comment="hash of the paper that is decided on"),
    UniqueConstraint("town_id", "number"),
    Index("ix_cases_village_open", "town_id", "village_id", "opened_at", "id", **_where("result = ''")),
    Index("ix_cases_town_opened", "town_id", "opened_at", "id"),
    Index("ix_cases_query", "query_hash", **_where("query_hash IS NOT NULL")),
)

case_people = Table(
    "case_people",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("person_id", PERSON, primary_key=True),
    Column("part", String(12), primary_key=True, comment="affected | spoke | wrote | told"),
    Column("town_id", TOWN, nullable=False),
    Column("opened_at", Instant(), nullable=False),
    Index(None, "person_id", "opened_at", "case_id"),
)

case_ties = Table(
    "case_ties",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("other_id", ForeignKey("cases.id"), primary_key=True),
    Column("kind", String(12), primary_key=True, comment="same | merged | related"),
    Column("town_id", TOWN, nullable=False),
    Column("by_id", PERSON, comment="empty: found by place, time and words"),
    Column("at", Instant(), nullable=False),
    Index(None, "other_id"),
)

case_events = Table(
    "case_events",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("at", Instant(), nullable=False),
    Column("kind", String(12), nullable=False, comment="opened | acted | late"),
    Column("action", String(64), nullable=False),
    Column("by_id", PERSON, comment="empty: the clock"),
    Column("via", String(12), nullable=False),
    Column("stage", String(64), nullable=False, comment="before the event"),
    Column("data", Json(), nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

case_keys = Table(
    "case_keys",
    metadata,
    Column("town_id", TOWN, primary_key=True),
    Column("key", String(200), primary_key=True, comment="a message, tap or timer: doing it twice is doing it once"),
    Column("case_id", ID, nullable=False),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("person_id", PERSON, nullable=False),
    Column("kind", String(12), nullable=False, comment="stage | leader | duty"),
    Column("stage", String(64), nullable=False),
    Column("code", String(8), nullable=False, comment="typed as an answer: A7K2"),
    Column("state", String(12), nullable=False, comment="open | done | withdrawn"),
    Column("in_digest", Boolean, nullable=False, server_default=sa.false()),
    Column("opened_at", Instant(), nullable=False),
    Column("ended_at", Instant()),
    Column("decision", String(64), comment="the action with which it was done"),
    Column("about", String(64), nullable=False, server_default="", comment="hash of the paper when it was given"),
    Index("uq_tasks_open_code", "town_id", "code", unique=True, **_where("state = 'open'")),
    Index("ix_tasks_open_person", "person_id", "opened_at", **_where("state = 'open'")),
    Index(None, "case_id"),
)

clocks = Table(
    "clocks",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("title", Text, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("within", String(32), nullable=False),
    Column("segments", Json(), nullable=False, comment="[since, why it rests or empty], in order"),
    Column("fired", Integer, nullable=False, comment="late steps taken"),
    Column("extended", Integer, nullable=False, comment="seconds"),
    Column("fixed_due", Instant()),
    Column("due_at", Instant()),
    Column("next_at", Instant(), comment="when the next late step is due; empty while it rests"),
    Index("ix_clocks_next", "next_at", **_where("next_at IS NOT NULL")),
)

call_lines = Table(
    "call_lines",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("village_id", String(64)),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("restricted", String(32)),
    Column("person_id", PERSON, nullable=False),
    Column("text_ref", ID, nullable=False),
    Column("state", String(12), nullable=False, comment="open | told | not_reached | not_needed"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("created_at", Instant(), nullable=False),
    Column("done_at", Instant()),
    Column("done_by", PERSON),
    Index("ix_call_lines_open", "town_id", "village_id", "created_at", **_where("state IN ('open','not_reached')")),
)

counters = Table(
    "counters",
    metadata,
    Column("town_id", TOWN, primary_key=True),
    Column("series", String(120), primary_key=True),
    Column("value", Integer, nullable=False),
)

calendar_days = Table(
    "calendar_days",
    metadata,
    Column("town_id", TOWN, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("spans", Text, nullable=False, comment="08:30-12:00 14:00-17:30; empty on a day off"),
    Column("source", Text, nullable=False, server_default=""),
    Column(
        "whole_year",
        Boolean,
        nullable=False,
        server_default=sa.false(),
        comment="the official table of its year is here",
    ),
)

APPEND_ONLY_SQLITE = tuple(
    f"CREATE TRIGGER case_events_no_{verb.lower()} BEFORE {verb} ON case_events "
    "BEGIN SELECT RAISE(ABORT, 'case_events is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
APPEND_ONLY_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION case_events_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'case_events is append-only'; END $$",
    "CREATE TRIGGER case_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_events "
    "FOR EACH STATEMENT EXECUTE FUNCTION case_events_append_only()",
)

APPEND_ONLY = {"sqlite": APPEND_ONLY_SQLITE, "postgresql": APPEND_ONLY_POSTGRESQL}


@sa.event.listens_for(case_events, "after_create")
def _append_only(_table: object, connection: sa.Connection, **_options: object) -> None:
    for statement in APPEND_ONLY[connection.dialect.name]:
        connection.exec_driver_sql(statement)


watch(definitions)
watch(calendar_days)
