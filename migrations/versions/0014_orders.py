"""Work orders of other systems: what their columns mean, and which case each order became."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "order_systems",
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False, comment="as the clerk calls it: 12345"),
        sa.Column("head", sa.JSON(), nullable=False, comment="names of the columns, in the order of the system"),
        sa.Column(
            "meanings", sa.JSON(), nullable=False, comment="what a column holds, by its name; said or recognised"
        ),
        sa.Column(
            "style", sa.JSON(), nullable=False, comment="how outcomes are written there, learnt from a filled sheet"
        ),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(length=64)),
        sa.PrimaryKeyConstraint("town_id", "name", name=op.f("pk_order_systems")),
    )
    op.create_table(
        "orders",
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("system", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False, comment="of the order in its system"),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("row_ref", sa.String(length=32), nullable=False, comment="its cells, as JSON"),
        sa.Column("brought_at", sa.BigInteger(), nullable=False),
        sa.Column("brought_by", sa.String(length=64)),
        sa.Column("filled_at", sa.BigInteger(), comment="when its outcome was last written back"),
        sa.PrimaryKeyConstraint("town_id", "system", "number", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_case", "orders", ["case_id"])


def downgrade() -> None:
    op.drop_table("orders")
    op.drop_table("order_systems")
