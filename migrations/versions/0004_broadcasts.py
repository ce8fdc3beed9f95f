"""Tables of broadcasts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import township.db

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTANT = township.db.Instant()
WAITING = sa.text("state = 'waiting'")
PLANNED = sa.text("next_at IS NOT NULL")
UNREAD = sa.text("state = 'delivered' AND read_at IS NULL")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("editor_id", sa.String(length=64), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False, comment="who speaks: a village or the town"),
        sa.Column("level", sa.String(length=12), nullable=False, comment="urgent | important | daily | leisure"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("zones", township.db.Json(), nullable=False, comment="villages by id"),
        sa.Column("minute", INSTANT, nullable=True, comment="business time; empty: as soon as it is approved"),
        sa.Column("rule", sa.Text(), server_default="", nullable=False, comment="RFC 5545 with its start; empty: once"),
        sa.Column("skips_days_off", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="of what was shown to whoever approves"),
        sa.Column("approvals", township.db.Json(), nullable=False, comment="[person, moment, digest], in order"),
        sa.Column("state", sa.String(length=12), nullable=False, comment="waiting | set | sent | over"),
        sa.Column("next_at", INSTANT, nullable=True, comment="the next minute, once it is approved"),
        sa.Column("lapses_at", INSTANT, nullable=False, comment="unapproved by then, it is over"),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_broadcasts_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sa.UniqueConstraint("case_id", name=op.f("uq_broadcasts_case_id")),
    )
    _index("ix_broadcasts_next", "broadcasts", ["next_at"], PLANNED)
    _index("ix_broadcasts_waiting", "broadcasts", ["lapses_at"], WAITING)
    op.create_index(op.f("ix_broadcasts_town_id_created_at"), "broadcasts", ["town_id", "created_at"], unique=False)
    op.create_table(
        "broadcast_sendings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("broadcast_id", sa.String(length=32), nullable=False),
        sa.Column("occurs_at", INSTANT, nullable=False, comment="the minute that it belongs to"),
        sa.Column("village_id", sa.String(length=64), nullable=False),
        sa.Column(
            "attempt", sa.Integer(), nullable=False, comment="1, and one more each time that a person has it sent again"
        ),
        sa.Column("group_id", sa.String(length=64), nullable=True, comment="empty: the village has no group"),
        sa.Column("due_at", INSTANT, nullable=False, comment="from when it counts as late"),
        sa.Column(
            "state",
            sa.String(length=12),
            nullable=False,
            comment="waiting | delivered | failed | unknown | no_group",
        ),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column(
            "query",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="processQueryKey, for counting who has read it",
        ),
        sa.Column("reads", sa.Integer(), nullable=True),
        sa.Column(
            "members", sa.Integer(), nullable=True, comment="people of the village with an account, when it was counted"
        ),
        sa.Column("read_at", INSTANT, nullable=True, comment="when it was counted; empty: not yet"),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcasts.id"], name=op.f("fk_broadcast_sendings_broadcast_id_broadcasts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_sendings")),
        sa.UniqueConstraint(
            "broadcast_id",
            "occurs_at",
            "village_id",
            "attempt",
            name=op.f("uq_broadcast_sendings_broadcast_id_occurs_at_village_id_attempt"),
        ),
    )
    op.create_index("ix_broadcast_sendings_village", "broadcast_sendings", ["village_id", "occurs_at"], unique=False)
    _index("ix_broadcast_sendings_unread", "broadcast_sendings", ["done_at"], UNREAD)


def _index(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("broadcast_sendings")
    op.drop_table("broadcasts")
