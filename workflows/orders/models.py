"""The tables of work orders: systems they come from with what their columns mean, and which case each order became.

The cells of an order name people: they stand in `person_values` of the ground, here is the reference.
"""

from sqlalchemy import Column, Index, String, Table

from township.db import Instant, Json, metadata

order_systems = Table(
    "order_systems",
    metadata,
    Column("town_id", String(64), primary_key=True),
    Column("name", String(64), primary_key=True, comment="as the clerk calls it: 12345"),
    Column("head", Json(), nullable=False, comment="names of the columns, in the order of the system"),
    Column("meanings", Json(), nullable=False, comment="what a column holds, by its name; said or recognised"),
    Column("style", Json(), nullable=False, comment="how outcomes are written there, learnt from a filled sheet"),
    Column("changed_at", Instant(), nullable=False),
    Column("changed_by", String(64)),
)

orders = Table(
    "orders",
    metadata,
    Column("town_id", String(64), primary_key=True),
    Column("system", String(64), primary_key=True),
    Column("number", String(120), primary_key=True, comment="of the order in its system"),
    Column("case_id", String(32), nullable=False),
    Column("row_ref", String(32), nullable=False, comment="its cells, as JSON"),
    Column("brought_at", Instant(), nullable=False),
    Column("brought_by", String(64)),
    Column("filled_at", Instant(), comment="when its outcome was last written back"),
    Index("ix_orders_case", "case_id"),
)
"""Each order is one row: brought twice, it is one case."""
