"""The tables of the circle: posts, their photos, what was done to them, who reported one, and the days of digests.

What a post says stands in `person_values` of the ground, so that it can be erased; here is its reference. Who decided
what stands in the events of the post's case.
"""

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, text

from township.db import Instant, Json, metadata

ID = String(32)
TOWN = String(64)
PERSON = String(64)
_SHOWN = text("state = 'published'")

posts = Table(
    "circle_posts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("village_id", String(64), nullable=False, comment="whose circle it stands in: nobody else sees it"),
    Column("author_id", PERSON, nullable=False),
    Column("key", String(200), nullable=False, comment="of the message: posted twice is posted once"),
    Column("category", String(32), nullable=False),
    Column("text_ref", ID, nullable=False),
    Column("anonymous", Boolean, nullable=False, comment="to neighbours; who looks at held posts sees the name"),
    Column("state", String(12), nullable=False),
    Column("reasons", Json(), nullable=False, comment="codes, the gravest first"),
    Column("question", String(12), nullable=False, server_default="", comment="mask | report: its author is asked"),
    Column("asked_at", Instant()),
    Column("case_id", ID, comment="in which somebody looks at it, the last one"),
    Column("report_case_id", ID, comment="the matter that it became with its author's consent"),
    Column("posted_at", Instant(), nullable=False),
    Column("published_at", Instant()),
    Column("ended_at", Instant()),
    Column("told_on", Date, comment="the day of the digest that named it"),
    Column("wiped_at", Instant(), comment="its words and photos are gone"),
    sa.UniqueConstraint("town_id", "key"),
    Index("ix_circle_posts_wall", "village_id", "published_at", "id", sqlite_where=_SHOWN, postgresql_where=_SHOWN),
    Index("ix_circle_posts_author", "author_id", "posted_at"),
    Index("ix_circle_posts_case", "case_id"),
)  # fmt: skip

photos = Table(
    "circle_photos",
    metadata,
    Column("post_id", ForeignKey("circle_posts.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("original", String(64), comment="as it was sent; emptied once it is drawn anew"),
    Column("sha256", String(64), comment="drawn anew: this one is shown"),
    Column("problem", String(32), nullable=False, server_default="", comment="why it cannot be shown"),
)

acts = Table(
    "circle_acts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("village_id", String(64), nullable=False),
    Column("post_id", ForeignKey("circle_posts.id"), nullable=False),
    Column("act", String(12), nullable=False),
    Column("reason", String(24), nullable=False, server_default=""),
    Column("by_part", String(16), nullable=False, comment="in which part, never who"),
    Column("rules", String(16), nullable=False, server_default="", comment="version of the rules"),
    Column("at", Instant(), nullable=False),
    Index("ix_circle_acts_month", "town_id", "at"),
)  # fmt: skip

reports = Table(
    "circle_reports",
    metadata,
    Column("post_id", ForeignKey("circle_posts.id"), primary_key=True),
    Column("person_id", PERSON, primary_key=True, comment="who asked for a look; its author never learns who"),
    Column("town_id", TOWN, nullable=False),
    Column("at", Instant(), nullable=False),
)

digests = Table(
    "circle_digests",
    metadata,
    Column("village_id", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("count", Integer, nullable=False),
    Column("at", Instant(), nullable=False),
)
