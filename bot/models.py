"""The tables of the talk: what came in, and the conversations it belongs to."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, text

from township.db import Instant, Json, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", String(300), nullable=False, unique=True, comment="account, conversation, and in a group the sender"),
    Column("account_id", String(64), nullable=False),
    Column("town_id", String(64), nullable=False),
    Column("open_id", Text, nullable=False, comment="conversationId of the platform"),
    Column("is_group", Boolean, nullable=False),
    Column("group_id", String(64)),
    Column("person_id", String(64), comment="who speaks here, when known"),
    Column("sender_id", Text, nullable=False, server_default=""),
    Column("staff_id", Text, nullable=False, server_default=""),
    Column("webhook", Text, nullable=False, server_default=""),
    Column("webhook_until", Instant()),
    Column(
        "state", Json(), nullable=False, server_default="{}", comment="where the talk stands: dialogue/conversations.py"
    ),
    Column("lease_owner", String(32)),
    Column("lease_until", Instant(), comment="machine time"),
    Index("ix_conversations_person", "person_id"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", String(200), primary_key=True, comment="account and message id: a repeat stops here"),
    Column("conversation_id", String(32), nullable=False),
    Column("payload", Json(), nullable=False),
    Column("state", String(8), nullable=False, comment="new | done | failed"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("received_at", Instant(), nullable=False, comment="business time; every deadline starts here"),
    Column("done_at", Instant()),
    Index("ix_inbox_new", "received_at", sqlite_where=text("state = 'new'"), postgresql_where=text("state = 'new'")),
    Index(
        "ix_inbox_waiting",
        "conversation_id",
        "received_at",
        sqlite_where=text("state = 'new'"),
        postgresql_where=text("state = 'new'"),
    ),
)

cards = Table(
    "cards",
    metadata,
    Column("id", String(32), primary_key=True, comment="outTrackId: the outbox row that showed it"),
    Column("town_id", String(64), nullable=False),
    Column("account_id", String(64), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("case_id", String(32), nullable=False),
    Column("task_id", String(32), nullable=False),
    Column("face", String(12), nullable=False, comment="card | actioncard | text"),
    Column("shown", Json(), nullable=False, comment="what it shows now"),
    Column("asking", Json(), comment="an action tapped here that still needs a word from its person"),
    Index("ix_cards_case", "case_id"),
    Index("ix_cards_person", "person_id"),
)

last_said = Table(
    "last_said",
    metadata,
    Column("key", String(400), primary_key=True, comment="told:<person>, or ring:<month>:<group>"),
    Column("town_id", String(64), nullable=False),
    Column("at", Instant(), nullable=False, comment="business time"),
)
"""When something was last said that must not be said again soon; a restart asks the rows."""

events = Table(
    "events",
    metadata,
    Column("id", String(200), primary_key=True, comment="account and event id"),
    Column("account_id", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("data", Json(), nullable=False),
    Column("state", String(8), nullable=False),
    Column("received_at", Instant(), nullable=False),
)
