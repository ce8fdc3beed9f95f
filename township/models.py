"""The tables of the ground: towns, accounts, people and how to reach them, roles, duty, outbox, jobs, audit.

Each row of a town has `town_id`. Names, phones and the like stand only here, so that they can be erased here.
"""

import sqlalchemy as sa
from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from township.db import Instant, Json, metadata
from township.editions import KNOWN, watch

ID = String(32)
"""A UUIDv7 in hex; or, for what a platform or a sample names, its own name."""

towns = Table(
    "towns",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("county", Text, nullable=False, server_default=""),
    Column("phone", Text, nullable=False, server_default="", comment="the office phone that answers say"),
    Column("options", Json(), nullable=False, server_default="{}"),
)

accounts = Table(
    "accounts",
    metadata,
    Column(
        "id", String(64), primary_key=True, comment="a DingTalk organisation with its robot, token bucket and quota"
    ),
    Column("client_id", Text, nullable=False, unique=True),
    Column("secret", LargeBinary, nullable=False, comment="sealed by township.secrets"),
    Column("corp_id", Text, nullable=False, server_default=""),
    Column("api_limit", Integer, nullable=False, server_default="5000", comment="paid API calls a month"),
    Column("push_limit", Integer, nullable=False, server_default="3000", comment="webhook and stream pushes a month"),
)

account_towns = Table(
    "account_towns",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("town_id", ForeignKey("towns.id"), primary_key=True),
)

villages = Table(
    "villages",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("town_id", ForeignKey("towns.id"), nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("town_id", "name"),
)

groups = Table(
    "groups",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("town_id", ForeignKey("towns.id"), nullable=False),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("open_id", Text, nullable=False, comment="openConversationId"),
    Column("village_id", ForeignKey("villages.id"), comment="empty for a group of the town"),
    Column("title", Text, nullable=False, server_default=""),
    Column("cadres_only", Boolean, nullable=False, server_default=sa.false()),
    UniqueConstraint("account_id", "open_id"),
)

households = Table(
    "households",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("town_id", ForeignKey("towns.id"), nullable=False),
    Column("village_id", ForeignKey("villages.id"), nullable=False),
    Column(
        "door", Text, nullable=False, server_default="", comment="what one says on the phone: group three, the Wangs"
    ),
)

people = Table(
    "people",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("town_id", ForeignKey("towns.id"), nullable=False),
    Column("village_id", ForeignKey("villages.id")),
    Column("household_id", ForeignKey("households.id")),
    Column("name", Text, nullable=False, comment="emptied when erased"),
    Column("is_cadre", Boolean, nullable=False, server_default=sa.false()),
    Column("born_on", sa.Date),
    Column(
        "flags", Json(), nullable=False, server_default="{}", comment="read_aloud, quiet (no notices to this account)"
    ),
    Column("erased_at", Instant()),
    Index(None, "town_id", "village_id"),
)

reaches = Table(
    "reaches",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", ForeignKey("towns.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("kind", String(16), nullable=False, comment="staff | sender | phone | helper | paper"),
    Column("account_id", ForeignKey("accounts.id"), comment="for staff and sender"),
    Column(
        "value", Text, nullable=False, comment="staff id, opaque sender id, phone number, or the helper's person id"
    ),
    Column(
        "main", Boolean, nullable=False, server_default=sa.true(), comment="of several on one account, who is meant"
    ),
    UniqueConstraint("person_id", "kind", "account_id", "value"),
    Index(None, "kind", "value"),
)

helpers = Table(
    "helpers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", ForeignKey("towns.id"), nullable=False),
    Column("principal_id", ForeignKey("people.id"), nullable=False),
    Column("helper_id", ForeignKey("people.id"), nullable=False),
    Column("covers", Json(), nullable=False, comment="kinds of matters, or ['*']"),
    Column("consent", String(16), nullable=False, comment="chat | phone | paper"),
    Column("consent_heard_by", ForeignKey("people.id")),
    Column("starts_at", Instant(), nullable=False),
    Column("ends_at", Instant()),
)

grants = Table(
    "grants",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", ForeignKey("towns.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("role", String(32), nullable=False),
    Column("village_id", ForeignKey("villages.id"), comment="empty: in the whole town"),
    Column("stands_in_for", ForeignKey("people.id"), comment="a deputy acts for this person until ends_at"),
    Column("starts_at", Instant()),
    Column("ends_at", Instant()),
    Index(None, "town_id", "role", "village_id"),
    Index(None, "person_id"),
)

