"""What is taken of things, times and lines by which case, and one row for each of them that is locked to count."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "supplies",
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.String(length=64), nullable=False, comment="empty where the whole town has one"),
        sa.Column("skill", sa.String(length=64), nullable=False),
        sa.Column("thing", sa.String(length=64), nullable=False, comment="the field it is booked by; of a line: queue"),
        sa.Column("part", sa.String(length=64), nullable=False, comment="an option; empty where there is only one"),
        sa.Column(
            "last", sa.Integer(), nullable=False, server_default="0", comment="the last number of the line today"
        ),
        sa.Column("paused_at", sa.BigInteger(), comment="since when a line stands still"),
        sa.PrimaryKeyConstraint("town_id", "village_id", "skill", "thing", "part", name=op.f("pk_supplies")),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.String(length=64), nullable=False),
        sa.Column("skill", sa.String(length=64), nullable=False),
        sa.Column("thing", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False, comment="held | lost | waiting | called | over"),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column(
            "back", sa.Integer(), nullable=False, server_default="0", comment="how many of them came back so far"
        ),
        sa.Column("begins", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), comment="empty: it does not come back"),
        sa.Column("number", sa.Integer(), nullable=False, server_default="0", comment="what was drawn in a line"),
        sa.Column("rank", sa.Integer(), nullable=False, server_default="0", comment="the order in a line"),
        sa.Column("missed", sa.Integer(), nullable=False, server_default="0", comment="how often the turn went by"),
        sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false(), comment="that the turn is near"),
        sa.Column("called_at", sa.BigInteger()),
        sa.Column("over_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )
    op.create_index("ix_bookings_case", "bookings", ["case_id"])
    op.create_index(
        "ix_bookings_taken",
        "bookings",
        ["town_id", "skill", "thing", "village_id", "part"],
        sqlite_where=sa.text("state <> 'over'"),
        postgresql_where=sa.text("state <> 'over'"),
    )
    op.create_index("ix_bookings_over", "bookings", ["town_id", "skill", "over_at"])


def downgrade() -> None:
    op.drop_table("bookings")
    op.drop_table("supplies")
