"""The table of rounds: when each service that comes round opens its cases next."""

from sqlalchemy import Column, String, Table

from township.db import Instant, metadata

rounds = Table(
    "rounds",
    metadata,
    Column("town_id", String(64), primary_key=True),
    Column("skill", String(64), primary_key=True),
    Column("every", String(64), nullable=False, comment="as the service says it; another one is planned anew"),
    Column("nominal_at", Instant(), nullable=False, comment="as the rule has it, before days off move it"),
    Column("next_at", Instant(), comment="when its cases are opened; empty: never again"),
    Column("last_at", Instant(), comment="when those of the round before were"),
)
