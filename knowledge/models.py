"""The tables of knowledge: what the township was told, in which version, cut into clauses, and what it answered.

Rows are the truth. Word index and vector collections are caches beside the database, rebuilt from these rows.
"""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from township.db import Instant, Json, metadata


class Level(StrEnum):
    """How near to the villager a document was issued; `NEAREST_FIRST` is the order in which rules are taken."""

    village = "village"
    town = "town"
    county = "county"
    city = "city"
    province = "province"
    nation = "nation"


NEAREST_FIRST = (Level.village, Level.town, Level.county, Level.city, Level.province, Level.nation)


class VersionState(StrEnum):
    """The life of a version: a draft waits for a second person; dates decide within `in_force`."""

    draft = "draft"
    in_force = "in_force"
    replaced = "replaced"
    repealed = "repealed"


#: What may be cited, as of its dates.
APPROVED = (VersionState.in_force, VersionState.replaced, VersionState.repealed)

#: The first and the last day when a document names none.
ALWAYS, FOREVER = date(1, 1, 1), date(9999, 12, 31)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True, comment="digest of town and source_key: stable over re-ingest"),
    sa.Column("town_id", sa.String(32), index=True, comment="NULL: shared by all towns (statutes)"),
    sa.Column("source_key", sa.String(200), nullable=False, comment="the source's own name for it: path, doc_id"),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("doc_no", sa.String(80), nullable=False, default="", comment="number given by its issuer, or empty"),
    sa.Column("issuer", sa.String(200), nullable=False, default=""),
    sa.Column("level", sa.String(12), nullable=False),
    sa.Column("issued_on", sa.Date),
    sa.Column("audience", sa.String(12), nullable=False, comment="public, resident or cadre"),
    sa.Column("village_id", sa.String(32), comment="NULL: the whole town"),
    sa.Column("sample", sa.Boolean, nullable=False, default=False, comment="a sample of the invented town"),
    sa.Column("owner_id", sa.String(32), comment="the person who keeps it right"),
    sa.Column("created_at", Instant, nullable=False),
)

versions = sa.Table(
    "document_versions",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True, comment="digest of document and content_hash"),
    sa.Column("document_id", sa.ForeignKey("documents.id"), nullable=False, index=True),
    sa.Column("town_id", sa.String(32), index=True),
    sa.Column("content_hash", sa.String(64), nullable=False, comment="sha256 of the file, or of the source's rows"),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("in_force_from", sa.Date, comment="first day in force; NULL: since ever"),
    sa.Column("in_force_until", sa.Date, comment="last day in force; NULL: until replaced"),
    sa.Column("replaces_id", sa.ForeignKey("document_versions.id"), comment="the version that it replaced"),
    sa.Column("basis", Json(), nullable=False, default=dict, server_default="{}", comment="where its dates are from"),
    sa.Column("warned_on", sa.Date, comment="the day on which its keeper was told that it runs out"),
    sa.Column("file_path", sa.Text, comment="the stored original, relative to the data folder"),
    sa.Column("file_name", sa.Text, nullable=False, default=""),
    sa.Column("ingested_at", Instant, nullable=False),
    sa.Column("ingested_by", sa.String(32)),
    sa.Column("approved_at", Instant),
    sa.Column("approved_by", sa.String(32), comment="never the person who ingested it"),
    sa.UniqueConstraint("document_id", "content_hash"),
)

clauses = sa.Table(
    "clauses",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True, comment="digest of version and path: stable over re-ingest"),
    sa.Column("version_id", sa.ForeignKey("document_versions.id"), nullable=False),
    sa.Column("town_id", sa.String(32), index=True),
    sa.Column("position", sa.Integer, nullable=False, comment="order within the version, from 1"),
    sa.Column("path", sa.String(200), nullable=False, comment="unique within the version: headings and number"),
    sa.Column("chapter", sa.Text, nullable=False, default=""),
    sa.Column("number", sa.String(80), nullable=False, default="", comment="as printed; empty in free text"),
    sa.Column("page", sa.Integer),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("text_hash", sa.String(64), nullable=False, index=True, comment="of what is embedded"),
    sa.UniqueConstraint("version_id", "position"),
    sa.UniqueConstraint("version_id", "path"),
)