duty = Table(
    "duty",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", ForeignKey("towns.id"), nullable=False),
    Column("village_id", ForeignKey("villages.id"), comment="empty: the duty of the town"),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("phone", Text, nullable=False, comment="a duty phone, never a private one without consent"),
    Column("weekdays", Json(), comment="ISO weekdays; empty: every day"),
    Column("starts_at", Instant(), comment="empty: always, until somebody is named for a time"),
    Column("ends_at", Instant()),
    Index(None, "town_id", "village_id"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", ForeignKey("towns.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("form", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("given_at", Instant(), nullable=False),
    Column("withdrawn_at", Instant()),
)

person_values = Table(
    "person_values",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", ForeignKey("towns.id"), nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Column("kind", String(32), nullable=False),
    Column("value", Text, comment="empty once erased; events and cases hold only the id"),
    Column("retention", String(16), nullable=False, comment="how long the value is kept: case | year | law"),
    Column("created_at", Instant(), nullable=False),
    Column("erased_at", Instant()),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", ID, primary_key=True, comment="the key of the effect everywhere: outTrackId, sourceId"),
    Column("key", String(200), nullable=False, unique=True, comment="the same effect asked for twice is one row"),
    Column("town_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("payload", Json(), nullable=False),
    Column("policy", String(16), nullable=False),
    Column("target", String(120), nullable=False, comment="order is kept per target"),
    Column("case_id", ID),
    Column("urgent", Boolean, nullable=False, server_default=sa.false()),
    Column("state", String(12), nullable=False, comment="ready | sending | done | failed | unknown | merged"),
    Column("not_before", Instant(), comment="business time"),
    Column("retry_at", Instant(), comment="machine time"),
    Column("lease_until", Instant(), comment="machine time; a lapsed lease is another's work"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("receipt", Json(), comment="what the platform answered"),
    Column("created_at", Instant(), nullable=False),
    Column("done_at", Instant()),
    Index(
        "ix_outbox_waiting",
        "target",
        "id",
        "not_before",
        "state",
        sqlite_where=text("state IN ('ready','sending')"),
        postgresql_where=text("state IN ('ready','sending')"),
    ),
    Index(
        "ix_outbox_urgent",
        "id",
        sqlite_where=text("urgent = 1 AND state IN ('ready','sending')"),
        postgresql_where=text("urgent AND state IN ('ready','sending')"),
    ),
    Index(
        "ix_outbox_once",
        "lease_until",
        sqlite_where=text("state = 'sending' AND policy = 'at_most_once'"),
        postgresql_where=text("state = 'sending' AND policy = 'at_most_once'"),
    ),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("args", Json(), nullable=False),
    Column("state", String(12), nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("lease_until", Instant()),
    Column("retry_at", Instant()),
    Column("error", Text),
    Column("created_at", Instant(), nullable=False),
    Column("done_at", Instant()),
    Index(
        "ix_jobs_waiting",
        "id",
        sqlite_where=text("state IN ('ready','running')"),
        postgresql_where=text("state IN ('ready','running')"),
    ),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", String(64), nullable=False),
    Column("actor_id", String(64), comment="empty: the system itself"),
    Column("person_id", String(64), comment="whose data"),
    Column("act", String(16), nullable=False, comment="read | changed | exported | erased"),
    Column("what", String(64), nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Instant(), nullable=False),
    Index(None, "town_id", "person_id", "at"),
)

spending = Table(
    "spending",
    metadata,
    Column("account_id", String(64), primary_key=True),
    Column("month", String(7), primary_key=True, comment="2026-11, in business time"),
    Column("api", Integer, nullable=False, server_default="0"),
    Column("push", Integer, nullable=False, server_default="0"),
    Column("refused_at", Instant(), comment="when the platform last said that a pool is empty"),
)

schema_floor = Table(
    "schema_floor",
    metadata,
    Column("revision", String(32), primary_key=True, comment="the oldest schema whose programs may run here"),
)
"""One row, raised by a migration that takes away what older programs use (`township/schema.py`)."""

for _watched in (villages, grants, duty):
    watch(_watched)
watch(people, KNOWN)
