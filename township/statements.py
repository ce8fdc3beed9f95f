"""Statements of the busy paths: built and compiled once, and handed straight to the driver.

What SQLAlchemy does around a statement costs ten times what SQLite does in it, and more than the way to PostgreSQL
and back. Values are bound and read by the same types as everywhere.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Dialect, RowMapping
from sqlalchemy.exc import DBAPIError

from township import jsontext

Row = Mapping[str, Any] | RowMapping
"""One row by column name."""


def driver(tx: Connection) -> Any:
    """Return the driver's own connection of a transaction."""
    return tx.connection.dbapi_connection


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


def together(tx: Connection) -> AbstractContextManager[None]:
    """Send what the block writes without waiting for each answer: the way to PostgreSQL costs more than the writing.

    What is asked in between is answered as always. The number of changed rows is not known within, but to `then`.
    """
    return _AT_ONCE if tx.dialect.name == "sqlite" or tx in _sent else _pipelined(tx)


_AT_ONCE = nullcontext()


@contextmanager
def _pipelined(tx: Connection) -> Iterator[None]:
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

    `names`: the columns that an INSERT or UPDATE is given. A place made with `expanding=True` takes a list, for `IN`.
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
    """A statement as a driver takes it: its text, and two functions made for it, which bind its places and read rows.

    They are put together as text, as `dataclasses` does it: what is done for every value of every statement of the
    house must not look anything up.
    """

    def __init__(self, built: Any, names: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = built.compile(dialect=dialect, column_keys=names)
        self.text = str(compiled)
        self.places: Sequence[str] = compiled.positiontup or tuple(compiled.binds)
        binds = {name: compiled.binds[name] for name in self.places}
        self.types = {name: bind.type.dialect_impl(dialect) for name, bind in binds.items()}
        self.fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
        self.lists = frozenset(name for name, bind in binds.items() if bind.expanding)
        self._writers = {name: self._writer(kind, dialect) for name, kind in self.types.items()}
        self._numbers = {name: n for n, name in enumerate(self.types)}
        self._finish(dialect)
        self.bind: Callable[[Mapping[str, Any]], Any] = _made(self._binding(), self._known())
        columns = [(one.key, self._reader(one.type.dialect_impl(dialect), dialect)) for one in built.exported_columns]
        readers = {f"read{n}": process for n, (_, process) in enumerate(columns) if process}
        read = [f"read{n}(row[{n}])" if process else f"row[{n}]" for n, (_, process) in enumerate(columns)]
        pairs = (f"{name!r}: {value}" for (name, _), value in zip(columns, read, strict=True))
        self.read: Callable[[Any], list[Row]] = _made(
            f"lambda found: [{{{', '.join(pairs)}}} for row in found]", readers
        )
        self.read_first: Callable[[Any], list[Any]] = _made(
            f"lambda found: [{read[0] if read else 'None'} for row in found]", readers
        )

    def _finish(self, dialect: Dialect) -> None:
        """Make the text and the places what the driver takes."""

    def _binding(self) -> str:
        raise LookupError(self.text)

    def _writer(self, kind: Any, dialect: Dialect) -> Any:
        return kind.bind_processor(dialect)

    def _reader(self, kind: Any, dialect: Dialect) -> Any:
        return kind.result_processor(dialect, None)

    def _known(self) -> dict[str, Any]:
        """What the binding function may name: how values are written, and what never changes, written already."""
        numbers = self._numbers
        known = {f"write{numbers[name]}": process for name, process in self._writers.items() if process}
        return known | {f"fixed{numbers[name]}": self._written(name, value) for name, value in self.fixed.items()}

    def _written(self, name: str, value: Any) -> Any:
        process = self._writers[name]
        if name in self.lists:
            return [process(one) if process else one for one in value]
        return process(value) if process else value

    def _literal(self, name: str, value: Any, dialect: Dialect) -> str:
        if value is None:
            return "NULL"
        return str(self.types[name].literal_processor(dialect)(value))

    def _value(self, name: str) -> str:
        """The expression for one place."""
        if name in self.fixed:
            return f"fixed{self._numbers[name]}"
        given, write = f"given[{name!r}]", f"write{self._numbers[name]}"
        if not self._writers[name]:
            return given
        return f"map({write}, {given})" if name in self.lists else f"{write}({given})"


def _made(source: str, known: Mapping[str, Any]) -> Any:
    return eval(source, dict(known))  # names of our own tables and places, nothing that comes from outside


MOST_LENGTHS = 50
"""So many texts of a statement are remembered, by the lengths of its lists."""


class _OnSqlite(_Compiled):
    """Its places are question marks, a list as many of them as it has values; JSON is text, a bare number a number."""

    def _writer(self, kind: Any, dialect: Dialect) -> Any:
        known: Any = dialect
        return known._json_serializer if isinstance(kind, sa.JSON) else super()._writer(kind, dialect)

    def _reader(self, kind: Any, dialect: Dialect) -> Any:
        return _from_json if isinstance(kind, sa.JSON) else super()._reader(kind, dialect)

    def _finish(self, dialect: Dialect) -> None:
        """Write what never changes into the text: a place beside a partial index has SQLite prepare each time anew."""
        names, kept = iter(self.places), list[str]()

        def put(found: re.Match[str]) -> str:
            name = next(names)
            if name not in self.fixed or isinstance(self.types[name], sa.JSON):
                kept.append(name)
                return found[0]
            several = self.fixed[name] if name in self.lists else [self.fixed[name]]
            return ", ".join(self._literal(name, one, dialect) for one in several) or "NULL"

        self._texts: dict[tuple[int, ...], str] = {}
        self.text, self.places = _PLACE.sub(put, self.text), kept
        self.lists &= set(kept)
        self.fixed = {name: value for name, value in self.fixed.items() if name in kept}

    def _binding(self) -> str:
        places = (f"{'*' if name in self.lists else ''}{self._value(name)}" for name in self.places)
        return f"lambda given: [{', '.join(places)}]"

    def execute(self, tx: Connection, values: Mapping[str, Any]) -> Any:
        """Run it, and return the driver's cursor."""
        return driver(tx).execute(self._spread(values) if self.lists else self.text, self.bind(values))

    def execute_all(self, tx: Connection, several: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each set of values."""
        driver(tx).executemany(self.text, list(map(self.bind, several)))

    def _spread(self, values: Mapping[str, Any]) -> str:
        """Write as many question marks for a list as it has values; an empty one holds nothing."""
        lengths = tuple([len(self.fixed[name] if name in self.fixed else values[name]) for name in self.lists])
        text = self._texts.get(lengths)
        if text is None:
            text = self.text
            for name, length in zip(self.lists, lengths, strict=True):
                text = text.replace(f"__[POSTCOMPILE_{name}]", ",".join("?" * length) or "NULL")
            if len(self._texts) < MOST_LENGTHS:
                self._texts[lengths] = text
        return text


class _OnPostgres(_Compiled):
    """Its places have names, a list is an array, and what never changes stands in the text: partial indexes need it."""

    def _finish(self, dialect: Dialect) -> None:
        self.text = _IN_LIST.sub(lambda found: f"{'<> ALL' if found[1] else '= ANY'} (%({found[2]})s)", self.text)
        for name in [name for name in self.fixed if name not in self.lists]:
            self.text = self.text.replace(f"%({name})s", self._literal(name, self.fixed.pop(name), dialect))
            self.places = [one for one in self.places if one != name]

    def _binding(self) -> str:
        pairs = (f"{n!r}: {f'list({self._value(n)})' if n in self.lists else self._value(n)}" for n in self.places)
        return f"lambda given: {{{', '.join(pairs)}}}"

    def execute(self, tx: Connection, values: Mapping[str, Any]) -> Any:
        """Run it, and return the driver's cursor; what fails is told as SQLAlchemy tells it."""
        connection = driver(tx)
        try:
            return connection.execute(self.text, self.bind(values))
        except _errors(tx) as error:
            raise _told(tx, error, self.text) from error

    def execute_all(self, tx: Connection, several: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each set of values."""
        connection = driver(tx)
        try:
            connection.cursor().executemany(self.text, list(map(self.bind, several)))
        except _errors(tx) as error:
            raise _told(tx, error, self.text) from error


def _from_json(stored: Any) -> Any:
    return jsontext.read(stored) if isinstance(stored, str) else stored


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
_PLACE = re.compile(r"\?|__\[POSTCOMPILE_\w+?(?:~~[^\]]*)?\]")
