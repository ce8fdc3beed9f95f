"""When something was last said is a row: a restart neither splits notices nor asks twice to ring."""

import sqlalchemy as sa
from alembic import op

import township.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "last_said",
        sa.Column("key", sa.String(length=400), nullable=False, comment="told:<person>, or ring:<month>:<group>"),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("at", township.db.Instant(), nullable=False, comment="business time"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_last_said")),
    )


def downgrade() -> None:
    op.drop_table("last_said")
