"""The table of what is shown to everybody for a time (公示): the lines as they were shown, and their hash."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, text

from township.db import Instant, Json, metadata

showings = Table(
    "showings",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("town_id", String(64), nullable=False),
    Column("village_id", String(64)),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("skill", String(64), nullable=False),
    Column("stage", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("lines", Json(), nullable=False, comment="[name of the field, what was shown], masked: nothing else was"),
    Column("sha256", String(64), nullable=False, comment="of town, number, title, lines and the moment"),
    Column("begun_at", Instant(), nullable=False),
    Column("told_at", Instant(), comment="when the village's group heard of it"),
    Column("ended_at", Instant()),
    Index("ix_showings_open", "town_id", "begun_at", sqlite_where=text("ended_at IS NULL"),
          postgresql_where=text("ended_at IS NULL")),
    Index(None, "case_id"),
)  # fmt: skip
