"""The tables of bookings: what is taken of which supply by which case, and one row a supply that is locked to count."""

import sqlalchemy as sa
from sqlalchemy import Column, Index, Integer, String, Table, text

from township.db import Instant, metadata

supplies = Table(
    "supplies",
    metadata,
    Column("town_id", String(64), primary_key=True),
    Column("village_id", String(64), primary_key=True, comment="empty where the whole town has one"),
    Column("skill", String(64), primary_key=True),
    Column("thing", String(64), primary_key=True, comment="the field it is booked by; of a line: queue"),
    Column("part", String(64), primary_key=True, comment="an option; empty where there is only one"),
    Column("last", Integer, nullable=False, server_default="0", comment="the last number of the line today"),
    Column("paused_at", Instant(), comment="since when a line stands still"),
)

bookings = Table(
    "bookings",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("town_id", String(64), nullable=False),
    Column("village_id", String(64), nullable=False),
    Column("skill", String(64), nullable=False),
    Column("thing", String(64), nullable=False),
    Column("part", String(64), nullable=False),
    Column("case_id", String(32), nullable=False),
    Column("state", String(8), nullable=False, comment="held | lost | waiting | called | over"),
    Column("amount", Integer, nullable=False),
    Column("back", Integer, nullable=False, server_default="0", comment="how many of them came back so far"),
    Column("begins", Instant(), nullable=False),
    Column("ends", Instant(), comment="empty: it does not come back"),
    Column("number", Integer, nullable=False, server_default="0", comment="what was drawn in a line"),
    Column("rank", Integer, nullable=False, server_default="0", comment="the order in a line"),
    Column("missed", Integer, nullable=False, server_default="0", comment="how often the turn went by"),
    Column("told", sa.Boolean, nullable=False, server_default=sa.false(), comment="that the turn is near"),
    Column("called_at", Instant()),
    Column("over_at", Instant()),
    Index("ix_bookings_case", "case_id"),
    Index(
        "ix_bookings_taken", "town_id", "skill", "thing", "village_id", "part",
        sqlite_where=text("state <> 'over'"), postgresql_where=text("state <> 'over'"),
    ),
    Index("ix_bookings_over", "town_id", "skill", "over_at"),
)  # fmt: skip
