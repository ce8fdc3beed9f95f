"""Work that was passed on to somebody outside: one row an address, good for one answer."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column(
            "id", sa.String(length=8), nullable=False, comment="the first half of the address; the other half signs it"
        ),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column(
            "task_id",
            sa.String(length=32),
            nullable=False,
            comment="of whoever passed it on; once it is over nothing opens",
        ),
        sa.Column("given_by", sa.String(length=64), nullable=False),
        sa.Column(
            "doer_ref", sa.String(length=32), nullable=False, comment="who does it, as was said; in person_values"
        ),
        sa.Column("state", sa.String(length=12), nullable=False, comment="given | used | taken_back"),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger()),
        sa.Column(
            "action", sa.String(length=64), server_default="", nullable=False, comment="with which it was answered"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_handovers_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index(op.f("ix_handovers_task_id"), "handovers", ["task_id"])
    op.create_index(op.f("ix_handovers_case_id"), "handovers", ["case_id"])


def downgrade() -> None:
    op.drop_table("handovers")