amendments = sa.Table(
    "amendments",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True, comment="digest of version and position"),
    sa.Column("version_id", sa.ForeignKey("document_versions.id"), nullable=False, index=True, comment="who says so"),
    sa.Column("town_id", sa.String(32), index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(8), nullable=False, comment="ends or amends"),
    sa.Column("title", sa.Text, nullable=False, default="", comment="the document named, as written"),
    sa.Column("doc_no", sa.String(80), nullable=False, default=""),
    sa.Column("said", sa.Text, nullable=False, default="", comment="the sentence"),
    sa.Column("starts", sa.Date, comment="first day of it; NULL: when its own document begins"),
    sa.Column("target_id", sa.ForeignKey("document_versions.id"), comment="the version found; NULL: none"),
    sa.Column("result_id", sa.ForeignKey("document_versions.id"), comment="the version that the amendment makes"),
    sa.Column("changes", Json(), nullable=False, comment="number, before, after"),
    sa.Column("problem", sa.String(40), nullable=False, default="", comment="why nothing is done; empty: it is done"),
    sa.Column("about", sa.Text, nullable=False, default="", comment="what the problem is about"),
    sa.Column("settled_at", Instant),
    sa.Column("settled_by", sa.String(32)),
)

contradictions = sa.Table(
    "contradictions",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True, comment="digest of town, both texts and numbers"),
    sa.Column("town_id", sa.String(32), nullable=False, index=True),
    sa.Column("first_id", sa.String(32), nullable=False, comment="a clause"),
    sa.Column("second_id", sa.String(32), nullable=False, comment="a clause of another document"),
    sa.Column("kind", sa.String(12), nullable=False, comment="money, age, span, phone, date and the like"),
    sa.Column("first_says", sa.Text, nullable=False),
    sa.Column("second_says", sa.Text, nullable=False),
    sa.Column("likeness", sa.Float, nullable=False),
    sa.Column("is_local", sa.Boolean, nullable=False, comment="other village, level or audience: perhaps meant so"),
    sa.Column("state", sa.String(8), nullable=False, comment="open, kept (a person: no contradiction) or gone"),
    sa.Column("found_at", Instant, nullable=False),
    sa.Column("settled_at", Instant),
    sa.Column("settled_by", sa.String(32)),
)

vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("text_hash", sa.String(64), primary_key=True),
    sa.Column("embedder", sa.String(80), primary_key=True, comment="name of the embedder, its weights included"),
    sa.Column("vector", sa.LargeBinary, nullable=False, comment="float16, little endian, unit length"),
)

facts = sa.Table(
    "facts",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True, comment="digest of town, fact_key and answer"),
    sa.Column("town_id", sa.String(32), nullable=False, index=True),
    sa.Column("fact_key", sa.String(200), nullable=False, comment="the first way of asking"),
    sa.Column("questions", Json(), nullable=False, comment="ways of asking, the first is shown"),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False, default="", comment="what it rests on"),
    sa.Column("owner", sa.String(80), nullable=False, default="", comment="person, role or office that keeps it right"),
    sa.Column("audience", sa.String(12), nullable=False),
    sa.Column("village_id", sa.String(32), comment="NULL: the whole town"),
    sa.Column("valid_until", sa.Date, comment="last day; NULL: no end known"),
    sa.Column("last_checked", sa.Date),
    sa.Column("sample", sa.Boolean, nullable=False, default=False),
    sa.Column("state", sa.String(12), nullable=False, comment="draft, in_force or replaced"),
    sa.Column("updated_at", Instant, nullable=False),
)

