"""Sheets of facts wait for a second person; who was told an old rule is a row."""

import sqlalchemy as sa
from alembic import op

import township.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "answers_given",
        sa.Column("group_id", sa.String(length=64), comment="the group that heard it; NULL: the person alone"),
    )
    op.create_table(
        "fact_sheets",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=32), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column(
            "rows", township.db.Json(), nullable=False, comment="the good rows of the sheet, as they will be stored"
        ),
        sa.Column("state", sa.String(length=12), nullable=False, comment="draft, in_force or discarded"),
        sa.Column("brought_by", sa.String(length=64), nullable=False),
        sa.Column("brought_at", township.db.Instant(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), comment="never the person who brought it"),
        sa.Column("decided_at", township.db.Instant()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_sheets")),
    )
    op.create_index(op.f("ix_fact_sheets_town_id"), "fact_sheets", ["town_id"])
    op.create_table(
        "retold",
        sa.Column("town_id", sa.String(length=32), nullable=False),
        sa.Column(
            "subject", sa.String(length=40), nullable=False, comment="fact:<id> or clause:<id>: what was told and ended"
        ),
        sa.Column("target", sa.String(length=80), nullable=False, comment="person:<id> or group:<id>"),
        sa.Column(
            "way", sa.String(length=8), nullable=False, comment="message, phone or none (nobody needs to be told)"
        ),
        sa.Column("by_id", sa.String(length=64), comment="who had it told"),
        sa.Column("at", township.db.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "subject", "target", name=op.f("pk_retold")),
    )


def downgrade() -> None:
    op.drop_table("retold")
    op.drop_index(op.f("ix_fact_sheets_town_id"), table_name="fact_sheets")
    op.drop_table("fact_sheets")
    with op.batch_alter_table("answers_given") as batch:
        batch.drop_column("group_id")
