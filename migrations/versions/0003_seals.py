"""Papers, the seals of a town, their register (append-only), look-ups by code; and what a case and task decide on."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from workflows.seals.models import APPEND_ONLY

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "code_lookups",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column(
            "asker", sa.String(length=64), nullable=False, comment="hash of who asked: a person, a sender or an address"
        ),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="business time"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_lookups")),
    )
    with op.batch_alter_table("code_lookups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_code_lookups_asker_at"), ["asker", "at"], unique=False)

    op.create_table(
        "seals",
        sa.Column("id", sa.String(length=64), nullable=False, comment="village:<id>, or town:<id>"),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.Text(), nullable=False, comment="of the body whose seal it is"),
        sa.Column("seq", sa.Integer(), server_default="0", nullable=False, comment="lines of its register"),
        sa.Column("head", sa.String(length=64), nullable=False, comment="hash of the last line"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seals")),
    )
    op.create_table(
        "papers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.String(length=64), nullable=True),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("seal_id", sa.String(length=64), nullable=False),
        sa.Column("applicant_id", sa.String(length=64), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=False, comment="of the code with which it is verified"),
        sa.Column("sheet_ref", sa.String(length=32), nullable=False, comment="what it says, in person_values"),
        sa.Column(
            "digest", sa.String(length=64), nullable=False, comment="of what it says: this is what people approve"
        ),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column(
            "stamped", sa.Integer(), server_default="0", nullable=False, comment="copies that the custodian sealed"
        ),
        sa.Column(
            "state",
            sa.String(length=12),
            nullable=False,
            comment="draft | frozen | sealing | doubt | sealed | void | revoked",
        ),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column(
            "pickup_hash",
            sa.String(length=64),
            nullable=True,
            comment="of the code with which it is fetched at the counter",
        ),
        sa.Column("pickup_until", sa.BigInteger(), nullable=True),
        sa.Column("sealed_at", sa.BigInteger(), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), server_default="", nullable=False),
        sa.Column("serial", sa.Text(), server_default="", nullable=False, comment="of the certificate that signed"),
        sa.Column("demo", sa.Boolean(), nullable=False, comment="for show: worth nothing"),
        sa.Column(
            "replaced_by",
            sa.String(length=32),
            nullable=True,
            comment="a later paper of the same kind for the same purpose",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_papers_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_papers_code_hash")),
    )
    with op.batch_alter_table("papers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_papers_applicant_id"), ["applicant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_papers_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "uq_papers_case_live",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('draft','frozen','sealing','doubt')"),
            postgresql_where=sa.text("state IN ('draft','frozen','sealing','doubt')"),
        )

    op.create_table(
        "paper_parts",
        sa.Column("paper_id", sa.String(length=32), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False, comment="applicant | checker | approver | custodian"),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="of what this person saw"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_paper_parts_paper_id")),
        sa.PrimaryKeyConstraint("paper_id", "part", "person_id", name=op.f("pk_paper_parts")),
    )
    op.create_table(
        "register_lines",
        sa.Column("seal_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False, comment="sealed | revoked | superseded"),
        sa.Column("paper_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("purpose_ref", sa.String(length=32), nullable=False, comment="in person_values"),
        sa.Column("receiver_ref", sa.String(length=32), nullable=False),
        sa.Column("applicant_id", sa.String(length=64), nullable=True),
        sa.Column("checkers", sa.JSON(), nullable=False),
        sa.Column("approvers", sa.JSON(), nullable=False),
        sa.Column("custodian_id", sa.String(length=64), nullable=True),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("serial", sa.Text(), server_default="", nullable=False),
        sa.Column("file_sha256", sa.String(length=64), server_default="", nullable=False),
        sa.Column(
            "photo_sha256",
            sa.String(length=64),
            server_default="",
            nullable=False,
            comment="of a photo of the stamped paper, if any",
        ),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_register_lines_paper_id")),
        sa.ForeignKeyConstraint(["seal_id"], ["seals.id"], name=op.f("fk_register_lines_seal_id")),
        sa.PrimaryKeyConstraint("seal_id", "seq", name=op.f("pk_register_lines")),
        sa.UniqueConstraint("paper_id", "state", name=op.f("uq_register_lines_paper_id_state")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "about",
                sa.String(length=64),
                server_default="",
                nullable=False,
                comment="hash of the paper that is decided on",
            )
        )

    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "about",
                sa.String(length=64),
                server_default="",
                nullable=False,
                comment="hash of the paper when it was given",
            )
        )
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_column("about")

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_column("about")

    op.drop_table("register_lines")
    op.drop_table("paper_parts")
    with op.batch_alter_table("papers", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_papers_case_live",
            sqlite_where=sa.text("state IN ('draft','frozen','sealing','doubt')"),
            postgresql_where=sa.text("state IN ('draft','frozen','sealing','doubt')"),
        )
        batch_op.drop_index(batch_op.f("ix_papers_case_id"))
        batch_op.drop_index(batch_op.f("ix_papers_applicant_id"))

    op.drop_table("papers")
    op.drop_table("seals")
    with op.batch_alter_table("code_lookups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_code_lookups_asker_at"))

    op.drop_table("code_lookups")
