"""The table of what was passed on to somebody outside: one row an address, good for one answer."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from township.db import Instant, metadata

handovers = Table(
    "handovers",
    metadata,
    Column("id", String(8), primary_key=True, comment="the first half of the address; the other half signs it"),
    Column("town_id", String(64), nullable=False),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("task_id", String(32), nullable=False, comment="of whoever passed it on; once it is over nothing opens"),
    Column("given_by", String(64), nullable=False),
    Column("doer_ref", String(32), nullable=False, comment="who does it, as was said; in person_values"),
    Column("state", String(12), nullable=False, comment="given | used | taken_back"),
    Column("given_at", Instant(), nullable=False),
    Column("until", Instant(), nullable=False),
    Column("used_at", Instant()),
    Column("action", String(64), nullable=False, server_default="", comment="with which it was answered"),
    Index(None, "task_id"),
    Index(None, "case_id"),
)
