"""What one person gets by a table: the bracket that the question names, quoted, or that there is none for it. Pure.

Amounts for a personal case come from here alone: a rule that names the bracket, never a model and never arithmetic.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from knowledge.numbers.figures import Figure, figures, normal

ENOUGH = 2
"""Brackets that make a table."""
_HARD_STOP = "。;\n"


@dataclass(frozen=True, slots=True)
class Bracket:
    """One line of a table: from, to (None: and more), and its words as they stand."""

    low: Decimal
    high: Decimal | None
    words: str


@dataclass(frozen=True, slots=True)
class Case:
    """What a question says of its person, such as an age."""

    value: Decimal
    unit: str
    said: str


def asks_personally(question: str) -> bool:
    """Tell whether a question asks for the amount of one person."""
    said = normal(question)
    return bool(_pattern("amounts").search(said)) and (bool(_pattern("personal").search(said)) or bool(_cases(said)))


def choose(question: str, text: str) -> tuple[Case, Bracket | None] | None:
    """Find the bracket of a text into which the person of a question falls; nothing when either has none."""
    if not _pattern("amounts").search(normal(question)):
        return None
    for case in _cases(normal(question)):
        table = list(_table(normal(text), case.unit))
        if len(table) >= ENOUGH:
            holds = (one for one in table if one.low <= case.value and (one.high is None or case.value <= one.high))
            return case, next(holds, None)
    return None


def _cases(question: str) -> list[Case]:
    found = []
    for unit, kind in _data()["kinds"].items():
        if match := re.search(kind["said"], question):
            said = next(value for value in match.groups() if value)
            (number, *_) = figures(f"{said}{unit}")
            found.append(Case(Decimal(number.value), unit, f"{number.value if unit not in '级' else said}{unit}"))
    return found


def _table(text: str, unit: str) -> Iterator[Bracket]:
    """Read the brackets of one unit that hold an amount, each with its words."""
    heads = list(_heads(text, unit))
    for place, (low, high, start, end) in enumerate(heads):
        after = heads[place + 1][2] if place + 1 < len(heads) else len(text)
        stops = [at for mark in _HARD_STOP if (at := text.find(mark, end, after)) >= 0]
        words = _pattern("marks").sub("", text[start : min([*stops, after])])
        if any(figure.unit in _data()["amount"] for figure in figures(words)):
            yield Bracket(low, high, words)


def _heads(text: str, unit: str) -> Iterator[tuple[Decimal, Decimal | None, int, int]]:
    """Find where brackets begin: a range, one value, or a value and more."""
    of_unit = [figure for figure in figures(text) if figure.unit == unit]
    taken: Figure | None = None
    for one, after in zip_longest(of_unit, of_unit[1:]):
        if one is taken:
            continue
        low = Decimal(one.value)
        if after and after.start - one.end <= 1 and Decimal(after.value) > low:
            taken = after
            yield low, Decimal(after.value), one.start, after.end
            continue
        more = _data()["kinds"][unit]["from"]
        tail = text[one.end : one.end + 2]
        is_open = bool(more) and (re.match(more, tail) or re.search(f"(?:{more})$", text[: one.start]))
        yield low, None if is_open else low, one.start, one.end


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_data()[name])


@cache
def _data() -> dict[str, Any]:
    path = Path(__file__).with_name("brackets.yaml")
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    return loaded
