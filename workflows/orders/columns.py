"""What the columns of another system's sheet hold: by their names, else by what stands in them; doubtful ones are said.

Pure. The names are data in columns.yaml; what a clerk has said before of a column counts more than both.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

from msgspec import Struct
from ruamel.yaml import YAML

from township.errors import Mistake

LEAST_COLUMNS = 2
"""A number and a matter: with less a page is no table."""
HEAD_AMONG = 6
"""Rows among which the head is looked for: clerks like a title above it."""
EXAMPLES = 3
"""Cells that are shown of a doubtful column."""
LOOKED_AT = 50
"""Rows by which a column is judged."""
LONG = 14
"""Characters from which the middle cell of a column tells a story."""
_PHONE = re.compile(r"(?:0\d{2,3}[-— ]?)?\d{7,8}|1[3-9]\d{9}")
_MOMENT = re.compile(r"20\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
_NOISE = re.compile(r"[\s*＊:：]|[(（](?:必填|选填|可选)[^)）]*[)）]")


class Meaning(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    TITLE = "title"
    WHAT = "what"
    KIND = "kind"
    PLACE = "place"
    VILLAGE = "village"
    NAME = "name"
    PHONE = "phone"
    AT = "at"
    DUE = "due"
    URGENCY = "urgency"
    UNIT = "unit"
    RESULT = "result"
    CLOSED_AT = "closed_at"
    FIRST_AT = "first_at"
    HANDLER = "handler"
    STATE = "state"
    SOLVED = "solved"
    SATISFIED = "satisfied"
    OUR_NUMBER = "our_number"
    ROW = "row"
    PASSED_OVER = "passed_over"


NEEDED = (Meaning.NUMBER, Meaning.WHAT)
"""Without these nothing is brought."""
LIKELY = (Meaning.WHAT, Meaning.NUMBER, Meaning.AT, Meaning.DUE, Meaning.CLOSED_AT, Meaning.PLACE, Meaning.PHONE)


class Doubt(Struct, frozen=True):
    """A column of which somebody must say what it holds."""

    column: str
    examples: tuple[str, ...]
    among: tuple[Meaning, ...]
    """What it may hold, the likeliest first."""


class Head(Struct, frozen=True):
    """The head of a sheet: its columns in order, what they hold, what is doubtful."""

    row: int
    """Its number in the sheet, from 1."""
    columns: tuple[str, ...]
    meanings: Mapping[str, Meaning]
    doubts: tuple[Doubt, ...] = ()

    @property
    def missing(self) -> tuple[Meaning, ...]:
        """What no column holds although nothing can be brought without it."""
        return tuple(one for one in NEEDED if one not in self.meanings.values())

    @property
    def without_result(self) -> tuple[Meaning, ...]:
        """The result, if no column holds it: nothing can be learnt from a sheet without it."""
        return () if Meaning.RESULT in self.meanings.values() else (Meaning.RESULT,)

    def place(self, meaning: Meaning) -> int:
        """Say in which column something stands; -1: in none."""
        return next((at for at, name in enumerate(self.columns) if self.meanings.get(name) is meaning), -1)


class Names(Struct, frozen=True):
    """columns.yaml."""

    whole: Mapping[str, Meaning]
    parts: tuple[tuple[str, Meaning], ...]
    """The longest first."""
    vague: frozenset[str]
    unnamed: frozenset[str]
    urgent: frozenset[str]
    over: frozenset[str]
    no: frozenset[str]


@cache
def names() -> Names:
    """Read columns.yaml."""
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    of = {one: loaded[one.value] for one in Meaning}
    whole = {_plain(name): one for one, said in of.items() for name in said["is"]}
    parts = sorted(((_plain(part), one) for one, said in of.items() for part in said["has"]), key=lambda p: -len(p[0]))
    rest = (frozenset(map(str, loaded[name])) for name in ("vague", "unnamed", "urgent", "over", "no"))
    return Names(whole, tuple(parts), *rest)


def head_of(rows: Sequence[Sequence[str]], said: Mapping[str, Meaning] | None = None, *, file: str = "") -> Head:
    """Find the head of a sheet and read it; `said`: what is known of columns by their names.

    A page on which no table stands (a cover, one column) is a Mistake.
    """
    said = said or {}
    if all(sum(map(bool, row)) < LEAST_COLUMNS for row in rows):
        raise Mistake("order_no_table", file=file)
    counted = [sum(_by_name(cell, said) is not None for cell in row) for row in rows[:HEAD_AMONG]]
    place = counted.index(max(counted)) if counted else 0
    columns = _unlike(rows[place]) if rows else ()
    below = rows[place + 1 : place + 1 + LOOKED_AT]
    cells = {name: [row[at] for row in below if at < len(row) and row[at]] for at, name in enumerate(columns)}
    return _settled(place + 1, columns, cells, said)


def _settled(
    row: int, columns: tuple[str, ...], cells: Mapping[str, Sequence[str]], said: Mapping[str, Meaning]
) -> Head:
    """Give each column what it holds; of several that would hold the same the one with the plainest name does."""
    found: dict[str, Meaning] = {name: said[name] for name in columns if name in said}
    doubts: list[Doubt] = []
    taken: set[Meaning] = {meaning for meaning in found.values() if meaning is not Meaning.PASSED_OVER}
    for sure in (True, False):
        for name in columns:
            meaning = None if name in found or _is_vague(name) else _by_name(name, said, whole=sure)
            if meaning is None or (meaning in taken and meaning is not Meaning.PASSED_OVER):
                continue
            found[name] = meaning
            taken.add(meaning)
    for name in columns:
        among = () if name in found else _by_cells(cells[name], taken)
        if _is_vague(name) and name not in found and not among:
            among = (*(one for one in LIKELY if one not in taken), Meaning.PASSED_OVER)
        if among and (_is_vague(name) or any(one in NEEDED for one in among)):
            doubts.append(Doubt(name, tuple(cells[name][:EXAMPLES]), among))
    return Head(row, columns, found, tuple(doubts))


def _unlike(cells: Sequence[str]) -> tuple[str, ...]:
    """Name every column, also those without a name or with another's."""
    seen: dict[str, int] = {}
    found = []
    for at, cell in enumerate(cells):
        name = " ".join(cell.split()) or f"#{at + 1}"
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(found)


