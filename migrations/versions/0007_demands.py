"""Who still asks for proofs that no village issues: bodies, never persons."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demands",
        sa.Column("id", sa.String(length=32), nullable=False, comment="drawn by lot: it tells no time"),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("paper", sa.String(length=8), nullable=False, comment="id of the row in the policy"),
        sa.Column("body", sa.Text(), server_default="", nullable=False, comment="of a closed list; empty: not said"),
        sa.Column(
            "insisted",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="the town was asked to write to it",
        ),
        sa.Column("policy", sa.Integer(), nullable=False, comment="version of the policy"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demands")),
    )
    op.create_index(op.f("ix_demands_town_id_on_day"), "demands", ["town_id", "on_day"])


def downgrade() -> None:
    op.drop_table("demands")
