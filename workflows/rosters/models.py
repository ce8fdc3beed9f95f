"""The tables of rosters: the sheet that a service last got, and each of its rows with the case it became.

The cells of a row name people: they stand in `person_values` of the ground, here is the reference.
"""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from township.db import Instant, Json, metadata

rosters = Table(
    "rosters",
    metadata,
    Column("town_id", String(64), primary_key=True),
    Column("skill", String(64), primary_key=True),
    Column("head", Json(), nullable=False, comment="names of the columns, in the order of the sheet"),
    Column("file", Text, nullable=False),
    Column("brought_at", Instant(), nullable=False),
    Column("brought_by", String(64)),
)

roster_rows = Table(
    "roster_rows",
    metadata,
    Column("town_id", String(64), primary_key=True),
    Column("skill", String(64), primary_key=True),
    Column("key", String(64), primary_key=True, comment="hash of what a row is known by"),
    Column("village_id", String(64), nullable=False),
    Column("number", Integer, nullable=False, comment="in its village; it stays, also on paper"),
    Column("case_id", String(32), comment="of the row, or of its last round; empty: nothing was left to be done"),
    Column("row_ref", String(32), nullable=False, comment="its cells, as JSON"),
    Column("place", Integer, nullable=False, comment="in the sheet that was brought last"),
    Column("missed", Integer, nullable=False, server_default="0", comment="rounds running that failed here"),
    Column("round_at", Instant(), comment="the round for which its case was opened last"),
    Column("brought_at", Instant(), nullable=False),
    Index("ix_roster_rows_case", "case_id"),
    Index("ix_roster_rows_place", "town_id", "skill", "village_id", "number"),
)
"""Each row is one: brought twice, it is one case."""
