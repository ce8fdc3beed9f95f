"""The signs of time in a text: figures, words and names of days, longest first, each with what was said in it. Pure.

The patterns stand in words.yaml; what a sign means is in narrowing.py.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML


@cache
def words() -> dict[str, Any]:
    """The words of this package."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("words.yaml").read_text("utf-8"))
    return loaded


class Plain(Struct, frozen=True):
    """A text in one way of writing, without spaces between characters, and where each sign stood in the original."""

    text: str
    at: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a piece of the plain text stands in the original."""
        return self.at[start], self.at[end - 1] + 1


class Sign(Struct, frozen=True):
    """One sign of time."""

    name: str
    said: Mapping[str, str]
    start: int
    end: int


def plain(text: str) -> Plain:
    """Bring a text to half-width figures, simplified characters and no spaces but between figures."""
    wide = words()["wide"]
    narrow = text.translate(str.maketrans(wide["from"], wide["to"]))
    kept = [at for at, sign in enumerate(narrow) if not sign.isspace() or _parts_figures(narrow, at)]
    return Plain("".join(narrow[at] for at in kept), tuple(kept))


def _parts_figures(text: str, at: int) -> bool:
    return text[at - 1 : at].isdecimal() and text[at + 1 : at + 2].isdecimal()


@cache
def signs() -> dict[str, re.Pattern[str]]:
    """All signs by name."""
    return {name: pattern(said) for name, said in words()["signs"].items()}


@cache
def pattern(written: str) -> re.Pattern[str]:
    """Compile a pattern with its parts put in."""
    return re.compile(_filled(written))


def _filled(written: str) -> str:
    known = words()
    lists = {
        "eras": known["eras"],
        "relative_days": known["relative_days"],
        "feasts": [*known["feasts"], *known["terms"]],
        "rests": known["rests"],
        "weather_terms": known["weather_terms"],
        "parts_of_day": [word for part in known["parts_of_day"].values() for word in part["words"]],
    }
    filled = written
    for name, those in lists.items():
        found = "|".join(sorted(map(re.escape, those), key=len, reverse=True))
        if name == "relative_days":
            found = f"{found}|[{''.join(known['short_days'])}]{known['before_part']}"
        filled = filled.replace(f"{{{name}}}", found)
    for _ in range(2):  # a part may hold another part
        for name, part in known["parts"].items():
            filled = filled.replace(f"{{{name}}}", part)
    return filled


FEAST = "feast"


def scan(text: str) -> Iterator[Sign]:
    """Find the signs of a plain text one after the other, at each place the longest; a feast before a mere day."""
    at = 0
    while at < len(text):
        found = [(match.end(), name, match) for name, sign in signs().items() if (match := sign.match(text, at))]
        end, name, match = max(found, key=lambda one: (one[0], one[1] == FEAST), default=(at, "", None))
        if match is None or end == at:
            at += 1
            continue
        said = {key: value for key, value in match.groupdict().items() if value is not None}
        yield Sign(name, said, at, end)
        at = end