answers_given = sa.Table(
    "answers_given",
    metadata,
    sa.Column("message_id", sa.String(80), primary_key=True, comment="the message that asked"),
    sa.Column("position", sa.Integer, primary_key=True, comment="several questions in one message, from 1"),
    sa.Column("town_id", sa.String(32), nullable=False, index=True),
    sa.Column("person_id", sa.String(32), index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("clause_ids", Json(), nullable=False, comment="ids of the cited clauses: who was told the old rule"),
    sa.Column("fact_ids", Json(), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("group_id", sa.String(64), comment="the group that heard it; NULL: the person alone"),
)

fact_sheets = sa.Table(
    "fact_sheets",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("town_id", sa.String(32), nullable=False, index=True),
    sa.Column("file_name", sa.Text, nullable=False, default=""),
    sa.Column("rows", Json(), nullable=False, comment="the good rows of the sheet, as they will be stored"),
    sa.Column("state", sa.String(12), nullable=False, comment="draft, in_force or discarded"),
    sa.Column("brought_by", sa.String(64), nullable=False),
    sa.Column("brought_at", Instant, nullable=False),
    sa.Column("decided_by", sa.String(64), comment="never the person who brought it"),
    sa.Column("decided_at", Instant),
)

retold = sa.Table(
    "retold",
    metadata,
    sa.Column("town_id", sa.String(32), primary_key=True),
    sa.Column("subject", sa.String(40), primary_key=True, comment="fact:<id> or clause:<id>: what was told and ended"),
    sa.Column("target", sa.String(80), primary_key=True, comment="person:<id> or group:<id>"),
    sa.Column("way", sa.String(8), nullable=False, comment="message, phone or none (nobody needs to be told)"),
    sa.Column("by_id", sa.String(64), comment="who had it told"),
    sa.Column("at", Instant, nullable=False),
)

generations = sa.Table(
    "index_generations",
    metadata,
    sa.Column("partition", sa.String(120), primary_key=True, comment="a town, 'shared', or the vectors of an embedder"),
    sa.Column("generation", sa.Integer, nullable=False, comment="raised in the transaction that changed the rows"),
)

embedders = sa.Table(
    "embedders",
    metadata,
    sa.Column("name", sa.String(80), primary_key=True, comment="as in vectors: the embedder, its weights included"),
    sa.Column("setting", sa.Text, nullable=False, comment="what opens it again"),
    sa.Column("sealed_key", sa.LargeBinary, comment="API key of an endpoint, sealed by the vault"),
    sa.Column("dimensions", sa.Integer, nullable=False),
    sa.Column("state", sa.String(12), nullable=False, comment="filling, serving or retired"),
    sa.Column("since", Instant, nullable=False, comment="machine time of the last change of state"),
    sa.Column("held_by", sa.String(80), comment="host:pid:part that makes its vectors now"),
    sa.Column("held_until", Instant, comment="machine time; a holder that shows no sign loses it"),
)

file_reports = sa.Table(
    "file_reports",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True, comment="digest of town, folder and name"),
    sa.Column("town_id", sa.String(32), nullable=False, index=True),
    sa.Column("folder", sa.Text, nullable=False, comment="the folder that was taken in; empty: somebody sent the file"),
    sa.Column("name", sa.Text, nullable=False, comment="path within the folder, or archive and path within it"),
    sa.Column("document_id", sa.String(32), comment="what it became; NULL: it was not read, or is an archive"),
    sa.Column("clauses", sa.Integer, nullable=False),
    sa.Column("missing", Json(), nullable=False, comment="what it does not say of itself: fields of its front matter"),
    sa.Column("remarks", Json(), nullable=False, comment="code and pages: scans, scripts"),
    sa.Column("mistake", sa.String(40), nullable=False, default="", comment="why it was refused; empty: it was not"),
    sa.Column("mistake_values", Json(), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False, comment="of the file when it was read, in bytes"),
    sa.Column("changed", sa.BigInteger, nullable=False, comment="by the file's own clock, in nanoseconds"),
    sa.Column("way", sa.String(32), nullable=False, comment="digest of how it was read; read again when that differs"),
    sa.Column("at", Instant, nullable=False),
)