def _plain(name: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).lower()


def _is_vague(name: str) -> bool:
    return _plain(name) in names().vague


def _by_name(name: str, said: Mapping[str, Meaning], *, whole: bool | None = None) -> Meaning | None:
    """Read a column's name: as somebody has said, as a whole, or by the longest part that is known."""
    if name in said:
        return said[name]
    plain = _plain(name)
    if whole is not False and (exact := names().whole.get(plain)):
        return exact
    if whole is True:
        return None
    return next((meaning for part, meaning in names().parts if part in plain), None)


def _by_cells(cells: Sequence[str], taken: set[Meaning]) -> tuple[Meaning, ...]:
    """Say what a column may hold by what stands in it, of what no other column holds."""
    if not cells:
        return ()
    lengths = sorted(map(len, cells))
    likely: list[Meaning] = []
    if all(_PHONE.fullmatch(cell) for cell in cells):
        likely = [Meaning.PHONE]
    elif all(_MOMENT.fullmatch(cell) for cell in cells):
        likely = [Meaning.AT, Meaning.DUE, Meaning.CLOSED_AT]
    elif lengths[len(lengths) // 2] >= LONG:
        likely = [Meaning.WHAT, Meaning.PLACE, Meaning.TITLE]
    elif len(set(cells)) == len(cells) and all(any(sign.isdecimal() for sign in cell) for cell in cells):
        likely = [Meaning.NUMBER]
    open_ones = [one for one in likely if one not in taken]
    return (*open_ones, Meaning.PASSED_OVER) if open_ones else ()
