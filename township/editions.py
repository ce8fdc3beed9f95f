"""Editions of what seldom changes: who holds which office, the services in force, the calendar of a town.

Every change of a watched table gives the next edition another mark, by a trigger and in the same transaction, whoever
makes it. What was read under a mark is true for as long as the mark stands, so it is kept in the process.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Column, String, Table

from township.db import Tx, metadata
from township.statements import Statement

T = TypeVar("T")
MARKS = 8
"""So many editions are kept: one for each database of a process and some that are going."""
MOST = 20_000
"""So many things are kept of one."""

editions = Table(
    "editions",
    metadata,
    Column("what", String(16), primary_key=True),
    Column("mark", String(32), nullable=False, comment="drawn anew with every change"),
)
TOWN = "town"

DRAWN = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "md5(gen_random_uuid()::text)"}
FIRST = f"INSERT INTO editions (what, mark) VALUES ('{TOWN}', {{drawn}})"
NEXT = f"UPDATE editions SET mark = {{drawn}} WHERE what = '{TOWN}'"
ANY = ("INSERT", "UPDATE", "DELETE")
KNOWN = ("UPDATE", "DELETE")
"""Of a table whose new rows say nothing about what was read before."""


class Edition:
    """What was read under one mark; without a mark nothing is kept."""

    def __init__(self, mark: str | None) -> None:
        self._kept = _of(mark) if mark else None

    def get(self, key: Hashable) -> Any:
        """What was kept; None if nothing was."""
        return None if self._kept is None else self._kept.get(key)

    def put(self, key: Hashable, value: object) -> None:
        """Keep something that was read under this mark; it is shared and never changed."""
        if self._kept is not None:
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = value

    def keep(self, key: Hashable, read: Callable[[], T]) -> T:
        """Read something once; what is kept is not None."""
        found: T | None = self.get(key)
        if found is None:
            found = read()
            self.put(key, found)
        return found


def edition(tx: Tx) -> Edition:
    """Find the edition that stands."""
    return Edition(_MARK.scalar(tx))


def mark() -> sa.ScalarSelect[str]:
    """The mark that stands, to be read on the way of another statement."""
    return sa.select(editions.c.mark).where(editions.c.what == sa.literal_column(f"'{TOWN}'")).scalar_subquery()


_MARK = Statement(sa.select(mark().label("mark")))


def watch(table: Table, verbs: tuple[str, ...] = ANY) -> Table:
    """Let changes of a table make a new edition; the table is returned."""

    def triggered(_table: object, connection: sa.Connection, **_options: object) -> None:
        for statement in triggers(connection.dialect.name, table.name, verbs):
            connection.exec_driver_sql(statement)

    sa.event.listen(table, "after_create", triggered)
    return table


def triggers(dialect: str, table: str, verbs: tuple[str, ...] = ANY) -> tuple[str, ...]:
    """The statements that let changes of a table make a new edition: once a statement, where the engine can do that."""
    change = NEXT.format(drawn=DRAWN[dialect])
    if dialect == "sqlite":
        return tuple(
            f"CREATE TRIGGER editions_{table}_{verb.lower()} AFTER {verb} ON {table} BEGIN {change}; END"
            for verb in verbs
        )
    return (
        "CREATE OR REPLACE FUNCTION next_edition() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {change}; RETURN NULL; END $$",
        f"CREATE TRIGGER editions_{table} AFTER {' OR '.join(verbs)} OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION next_edition()",
    )


@sa.event.listens_for(editions, "after_create")
def _first(_table: object, connection: sa.Connection, **_options: object) -> None:
    connection.exec_driver_sql(FIRST.format(drawn=DRAWN[connection.dialect.name]))


def _of(mark: str) -> dict[Hashable, Any]:
    found = _editions.get(mark)
    if found is None:
        while len(_editions) >= MARKS:
            _editions.pop(next(iter(_editions), ""), None)
        found = _editions.setdefault(mark, {})
    return found


_editions: dict[str, dict[Hashable, Any]] = {}
