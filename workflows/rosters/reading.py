"""Rows of a sheet as a service's roster reads them, and what is wrong with the others, each with file and row. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from township.errors import Mistake
from workflows.kinds import Heads, Roster

HEAD_AMONG = 6
"""Rows among which the head is looked for: clerks like a title above it."""
_NOISE = re.compile(r"[\s*＊:：]|[(（](?:必填|选填|可选|元|户)[^)）]*[)）]")
_SUFFIX = re.compile("(?:村委会|村|社区)$")


class Entry(Struct, frozen=True):
    """One row that can be worked on."""

    row: int
    """In its sheet, from 1."""
    key: str
    village: str
    """Its name as the directory has it."""
    fields: Mapping[str, str]
    is_over: bool
    cells: tuple[str, ...]


class Sheet(Struct, frozen=True):
    """What a sheet holds."""

    columns: tuple[str, ...]
    entries: tuple[Entry, ...]
    mistakes: tuple[Mistake, ...]


def read(
    rows: Sequence[Sequence[str]], roster: Roster, file: str, villages: Collection[str], village: str = "",
    optional: Collection[str] = (),
) -> Sheet:  # fmt: skip
    """Read every row below the head; a column that is missing is a Mistake, a bad row is listed and left out.

    `village`: of rows whose own cell is empty, or where the sheet has no such column. `optional`: fields whose column
    may be missing.
    """
    at, columns = _head(rows, roster)
    free = {roster.columns[name] for name in optional if name in roster.columns}
    free |= {roster.village} if roster.village and village else set()
    places = _places(columns, roster, file, free - set(roster.key))
    entries: list[Entry] = []
    mistakes: list[Mistake] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows[at + 1 :], start=at + 2):
        if not any(cells):
            continue
        read_as = _Row(file, number, tuple(cells) + ("",) * (len(columns) - len(cells)))
        try:
            entry = _entry(read_as, places, roster, villages, village)
            if entry.key in seen:
                raise Mistake("roster_twice", file=file, row=number, other=seen[entry.key])
        except Mistake as mistake:
            mistakes.append(mistake)
            continue
        seen[entry.key] = number
        entries.append(entry)
    return Sheet(columns, tuple(entries), tuple(mistakes))


class _Row(Struct, frozen=True):
    file: str
    number: int
    cells: tuple[str, ...]


Places = Mapping[Heads, int]


def _head(rows: Sequence[Sequence[str]], roster: Roster) -> tuple[int, tuple[str, ...]]:
    """Find the row of names: the one that holds most of those that are wanted."""
    wanted = {plain(name) for heads in _wanted(roster) for name in heads}
    counted = [sum(plain(cell) in wanted for cell in row) for row in rows[:HEAD_AMONG]]
    at = counted.index(max(counted)) if counted else 0
    return at, tuple(" ".join(cell.split()) for cell in rows[at]) if rows else ()


def _wanted(roster: Roster) -> Iterator[Heads]:
    yield from roster.key
    yield from roster.columns.values()
    yield from (one for one in (roster.village, roster.over.column if roster.over else None) if one)


def _places(columns: Sequence[str], roster: Roster, file: str, free: Collection[Heads | None]) -> Places:
    """Say in which column each of them stands; the one that says what is over may be missing, and those in `free`."""
    by_name = {plain(name): at for at, name in reversed(list(enumerate(columns)))}
    found: dict[Heads, int] = {}
    for heads in _wanted(roster):
        at = next((by_name[plain(name)] for name in heads if plain(name) in by_name), None)
        if at is not None:
            found[heads] = at
        elif heads not in free and (not roster.over or heads != roster.over.column):
            raise Mistake("roster_no_column", file=file, column=heads[0])
    return found


def _entry(row: _Row, places: Places, roster: Roster, villages: Collection[str], village: str) -> Entry:
    parts = [row.cells[places[heads]].strip() for heads in roster.key]
    if not all(parts):
        raise Mistake("roster_no_key", file=row.file, row=row.number, column=roster.key[parts.index("")][0])
    said = row.cells[places[roster.village]].strip() if roster.village and roster.village in places else ""
    found = next((one for one in villages if _SUFFIX.sub("", one) == _SUFFIX.sub("", said)), "") if said else village
    if not found:
        raise Mistake("roster_village", file=row.file, row=row.number, village=said)
    fields = {name: row.cells[places[heads]].strip() for name, heads in roster.columns.items() if heads in places}
    over = roster.over
    is_over = over is not None and over.column in places and row.cells[places[over.column]].strip() in over.words
    known = {name: value for name, value in fields.items() if value}
    return Entry(row.number, "|".join(parts), found, known, is_over, row.cells)


def fields_of(roster: Roster, columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """The fields of a row that was kept: empty ones, and columns that are there no more, are left out."""
    by_name = {plain(name): at for at, name in reversed(list(enumerate(columns)))}
    found = {}
    for field, heads in roster.columns.items():
        at = next((by_name[plain(name)] for name in heads if plain(name) in by_name), len(cells))
        if at < len(cells) and cells[at]:
            found[field] = cells[at]
    return found


def plain(name: str) -> str:
    """A column's name without what offices put around it."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).lower()
