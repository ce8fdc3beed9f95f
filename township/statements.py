"""Statements of the busy paths: built and compiled once, and on SQLite handed straight to the driver.

What SQLAlchemy does around a statement costs ten times what SQLite does in it. Values are bound and read by the same
types either way; on PostgreSQL, where the way to the server costs most, a statement goes the usual way.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect, RowMapping

Row = Mapping[str, Any] | RowMapping
"""One row by column name."""


def driver(tx: Connection) -> Any:
    """Return the driver's own connection of a transaction."""
    connection: Any = tx.connection
    return connection.driver_connection


@contextmanager
def savepoint(tx: Connection) -> Iterator[None]:
    """Take back what the block has written if it raises."""
    if tx.dialect.name != "sqlite":
        with tx.begin_nested():
            yield
        return
    execute = driver(tx).execute
    execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        execute("ROLLBACK TO part")
        raise
    finally:
        execute("RELEASE part")


class Statement:
    """One statement with `bindparam` places: made when the module is loaded, run with values by name.

    `names`: the columns that an INSERT is given. A place made with `expanding=True` takes a list, for `IN`.
    """

    def __init__(self, built: Any, names: Sequence[str] | None = None) -> None:
        self._built = built
        self._names = names
        self._compiled: _Compiled | None = None

    def rows(self, tx: Connection, **values: Any) -> Sequence[Row]:
        """Run it and return all rows, by column name."""
        if tx.dialect.name != "sqlite":
            return tx.execute(self._built, values).mappings().all()
        compiled = self._for(tx.dialect)
        return compiled.read(compiled.execute(driver(tx), values).fetchall())

    def first(self, tx: Connection, **values: Any) -> Row | None:
        """Run it and return its first row."""
        rows = self.rows(tx, **values)
        return rows[0] if rows else None

    def scalars(self, tx: Connection, **values: Any) -> Sequence[Any]:
        """Run it and return the first column of all rows."""
        return [next(iter(row.values())) for row in self.rows(tx, **values)]

    def scalar(self, tx: Connection, **values: Any) -> Any:
        """Run it and return the first column of the first row; None without a row."""
        return next(iter(self.scalars(tx, **values)), None)

    def run(self, tx: Connection, **values: Any) -> int:
        """Run it for what it changes; returns how many rows."""
        if tx.dialect.name != "sqlite":
            return tx.execute(self._built, values).rowcount
        return int(self._for(tx.dialect).execute(driver(tx), values).rowcount)

    def run_all(self, tx: Connection, several: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each set of values."""
        if not several:
            return
        if tx.dialect.name != "sqlite":
            tx.execute(self._built, several)
            return
        compiled = self._for(tx.dialect)
        driver(tx).executemany(compiled.text, [compiled.bind(values) for values in several])

    def _for(self, dialect: Dialect) -> "_Compiled":
        if self._compiled is None:
            self._compiled = _Compiled(self._built, self._names, dialect)
        return self._compiled


class _Compiled:
    """A statement as SQLite takes it: its text, how each place is bound, how each column is read."""

    def __init__(self, built: Any, names: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = built.compile(dialect=dialect, column_keys=names)
        binds = {name: compiled.binds[name] for name in compiled.positiontup}
        self.text = str(compiled)
        self._order = [
            (name, binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in compiled.positiontup
        ]
        self._fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
        self._lists = [name for name, bind in binds.items() if bind.expanding]
        columns = built.exported_columns
        self._columns = [(one.key, one.type.dialect_impl(dialect).result_processor(dialect, None)) for one in columns]

    def execute(self, connection: Any, values: Mapping[str, Any]) -> Any:
        """Run it, and return the driver's cursor."""
        return connection.execute(self._spread(values) if self._lists else self.text, self.bind(values))

    def bind(self, values: Mapping[str, Any]) -> list[Any]:
        """Put values into their places."""
        given = {**self._fixed, **values} if self._fixed else values
        if not self._lists:
            return [process(given[name]) if process else given[name] for name, process in self._order]
        bound: list[Any] = []
        for name, process in self._order:
            several = given[name] if name in self._lists else (given[name],)
            bound += map(process, several) if process else several
        return bound

    def read(self, found: Sequence[Sequence[Any]]) -> list[Row]:
        """Turn what the driver found into rows."""
        columns = self._columns
        return [
            {name: process(value) if process else value for (name, process), value in zip(columns, row, strict=True)}
            for row in found
        ]

    def _spread(self, values: Mapping[str, Any]) -> str:
        """Write as many question marks for a list as it has values; an empty one holds nothing."""
        text = self.text
        for name in self._lists:
            several = values[name] if name in values else self._fixed[name]
            text = text.replace(f"__[POSTCOMPILE_{name}]", ",".join("?" * len(several)) or "NULL")
        return text
