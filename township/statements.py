"""Statements of the busy paths: built and compiled once, and handed straight to the driver.

What SQLAlchemy does around a statement costs ten times what SQLite does in it, and more than the way to PostgreSQL
and back. Values are bound and read by the same types as everywhere.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect, RowMapping
from sqlalchemy.exc import DBAPIError

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


@contextmanager
def together(tx: Connection) -> Iterator[None]:
    """Send what the block writes without waiting for each answer: the way to PostgreSQL costs more than the writing.

    What is asked in between is answered as always. The number of changed rows is not known within, but to `then`.
    """
    if tx.dialect.name == "sqlite" or tx in _sent:
        yield
        return
    sent = _sent[tx] = []
    try:
        with driver(tx).pipeline():
            yield
    except _errors(tx) as error:
        raise _told(tx, error, "") from error
    finally:
        del _sent[tx]
    for cursor, done in sent:
        done(cursor.rowcount)


Done = Callable[[int], None]
_sent: dict[Connection, list[tuple[Any, Done]]] = {}
"""Who waits to hear how many rows were changed, by the transaction that sends together."""


class Statement:
    """One statement with `bindparam` places: made when the module is loaded, run with values by name.

    `names`: the columns that an INSERT is given. A place made with `expanding=True` takes a list, for `IN`.
    """

    def __init__(self, built: Any, names: Sequence[str] | None = None) -> None:
        self._built = built
        self._names = names
        self._compiled: dict[str, _OnSqlite | _OnPostgres] = {}

    def rows(self, tx: Connection, **values: Any) -> Sequence[Row]:
        """Run it and return all rows, by column name."""
        compiled = self._for(tx.dialect)
        return compiled.read(compiled.execute(tx, values).fetchall())

    def first(self, tx: Connection, **values: Any) -> Row | None:
        """Run it and return its first row."""
        rows = self.rows(tx, **values)
        return rows[0] if rows else None

    def scalars(self, tx: Connection, **values: Any) -> Sequence[Any]:
        """Run it and return the first column of all rows."""
        compiled = self._for(tx.dialect)
        return compiled.read_first(compiled.execute(tx, values).fetchall())

    def scalar(self, tx: Connection, **values: Any) -> Any:
        """Run it and return the first column of the first row; None without a row."""
        found = self.scalars(tx, **values)
        return found[0] if found else None

    def run(self, tx: Connection, **values: Any) -> int:
        """Run it for what it changes; returns how many rows."""
        return int(self._for(tx.dialect).execute(tx, values).rowcount)

    def then(self, tx: Connection, done: Done, **values: Any) -> None:
        """Run it, and tell `done` how many rows it has changed: at once, or when what is sent together was answered."""
        cursor = self._for(tx.dialect).execute(tx, values)
        if tx in _sent:
            _sent[tx].append((cursor, done))
        else:
            done(cursor.rowcount)

    def run_all(self, tx: Connection, several: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each set of values."""
        if several:
            self._for(tx.dialect).execute_all(tx, several)

    def _for(self, dialect: Dialect) -> "_OnSqlite | _OnPostgres":
        found = self._compiled.get(dialect.name)
        if found is None:
            engine = _OnSqlite if dialect.name == "sqlite" else _OnPostgres
            found = self._compiled[dialect.name] = engine(self._built, self._names, dialect)
        return found


