"""Where the dates of a version are from; what documents do to others; contradictions."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "document_versions",
        sa.Column("basis", sa.JSON(), server_default="{}", nullable=False, comment="where its dates are from"),
    )
    op.add_column(
        "document_versions",
        sa.Column("warned_on", sa.Date(), comment="the day on which its keeper was told that it runs out"),
    )
    op.create_table(
        "amendments",
        sa.Column("id", sa.String(length=32), nullable=False, comment="digest of version and position"),
        sa.Column("version_id", sa.String(length=32), nullable=False, comment="who says so"),
        sa.Column("town_id", sa.String(length=32)),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False, comment="ends or amends"),
        sa.Column("title", sa.Text(), nullable=False, comment="the document named, as written"),
        sa.Column("doc_no", sa.String(length=80), nullable=False),
        sa.Column("said", sa.Text(), nullable=False, comment="the sentence"),
        sa.Column("starts", sa.Date(), comment="first day of it; NULL: when its own document begins"),
        sa.Column("target_id", sa.String(length=32), comment="the version found; NULL: none"),
        sa.Column("result_id", sa.String(length=32), comment="the version that the amendment makes"),
        sa.Column("changes", sa.JSON(), nullable=False, comment="number, before, after"),
        sa.Column("problem", sa.String(length=40), nullable=False, comment="why nothing is done; empty: it is done"),
        sa.Column("about", sa.Text(), nullable=False, comment="what the problem is about"),
        sa.Column("settled_at", sa.BigInteger()),
        sa.Column("settled_by", sa.String(length=32)),
        *(
            sa.ForeignKeyConstraint([name], ["document_versions.id"], name=op.f(f"fk_amendments_{name}"))
            for name in ("version_id", "target_id", "result_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendments")),
    )
    op.create_index(op.f("ix_amendments_version_id"), "amendments", ["version_id"])
    op.create_index(op.f("ix_amendments_town_id"), "amendments", ["town_id"])
    op.create_table(
        "contradictions",
        sa.Column("id", sa.String(length=32), nullable=False, comment="digest of town, both texts and numbers"),
        sa.Column("town_id", sa.String(length=32), nullable=False),
        sa.Column("first_id", sa.String(length=32), nullable=False, comment="a clause"),
        sa.Column("second_id", sa.String(length=32), nullable=False, comment="a clause of another document"),
        sa.Column("kind", sa.String(length=12), nullable=False, comment="money, age, span, phone, date and the like"),
        sa.Column("first_says", sa.Text(), nullable=False),
        sa.Column("second_says", sa.Text(), nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False),
        sa.Column(
            "is_local", sa.Boolean(), nullable=False, comment="other village, level or audience: perhaps meant so"
        ),
        sa.Column(
            "state", sa.String(length=8), nullable=False, comment="open, kept (a person: no contradiction) or gone"
        ),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger()),
        sa.Column("settled_by", sa.String(length=32)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contradictions")),
    )
    op.create_index(op.f("ix_contradictions_town_id"), "contradictions", ["town_id"])


def downgrade() -> None:
    op.drop_table("contradictions")
    op.drop_table("amendments")
    with op.batch_alter_table("document_versions") as versions:
        versions.drop_column("warned_on")
        versions.drop_column("basis")
