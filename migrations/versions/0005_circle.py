"""The neighbours' circle: posts, their photos, what was done to them, who reported one, and the days of digests."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables."""
    _posts()
    op.create_table(
        "circle_photos",
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column(
            "original", sa.String(length=64), nullable=True, comment="as it was sent; emptied once it is drawn anew"
        ),
        sa.Column("sha256", sa.String(length=64), nullable=True, comment="drawn anew: this one is shown"),
        sa.Column("problem", sa.String(length=32), server_default="", nullable=False, comment="why it cannot be shown"),
        sa.ForeignKeyConstraint(["post_id"], ["circle_posts.id"], name=op.f("fk_circle_photos_post_id_circle_posts")),
        sa.PrimaryKeyConstraint("post_id", "n", name=op.f("pk_circle_photos")),
    )
    _acts()
    op.create_table(
        "circle_reports",
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column(
            "person_id",
            sa.String(length=64),
            nullable=False,
            comment="who asked for a look; its author never learns who",
        ),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["circle_posts.id"], name=op.f("fk_circle_reports_post_id_circle_posts")),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_circle_reports")),
    )
    op.create_table(
        "circle_digests",
        sa.Column("village_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("village_id", "day", name=op.f("pk_circle_digests")),
    )


def _posts() -> None:
    op.create_table(
        "circle_posts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column(
            "village_id", sa.String(length=64), nullable=False, comment="whose circle it stands in: nobody else sees it"
        ),
        sa.Column("author_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False, comment="of the message: posted twice is posted once"),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("text_ref", sa.String(length=32), nullable=False),
        sa.Column(
            "anonymous", sa.Boolean(), nullable=False, comment="to neighbours; who looks at held posts sees the name"
        ),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False, comment="codes, the gravest first"),
        sa.Column(
            "question",
            sa.String(length=12),
            server_default="",
            nullable=False,
            comment="mask | report: its author is asked",
        ),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "case_id", sa.String(length=32), nullable=True, comment="in which somebody looks at it, the last one"
        ),
        sa.Column(
            "report_case_id",
            sa.String(length=32),
            nullable=True,
            comment="the matter that it became with its author's consent",
        ),
        sa.Column("posted_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True, comment="the day of the digest that named it"),
        sa.Column("wiped_at", sa.BigInteger(), nullable=True, comment="its words and photos are gone"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_posts")),
        sa.UniqueConstraint("town_id", "key", name=op.f("uq_circle_posts_town_id_key")),
    )
    is_shown = sa.text("state = 'published'")
    with op.batch_alter_table("circle_posts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_circle_posts_wall",
            ["village_id", "published_at", "id"],
            unique=False,
            sqlite_where=is_shown,
            postgresql_where=is_shown,
        )
        batch_op.create_index("ix_circle_posts_author", ["author_id", "posted_at"], unique=False)
        batch_op.create_index("ix_circle_posts_case", ["case_id"], unique=False)


def _acts() -> None:
    op.create_table(
        "circle_acts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.String(length=64), nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=24), server_default="", nullable=False),
        sa.Column(
            "by_part",
            sa.String(length=16),
            nullable=False,
            comment="in which part, never who",
        ),
        sa.Column("rules", sa.String(length=16), server_default="", nullable=False, comment="version of the rules"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["circle_posts.id"], name=op.f("fk_circle_acts_post_id_circle_posts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_acts")),
    )
    with op.batch_alter_table("circle_acts", schema=None) as batch_op:
        batch_op.create_index("ix_circle_acts_month", ["town_id", "at"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("circle_digests", "circle_reports", "circle_acts", "circle_photos", "circle_posts"):
        op.drop_table(table)
