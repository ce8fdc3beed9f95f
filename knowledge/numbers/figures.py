"""Numbers as they stand in a text, each with its unit: amounts, ages, days, telephones, in either script. Pure.

Two texts say the same number when value and unit are equal: sixty yuan is no sixty percent, five days are no five
working days.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from knowledge.structure.patterns import numeral

_SCALES = 4
"""Digits that the larger scales move by."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text. Telephones and times of day are taken whole, without a unit."""

    value: str
    unit: str
    start: int
    end: int
    """Where it stands in the normal form of the text, its unit included."""

    @property
    def key(self) -> tuple[str, str]:
        """What two texts are compared by."""
        return self.value, self.unit


def normal(text: str) -> str:
    """Give a text its one form: half-width signs, no blanks between characters that are not Latin."""
    return re.sub(r"(?<![0-9A-Za-z])[^\S\n]+|[^\S\n]+(?![0-9A-Za-z])", "", unicodedata.normalize("NFKC", text))


def figures(text: str) -> tuple[Figure, ...]:
    """List the numbers of a text in its normal form, in order; of a range both ends have its unit."""
    found = [*_found(text)]
    for place in range(len(found) - 2, -1, -1):
        one, after = found[place], found[place + 1]
        if not one.unit and after.unit and text[one.end : after.start] in _ranges():
            found[place] = Figure(one.value, after.unit, one.start, one.end)
    return tuple(one for one in found if _counts(one, text))


def _found(text: str) -> Iterator[Figure]:
    for match in _pattern().finditer(text):
        unit = _units().get(match["unit"] or "", "")
        if whole := match["whole"]:
            yield Figure(whole, "", match.start(), match.end())
        elif percent := match["n"]:
            yield Figure(_value(percent), "%", match.start(), match.end())
        elif match["half"]:
            yield Figure("0.5", text[match.end() : match.end() + 1], match.start(), match.end())
        else:
            yield Figure(_value(match["number"]), unit, match.start(), match.end())


def _counts(one: Figure, text: str) -> bool:
    """Tell a number from a character that only looks like one: a single numeral without a unit says nothing."""
    said = text[one.start : one.end]
    return bool(one.unit) or len(said) > 1 or said.isascii()


def _value(said: str) -> str:
    """Read a number: digits with a point, a Chinese numeral, or digits before ten thousand."""
    total = Decimal(0)
    for part, factor in _scaled(said):
        total += _small(part) * factor
    return f"{total.normalize():f}"


def _scaled(said: str) -> Iterator[tuple[str, int]]:
    """Part a number at its ten thousands; each part with what it is multiplied by."""
    large = _data()["scales"][3:]
    left, factor = said, 10 ** (_SCALES * len(large))
    for scale in reversed(large):
        before, mark, after = left.partition(scale)
        if mark:
            yield before or "1", factor
            left = after
        factor //= 10**_SCALES
    if left:
        yield left, 1


def _small(part: str) -> Decimal:
    tens = _data()["scales"][:3]
    if part[0].isascii():
        digits, rest = part.rstrip(tens), part[len(part.rstrip(tens)) :]
        return Decimal(digits) * (10 ** (tens.index(rest) + 1) if rest else 1)
    return Decimal(numeral(part))


@cache
def _pattern() -> re.Pattern[str]:
    data = _data()
    units = "|".join(map(re.escape, sorted(_units(), key=len, reverse=True)))
    chinese = f"[{data['digits']}{data['scales'][0]}][{data['digits']}{data['scales']}]*"
    return re.compile(
        r"(?P<whole>(?<![\d-])(?:\d{3,4}-\d{7,8}|\d{3}-\d{4}|1\d{10})(?!\d)|\d{1,2}:\d{2})"
        f"|{data['percent']}|(?P<half>{data['half']})"
        rf"|(?P<number>\d+(?:\.\d+)?[{data['scales']}]?|{chinese})(?P<unit>{units})?"
    )


@cache
def _units() -> Mapping[str, str]:
    return {written: name for name, words in _data()["units"].items() for written in str(words).split()}


@cache
def _ranges() -> frozenset[str]:
    return frozenset(_data()["range"])


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(
        Path(__file__).with_name("figures.yaml").read_text("utf-8")
    )
    return loaded
