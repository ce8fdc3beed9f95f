"""The tables of what could not be answered: questions as they were asked, like ones gathered, and cadres' answers.

Words are masked before they come here; who asked stands only in `person_id`, so that an erased person takes hers along.
"""

from enum import StrEnum

import sqlalchemy as sa

from township.db import Instant, Json, metadata


class Cause(StrEnum):
    """Why a question is kept."""

    unanswered = "unanswered"
    disliked = "disliked"
    """It was answered, and who asked said that this is not it."""


class DraftState(StrEnum):
    """The life of a cadre's answer."""

    offered = "offered"
    """Given to one person by closing a case; nobody has said yet that it is for everybody."""
    waiting = "waiting"
    """For a second person."""
    approved = "approved"
    rejected = "rejected"
    withdrawn = "withdrawn"


clusters = sa.Table(
    "question_clusters",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("town_id", sa.String(64), nullable=False),
    sa.Column("number", sa.Integer, nullable=False, comment="what is typed: K and this"),
    sa.Column("clause_id", sa.String(32), comment="the nearest clause when the first of them was asked"),
    sa.Column("near", sa.Text, nullable=False, server_default="", comment="that clause as a citation"),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("aside_by", sa.String(64), comment="who said that this needs no answer"),
    sa.UniqueConstraint("town_id", "number"),
)

drafts = sa.Table(
    "answer_drafts",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("town_id", sa.String(64), nullable=False, index=True),
    sa.Column("cluster_id", sa.ForeignKey("question_clusters.id"), nullable=False, index=True),
    sa.Column("questions", Json(), nullable=False, comment="ways of asking, the first is shown"),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False, server_default="", comment="what it rests on"),
    sa.Column("owner", sa.String(80), nullable=False, server_default=""),
    sa.Column("village_id", sa.String(64), comment="NULL: the whole town"),
    sa.Column("valid_until", sa.Date, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("author_id", sa.String(64), nullable=False),
    sa.Column("written_at", Instant, nullable=False),
    sa.Column("reviewer_id", sa.String(64), comment="never the author"),
    sa.Column("reviewed_at", Instant),
    sa.Column("reason", sa.Text, nullable=False, server_default="", comment="why it was sent back"),
    sa.Column("fact_id", sa.String(32), index=True, comment="the fact that it became"),
)

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column(
        "key", sa.String(120), nullable=False, unique=True, comment="the message, its place in it, and the cause"
    ),
    sa.Column("town_id", sa.String(64), nullable=False),
    sa.Column("cluster_id", sa.ForeignKey("question_clusters.id"), comment="NULL: not gathered yet", index=True),
    sa.Column("text", sa.Text, nullable=False, comment="masked and bounded"),
    sa.Column("cause", sa.String(12), nullable=False),
    sa.Column("correction", sa.Text, nullable=False, server_default="", comment="what the villager says is right"),
    sa.Column("about", sa.Text, nullable=False, server_default="", comment="the answer that was disliked, in short"),
    sa.Column("village_id", sa.String(64)),
    sa.Column("audience", sa.String(12), nullable=False, comment="for whom the talk was: public, resident or cadre"),
    sa.Column("on_day", sa.Date, nullable=False),
    sa.Column("person_id", sa.String(64), index=True, comment="only to tell the answer, and to erase"),
    sa.Column("promised", sa.Boolean, nullable=False, comment="the asker was told that an answer will come"),
    sa.Column("case_id", sa.String(32), index=True, comment="the case by which it was handed over"),
    sa.Column("embedder", sa.String(80), nullable=False, server_default=""),
    sa.Column("vector", sa.LargeBinary, comment="float16, little endian, unit length; goes with the row"),
    sa.Column("draft_id", sa.ForeignKey("answer_drafts.id"), index=True, comment="the approved answer to it"),
    sa.Column("told_at", Instant, comment="when the asker had the answer"),
    sa.Index(None, "town_id", "on_day"),
)
