"""What is committed when a soak is over, read from either engine by plain SQL that both understand."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from township.db import Database, Tx

Row = Sequence[Any]
WAITING = """
SELECT (SELECT count(*) FROM inbox WHERE state = 'new')
     + (SELECT count(*) FROM outbox WHERE state = 'sending' OR (state = 'ready' AND not_before IS NULL))
"""

REFUSED = """
SELECT target, CAST(receipt AS TEXT), staff_id FROM outbox
LEFT JOIN conversations ON target = 'conversation:' || conversations.id WHERE outbox.state = 'failed'
"""
PLATFORM = ("not_reached", "310000", "notAllowed")
"""Codes with which the platform refuses a person or words for good."""


class Rows:
    """The rows of a town, read only."""

    def __init__(self, database: str) -> None:
        self._db = Database(database)

    def close(self) -> None:
        """Let go of the database."""
        self._db.close_now()

    def all(self, query: str) -> list[Row]:
        """Return what a query finds."""

        def read(tx: Tx) -> list[Row]:
            return [tuple(row) for row in tx.exec_driver_sql(query)]

        return self._db.read_now(read)

    def count(self, query: str) -> int:
        """Return the one number that a query finds."""
        return int(self.all(query)[0][0])

    def named(self, query: str) -> dict[str, Any]:
        """Return what a query finds, its second column by its first."""
        return {str(row[0]): row[1] for row in self.all(query)}

    def waiting(self) -> int:
        """Count what still has to be answered or sent, what waits for its time apart."""
        return self.count(WAITING)

    def unreached(self) -> Counter[str]:
        """Count what the platform said it will not bring to somebody, even in other words; by the person."""
        rows = self.all(REFUSED)
        found = [staff or target for target, why, staff in rows if any(word in str(why) for word in PLATFORM)]
        return Counter(str(one).rpartition(":")[2] for one in found)

    def cases(self, skill: str) -> dict[str, str]:
        """Return who spoke, by the number of each case of a service."""
        return self.named(f"SELECT number, spoke_id FROM cases WHERE skill = '{skill}'")
