"""What is committed when a soak is over, read from either engine by plain SQL that both understand."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Row = Sequence[Any]


class Rows:
    """The rows of a town, read only."""

    def __init__(self, database: str) -> None:
        self._database = database

    def all(self, query: str) -> list[Row]:
        """Return what a query finds."""
        if self._database.startswith("sqlite:///"):
            path = Path(self._database.removeprefix("sqlite:///"))
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as rows:
                return list(rows.execute(query).fetchall())
        import psycopg  # an extra: only who soaks PostgreSQL has it

        with psycopg.connect(self._database) as connection:
            return list(connection.execute(query.encode()).fetchall())

    def count(self, query: str) -> int:
        """Return the one number that a query finds."""
        return int(self.all(query)[0][0])

    def waiting(self) -> int:
        """Count what still has to be answered or sent."""
        messages = self.count("SELECT count(*) FROM inbox WHERE state = 'new'")
        return messages + self.count(
            "SELECT count(*) FROM outbox WHERE state = 'sending' OR (state = 'ready' AND not_before IS NULL)"
        )

    def cases(self, skill: str) -> dict[str, str]:
        """Return who spoke, by the number of each case of a service."""
        found = self.all(f"SELECT number, spoke_id FROM cases WHERE skill = '{skill}'")
        return {str(number): str(spoke) for number, spoke in found}
