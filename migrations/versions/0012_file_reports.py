"""What became of each file that was brought, and by what a scan knows it again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_reports",
        sa.Column("id", sa.String(length=32), nullable=False, comment="digest of town, folder and name"),
        sa.Column("town_id", sa.String(length=32), nullable=False),
        sa.Column(
            "folder", sa.Text(), nullable=False, comment="the folder that was taken in; empty: somebody sent the file"
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="path within the folder, or archive and path within it"),
        sa.Column(
            "document_id", sa.String(length=32), comment="what it became; NULL: it was not read, or is an archive"
        ),
        sa.Column("clauses", sa.Integer(), nullable=False),
        sa.Column(
            "missing", sa.JSON(), nullable=False, comment="what it does not say of itself: fields of its front matter"
        ),
        sa.Column("remarks", sa.JSON(), nullable=False, comment="code and pages: scans, scripts"),
        sa.Column("mistake", sa.String(length=40), nullable=False, comment="why it was refused; empty: it was not"),
        sa.Column("mistake_values", sa.JSON(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="of the file when it was read, in bytes"),
        sa.Column("changed", sa.BigInteger(), nullable=False, comment="by the file's own clock, in nanoseconds"),
        sa.Column(
            "way",
            sa.String(length=32),
            nullable=False,
            comment="digest of how it was read; read again when that differs",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_reports")),
    )
    op.create_index(op.f("ix_file_reports_town_id"), "file_reports", ["town_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_file_reports_town_id"), table_name="file_reports")
    op.drop_table("file_reports")
