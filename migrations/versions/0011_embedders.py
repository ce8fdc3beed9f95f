"""Which embedders a database has vectors of: one answers, another may be made ready meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "embedders",
        sa.Column(
            "name", sa.String(length=80), nullable=False, comment="as in vectors: the embedder, its weights included"
        ),
        sa.Column("setting", sa.Text(), nullable=False, comment="what opens it again"),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=True, comment="API key of an endpoint, sealed by the vault"),
        sa.Column("dimensions", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False, comment="filling, serving or retired"),
        sa.Column("since", sa.BigInteger(), nullable=False, comment="machine time of the last change of state"),
        sa.Column("held_by", sa.String(length=80), nullable=True, comment="host:pid:part that makes its vectors now"),
        sa.Column(
            "held_until",
            sa.BigInteger(),
            nullable=True,
            comment="machine time; a holder that shows no sign loses it",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_embedders")),
    )


def downgrade() -> None:
    op.drop_table("embedders")
