"""Ties between cases; whoever was given a task stands among the people of a case; whole years of a calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_ties",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("other_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False, comment="same | merged | related"),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.String(length=64), comment="empty: found by place, time and words"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_ties_case_id_cases")),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name=op.f("fk_case_ties_other_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "other_id", "kind", name=op.f("pk_case_ties")),
    )
    op.create_index(op.f("ix_case_ties_other_id"), "case_ties", ["other_id"])
    op.add_column(
        "calendar_days",
        sa.Column(
            "whole_year",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="the official table of its year is here",
        ),
    )
    op.execute("UPDATE case_people SET opened_at = (SELECT opened_at FROM cases WHERE cases.id = case_people.case_id)")
    op.execute(
        "INSERT INTO case_people (case_id, person_id, part, town_id, opened_at) "
        "SELECT DISTINCT tasks.case_id, tasks.person_id, 'tasked', tasks.town_id, cases.opened_at "
        "FROM tasks JOIN cases ON cases.id = tasks.case_id"
    )


def downgrade() -> None:
    op.drop_column("calendar_days", "whole_year")
    op.execute("DELETE FROM case_people WHERE part = 'tasked'")
    op.drop_index(op.f("ix_case_ties_other_id"), table_name="case_ties")
    op.drop_table("case_ties")
