"""Questions that could not be answered, like ones gathered, and the answers that cadres wrote to them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_clusters",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="what is typed: K and this"),
        sa.Column(
            "clause_id",
            sa.String(length=32),
            nullable=True,
            comment="the nearest clause when the first of them was asked",
        ),
        sa.Column("near", sa.Text(), server_default="", nullable=False, comment="that clause as a citation"),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("aside_by", sa.String(length=64), nullable=True, comment="who said that this needs no answer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_clusters")),
        sa.UniqueConstraint("town_id", "number", name=op.f("uq_question_clusters_town_id_number")),
    )
    _drafts()
    _questions()


def _drafts() -> None:
    op.create_table(
        "answer_drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("cluster_id", sa.String(length=32), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False, comment="ways of asking, the first is shown"),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False, comment="what it rests on"),
        sa.Column("owner", sa.String(length=80), server_default="", nullable=False),
        sa.Column("village_id", sa.String(length=64), nullable=True, comment="NULL: the whole town"),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author_id", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("reviewer_id", sa.String(length=64), nullable=True, comment="never the author"),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False, comment="why it was sent back"),
        sa.Column("fact_id", sa.String(length=32), nullable=True, comment="the fact that it became"),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["question_clusters.id"], name=op.f("fk_answer_drafts_cluster_id_question_clusters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_drafts")),
    )
    for column in ("cluster_id", "fact_id", "town_id"):
        op.create_index(op.f(f"ix_answer_drafts_{column}"), "answer_drafts", [column])


def _questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False, comment="the message, its place in it, and the cause"),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("cluster_id", sa.String(length=32), nullable=True, comment="NULL: not gathered yet"),
        sa.Column("text", sa.Text(), nullable=False, comment="masked and bounded"),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column(
            "correction", sa.Text(), server_default="", nullable=False, comment="what the villager says is right"
        ),
        sa.Column(
            "about", sa.Text(), server_default="", nullable=False, comment="the answer that was disliked, in short"
        ),
        sa.Column("village_id", sa.String(length=64), nullable=True),
        sa.Column(
            "audience", sa.String(length=12), nullable=False, comment="for whom the talk was: public, resident or cadre"
        ),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True, comment="only to tell the answer, and to erase"),
        sa.Column("promised", sa.Boolean(), nullable=False, comment="the asker was told that an answer will come"),
        sa.Column("case_id", sa.String(length=32), nullable=True, comment="the case by which it was handed over"),
        sa.Column("embedder", sa.String(length=80), server_default="", nullable=False),
        sa.Column(
            "vector",
            sa.LargeBinary(),
            nullable=True,
            comment="float16, little endian, unit length; goes with the row",
        ),
        sa.Column("draft_id", sa.String(length=32), nullable=True, comment="the approved answer to it"),
        sa.Column("told_at", sa.BigInteger(), nullable=True, comment="when the asker had the answer"),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["question_clusters.id"], name=op.f("fk_questions_cluster_id_question_clusters")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["answer_drafts.id"], name=op.f("fk_questions_draft_id_answer_drafts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("key", name=op.f("uq_questions_key")),
    )
    for column in ("case_id", "cluster_id", "draft_id", "person_id"):
        op.create_index(op.f(f"ix_questions_{column}"), "questions", [column])
    op.create_index(op.f("ix_questions_town_id_on_day"), "questions", ["town_id", "on_day"])


def downgrade() -> None:
    op.drop_table("questions")
    op.drop_table("answer_drafts")
    op.drop_table("question_clusters")
