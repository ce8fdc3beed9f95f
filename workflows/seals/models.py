"""The tables of seals: papers and who had which part in them, the seals of a town, their register, look-ups by code.

The register is only ever added to: triggers on both engines refuse anything else. What a paper says about a person
stands in `person_values` of the ground; here are its hash and a reference.
"""

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from township.db import Instant, Json, metadata

ID = String(32)
TOWN = String(64)
PERSON = String(64)
SHA256 = String(64)

LIVE = "state IN ('draft','frozen','sealing','doubt')"

papers = Table(
    "papers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("village_id", String(64)),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("seal_id", String(64), nullable=False),
    Column("applicant_id", PERSON),
    Column("code_hash", SHA256, nullable=False, unique=True, comment="of the code with which it is verified"),
    Column("sheet_ref", ID, nullable=False, comment="what it says, in person_values"),
    Column("digest", SHA256, nullable=False, comment="of what it says: this is what people approve"),
    Column("copies", Integer, nullable=False),
    Column("stamped", Integer, nullable=False, server_default="0", comment="copies that the custodian sealed"),
    Column("state", String(12), nullable=False, comment="draft | frozen | sealing | doubt | sealed | void | revoked"),
    Column("drawn_on", Date, nullable=False),
    Column("valid_until", Date),
    Column("pickup_hash", SHA256, comment="of the code with which it is fetched at the counter"),
    Column("pickup_until", Instant()),
    Column("sealed_at", Instant()),
    Column("file_sha256", SHA256, nullable=False, server_default=""),
    Column("serial", Text, nullable=False, server_default="", comment="of the certificate that signed"),
    Column("demo", Boolean, nullable=False, comment="for show: worth nothing"),
    Column("replaced_by", ID, comment="a later paper of the same kind for the same purpose"),
    Index("uq_papers_case_live", "case_id", unique=True, sqlite_where=text(LIVE), postgresql_where=text(LIVE)),
    Index(None, "case_id"),
    Index(None, "applicant_id"),
)

paper_parts = Table(
    "paper_parts",
    metadata,
    Column("paper_id", ForeignKey("papers.id"), primary_key=True),
    Column("part", String(16), primary_key=True, comment="applicant | checker | approver | custodian"),
    Column("person_id", PERSON, primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("digest", SHA256, nullable=False, comment="of what this person saw"),
    Column("at", Instant(), nullable=False),
)

seals = Table(
    "seals",
    metadata,
    Column("id", String(64), primary_key=True, comment="village:<id>, or town:<id>"),
    Column("town_id", TOWN, nullable=False),
    Column("village_id", String(64)),
    Column("name", Text, nullable=False, comment="of the body whose seal it is"),
    Column("seq", Integer, nullable=False, server_default="0", comment="lines of its register"),
    Column("head", SHA256, nullable=False, comment="hash of the last line"),
)

register_lines = Table(
    "register_lines",
    metadata,
    Column("seal_id", ForeignKey("seals.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("town_id", TOWN, nullable=False),
    Column("at", Instant(), nullable=False),
    Column("state", String(12), nullable=False, comment="sealed | revoked | superseded"),
    Column("paper_id", ForeignKey("papers.id"), nullable=False),
    Column("case_id", ID, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("purpose_ref", ID, nullable=False, comment="in person_values"),
    Column("receiver_ref", ID, nullable=False),
    Column("applicant_id", PERSON),
    Column("checkers", Json(), nullable=False),
    Column("approvers", Json(), nullable=False),
    Column("custodian_id", PERSON),
    Column("copies", Integer, nullable=False),
    Column("digest", SHA256, nullable=False),
    Column("serial", Text, nullable=False, server_default=""),
    Column("file_sha256", SHA256, nullable=False, server_default=""),
    Column(
        "photo_sha256", SHA256, nullable=False, server_default="", comment="of a photo of the stamped paper, if any"
    ),
    Column("prev", SHA256, nullable=False),
    Column("hash", SHA256, nullable=False),
    UniqueConstraint("paper_id", "state"),
)

code_lookups = Table(
    "code_lookups",
    metadata,
    Column("id", ID, primary_key=True),
    Column("asker", String(64), nullable=False, comment="hash of who asked: a person, a sender or an address"),
    Column("at", Instant(), nullable=False, comment="business time"),
    Index(None, "asker", "at"),
)

demands = Table(
    "demands",
    metadata,
    Column("id", ID, primary_key=True, comment="drawn by lot: it tells no time"),
    Column("town_id", TOWN, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("paper", String(8), nullable=False, comment="id of the row in the policy"),
    Column("body", Text, nullable=False, server_default="", comment="of a closed list; empty: not said"),
    Column("insisted", Boolean, nullable=False, server_default=sa.false(), comment="the town was asked to write to it"),
    Column("policy", Integer, nullable=False, comment="version of the policy"),
    Index(None, "town_id", "on_day"),
)

APPEND_ONLY_SQLITE = tuple(
    f"CREATE TRIGGER register_lines_no_{verb.lower()} BEFORE {verb} ON register_lines "
    "BEGIN SELECT RAISE(ABORT, 'register_lines is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
APPEND_ONLY_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION register_lines_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'register_lines is append-only'; END $$",
    "CREATE TRIGGER register_lines_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON register_lines "
    "FOR EACH STATEMENT EXECUTE FUNCTION register_lines_append_only()",
)
APPEND_ONLY = {"sqlite": APPEND_ONLY_SQLITE, "postgresql": APPEND_ONLY_POSTGRESQL}


@sa.event.listens_for(register_lines, "after_create")
def _append_only(_table: object, connection: sa.Connection, **_options: object) -> None:
    for statement in APPEND_ONLY[connection.dialect.name]:
        connection.exec_driver_sql(statement)
