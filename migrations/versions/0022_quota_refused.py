"""When the platform said that a month's pool is empty stands beside our own count of it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "spending", sa.Column("refused_at", sa.BigInteger(), comment="when the platform last said that a pool is empty")
    )


def downgrade() -> None:
    op.drop_column("spending", "refused_at")
