"""Rosters and their rows, when what comes round begins next, and what is shown to everybody for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rosters()
    op.create_table(
        "rounds",
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("skill", sa.String(length=64), nullable=False),
        sa.Column(
            "every", sa.String(length=64), nullable=False, comment="as the service says it; another one is planned anew"
        ),
        sa.Column("nominal_at", sa.BigInteger(), nullable=False, comment="as the rule has it, before days off move it"),
        sa.Column("next_at", sa.BigInteger(), comment="when its cases are opened; empty: never again"),
        sa.Column("last_at", sa.BigInteger(), comment="when those of the round before were"),
        sa.PrimaryKeyConstraint("town_id", "skill", name=op.f("pk_rounds")),
    )
    _showings()


def _rosters() -> None:
    op.create_table(
        "rosters",
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("skill", sa.String(length=64), nullable=False),
        sa.Column("head", sa.JSON(), nullable=False, comment="names of the columns, in the order of the sheet"),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("brought_at", sa.BigInteger(), nullable=False),
        sa.Column("brought_by", sa.String(length=64)),
        sa.PrimaryKeyConstraint("town_id", "skill", name=op.f("pk_rosters")),
    )
    op.create_table(
        "roster_rows",
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("skill", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False, comment="hash of what a row is known by"),
        sa.Column("village_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="in its village; it stays, also on paper"),
        sa.Column(
            "case_id",
            sa.String(length=32),
            comment="of the row, or of its last round; empty: nothing was left to be done",
        ),
        sa.Column("row_ref", sa.String(length=32), nullable=False, comment="its cells, as JSON"),
        sa.Column("place", sa.Integer(), nullable=False, comment="in the sheet that was brought last"),
        sa.Column(
            "missed", sa.Integer(), server_default="0", nullable=False, comment="rounds running that failed here"
        ),
        sa.Column("round_at", sa.BigInteger(), comment="the round for which its case was opened last"),
        sa.Column("brought_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "skill", "key", name=op.f("pk_roster_rows")),
    )
    op.create_index("ix_roster_rows_case", "roster_rows", ["case_id"])
    op.create_index("ix_roster_rows_place", "roster_rows", ["town_id", "skill", "village_id", "number"])


def _showings() -> None:
    op.create_table(
        "showings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.String(length=64)),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("skill", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "lines", sa.JSON(), nullable=False, comment="[name of the field, what was shown], masked: nothing else was"
        ),
        sa.Column(
            "sha256", sa.String(length=64), nullable=False, comment="of town, number, title, lines and the moment"
        ),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), comment="when the village's group heard of it"),
        sa.Column("ended_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_showings_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_showings")),
    )
    op.create_index(op.f("ix_showings_case_id"), "showings", ["case_id"])
    still = sa.text("ended_at IS NULL")
    op.create_index("ix_showings_open", "showings", ["town_id", "begun_at"], sqlite_where=still, postgresql_where=still)


def downgrade() -> None:
    for table in ("showings", "rounds", "roster_rows", "rosters"):
        op.drop_table(table)