class _Compiled:
    """A statement as a driver takes it: its text, how each place is bound, how each column is read."""

    def __init__(self, built: Any, names: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = built.compile(dialect=dialect, column_keys=names)
        binds = {name: compiled.binds[name] for name in compiled.positiontup or compiled.binds}
        self.text = str(compiled)
        self._types = {name: bind.type.dialect_impl(dialect) for name, bind in binds.items()}
        self._places: Sequence[str] = compiled.positiontup or tuple(compiled.binds)
        bound = [(name, kind.bind_processor(dialect)) for name, kind in self._types.items()]
        self._made = [(name, process) for name, process in bound if process]
        self._fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
        self._lists = [name for name, bind in binds.items() if bind.expanding]
        columns = built.exported_columns
        self._columns = [one.key for one in columns]
        read = [(one.key, one.type.dialect_impl(dialect).result_processor(dialect, None)) for one in columns]
        self._read = [(name, process) for name, process in read if process]

    def read(self, found: Sequence[Sequence[Any]]) -> list[Row]:
        """Turn what the driver found into rows."""
        columns = self._columns
        rows = [dict(zip(columns, row, strict=True)) for row in found]
        for name, process in self._read:
            for row in rows:
                row[name] = process(row[name])
        return list[Row](rows)

    def read_first(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """Turn what the driver found into the values of its first column."""
        process = next((process for name, process in self._read if name == self._columns[0]), None)
        return [process(row[0]) for row in found] if process else [row[0] for row in found]

    def bound(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of all places by name, as the driver takes them."""
        given = {**self._fixed, **values}
        for name, process in self._made:
            if name in self._lists:
                given[name] = list(map(process, given[name]))
            else:
                given[name] = process(given[name])
        return given


class _OnSqlite(_Compiled):
    """Its places are question marks, a list as many of them as it has values."""

    def execute(self, tx: Connection, values: Mapping[str, Any]) -> Any:
        """Run it, and return the driver's cursor."""
        return driver(tx).execute(self._spread(values) if self._lists else self.text, self._bind(values))

    def execute_all(self, tx: Connection, several: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each set of values."""
        driver(tx).executemany(self.text, [self._bind(values) for values in several])

    def _bind(self, values: Mapping[str, Any]) -> Sequence[Any]:
        given = self.bound(values)
        if not self._lists:
            return [given[name] for name in self._places]
        bound: list[Any] = []
        for name in self._places:
            bound += given[name] if name in self._lists else (given[name],)
        return bound

    def _spread(self, values: Mapping[str, Any]) -> str:
        """Write as many question marks for a list as it has values; an empty one holds nothing."""
        text = self.text
        for name in self._lists:
            several = values[name] if name in values else self._fixed[name]
            text = text.replace(f"__[POSTCOMPILE_{name}]", ",".join("?" * len(several)) or "NULL")
        return text


class _OnPostgres(_Compiled):
    """Its places have names, a list is an array, and what never changes stands in the text: partial indexes need it."""

    def __init__(self, built: Any, names: Sequence[str] | None, dialect: Dialect) -> None:
        super().__init__(built, names, dialect)
        self.text = _IN_LIST.sub(lambda found: f"{'<> ALL' if found[1] else '= ANY'} (%({found[2]})s)", self.text)
        for name in [name for name in self._fixed if name not in self._lists]:
            self.text = self.text.replace(f"%({name})s", self._literal(name, self._fixed.pop(name), dialect))
            self._made = [one for one in self._made if one[0] != name]

    def execute(self, tx: Connection, values: Mapping[str, Any]) -> Any:
        """Run it, and return the driver's cursor; what fails is told as SQLAlchemy tells it."""
        connection = driver(tx)
        try:
            return connection.execute(self.text, self._bind(values))
        except _errors(tx) as error:
            raise _told(tx, error, self.text) from error

    def execute_all(self, tx: Connection, several: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each set of values."""
        connection = driver(tx)
        try:
            connection.cursor().executemany(self.text, [self._bind(values) for values in several])
        except _errors(tx) as error:
            raise _told(tx, error, self.text) from error

    def _bind(self, values: Mapping[str, Any]) -> dict[str, Any]:
        given = self.bound(values)
        for name in self._lists:
            given[name] = list(given[name])
        return given

    def _literal(self, name: str, value: Any, dialect: Dialect) -> str:
        if value is None:
            return "NULL"
        return str(self._types[name].literal_processor(dialect)(value)).replace("%", "%%")


def _told(tx: Connection, error: Any, text: str) -> BaseException:
    """The error as the doors know it, by which they decide whether to try again; it shows no values."""
    lost = tx.dialect.is_disconnect(error, driver(tx), None)
    if lost:
        tx.invalidate(error)
    told: BaseException = DBAPIError.instance(
        text, None, error, _errors(tx), hide_parameters=True, connection_invalidated=lost, dialect=tx.dialect
    )
    return told


def _errors(tx: Connection) -> type[Exception]:
    module: Any = tx.dialect.loaded_dbapi
    base: type[Exception] = module.Error
    return base


_IN_LIST = re.compile(r"(NOT )?IN \(__\[POSTCOMPILE_(\w+?)(?:~~[^\]]*)?\]\)")
