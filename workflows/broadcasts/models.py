"""The tables of broadcasts: what was ordered and approved, and what became of it in each group at each occurrence."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from township.db import Instant, Json, metadata
from workflows.models import ID, PERSON, TOWN, _where

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("case_id", ForeignKey("cases.id"), nullable=False, unique=True),
    Column("editor_id", PERSON, nullable=False),
    Column("issuer", Text, nullable=False, comment="who speaks: a village or the town"),
    Column("level", String(12), nullable=False, comment="urgent | important | daily | leisure"),
    Column("text", Text, nullable=False),
    Column("zones", Json(), nullable=False, comment="villages by id"),
    Column("minute", Instant(), comment="business time; empty: as soon as it is approved"),
    Column("rule", Text, nullable=False, server_default="", comment="RFC 5545 with its start; empty: once"),
    Column("skips_days_off", Boolean, nullable=False),
    Column("digest", String(64), nullable=False, comment="of what was shown to whoever approves"),
    Column("approvals", Json(), nullable=False, comment="[person, moment, digest], in order"),
    Column("state", String(12), nullable=False, comment="waiting | set | sent | over"),
    Column("next_at", Instant(), comment="the next minute, once it is approved"),
    Column("lapses_at", Instant(), nullable=False, comment="unapproved by then, it is over"),
    Column("created_at", Instant(), nullable=False),
    Index("ix_broadcasts_next", "next_at", **_where("next_at IS NOT NULL")),
    Index("ix_broadcasts_waiting", "lapses_at", **_where("state = 'waiting'")),
    Index(None, "town_id", "created_at"),
)

broadcast_sendings = Table(
    "broadcast_sendings",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("broadcast_id", ForeignKey("broadcasts.id"), nullable=False),
    Column("occurs_at", Instant(), nullable=False, comment="the minute that it belongs to"),
    Column("village_id", String(64), nullable=False),
    Column("attempt", Integer, nullable=False, comment="1, and one more each time that a person has it sent again"),
    Column("group_id", String(64), comment="empty: the village has no group"),
    Column("due_at", Instant(), nullable=False, comment="from when it counts as late"),
    Column("state", String(12), nullable=False, comment="waiting | delivered | failed | unknown | no_group"),
    Column("why", Text, nullable=False, server_default=""),
    Column("done_at", Instant()),
    Column("query", Text, nullable=False, server_default="", comment="processQueryKey, for counting who has read it"),
    Column("reads", Integer),
    Column("members", Integer, comment="people of the village with an account, when it was counted"),
    Column("read_at", Instant(), comment="when it was counted; empty: not yet"),
    UniqueConstraint("broadcast_id", "occurs_at", "village_id", "attempt"),
    Index("ix_broadcast_sendings_village", "village_id", "occurs_at"),
    Index("ix_broadcast_sendings_unread", "done_at", **_where("state = 'delivered' AND read_at IS NULL")),
)
