"""The ceiling of opening a case: the very rows that one of ours leaves, written by hand through the bare driver.

Same tables and indexes, same values except for fresh identifiers; no rules, no checks, nothing read or made: one
transaction, one statement a row.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, Protocol

from township.ids import new_id
from township.models import outbox, person_values
from workflows import models

COUNT = f"UPDATE {models.counters.name} SET value = value + 1"
OWN = frozenset(
    {
        models.cases.c.id, models.cases.c.number, models.case_keys.c.key, models.tasks.c.id, models.tasks.c.code,
        person_values.c.id, outbox.c.id, outbox.c.key,
    }
)  # fmt: skip
"""What must be new in every case."""
Stored = tuple[Any, dict[str, Any]]
"""A table, and a row of it."""


class Driver(Protocol):
    """A connection of sqlite3 or psycopg, outside of any transaction."""

    def execute(self, statement: str, values: Any = ..., /) -> Any:
        """Run a statement."""


def rows_of(connection: sqlite3.Connection, case_id: str) -> list[Stored]:
    """Read the rows that opening a case has left, as they are stored."""
    (case,) = _stored(connection, models.cases, "id", case_id)
    found = [case]
    for table in (models.case_events, models.case_keys, models.case_people, models.clocks, models.tasks, outbox):
        found += _stored(connection, table, "case_id", case_id)
    for value in json.loads(case[1]["fields"]).values():
        if isinstance(value, dict) and "ref" in value:
            found += _stored(connection, person_values, "id", value["ref"])
    return found


def _stored(connection: sqlite3.Connection, table: Any, column: str, value: str) -> list[Stored]:
    names = [one.name for one in table.c]
    found = connection.execute(f"SELECT {', '.join(names)} FROM {table.name} WHERE {column} = ?", (value,))
    return [(table, dict(zip(names, row, strict=True))) for row in found]


class Bare:
    """Writes the same rows again and again, under new identifiers."""

    def __init__(self, connection: Driver, rows: Sequence[Stored], *, mark: str, begin: str) -> None:
        self._connection, self._begin = connection, begin
        self._lines = [(_insert(table, row, mark), _typed(table, row)) for table, row in rows]
        own = {row[column.name]: column for table, row in rows for column in OWN if column.table is table}
        self._codes = {value for value, column in own.items() if column is models.tasks.c.code}
        self._ids = set(own) - self._codes
        self._n = 0

    def once(self) -> None:
        """Write one case and commit it."""
        self.several(1)

    def several(self, number: int) -> None:
        """Write so many cases in one commit."""
        execute = self._connection.execute
        execute(self._begin)
        for _ in range(number):
            self._n += 1
            fresh = {old: new_id() for old in self._ids} | dict.fromkeys(self._codes, f"{self._n:08}")
            execute(COUNT)
            for line, values in self._lines:
                execute(line, [fresh.get(value, value) if type(value) is str else value for value in values])
        execute("COMMIT")


def _insert(table: Any, row: dict[str, Any], mark: str) -> str:
    return f"INSERT INTO {table.name} ({', '.join(row)}) VALUES ({', '.join([mark] * len(row))})"


def _typed(table: Any, row: dict[str, Any]) -> list[Any]:
    """SQLite keeps truth values as numbers; either driver takes them as what they are."""
    return [
        bool(value) if table.c[name].type.python_type is bool and value is not None else value
        for name, value in row.items()
    ]
