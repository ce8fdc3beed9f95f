"""The words of words.yaml, compiled once. What they mean is decided in understanding.py and details.py."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Words:
    """Patterns by dotted name, and the two tables."""

    patterns: dict[str, re.Pattern[str]]
    whole: dict[str, re.Pattern[str]]
    """Commands that are a whole message, in the order of the file."""
    times: dict[str, tuple[str, int]]
    """Said, longest first → plain words and days before today."""
    digits: dict[str, int]
    ordinary: frozenset[str]
    """Never repaired."""

    def find(self, name: str, text: str) -> re.Match[str] | None:
        """Search the pattern `name` in a text."""
        return self.patterns[name].search(text)

    def fits(self, name: str, text: str) -> re.Match[str] | None:
        """Match the pattern `name` against the whole text."""
        return self.patterns[name].fullmatch(text)


def number(said: str) -> int:
    """Read a number that stands alone, in figures or as one character, or names the first of several; else 0."""
    text = said.strip(" ，。.、")
    if nth := load().patterns["nth"].fullmatch(text):
        text = nth["n"]
    return int(text) if text.isdecimal() else load().digits.get(text, 0)


@cache
def load() -> Words:
    """Read words.yaml."""
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_name("words.yaml"))
    whole = {name: re.compile(text) for name, text in loaded.pop("commands").items()}
    times = {said: (str(plain), int(days)) for said, (plain, days) in loaded.pop("times").items()}
    digits = {str(key): int(value) for key, value in loaded.pop("digits").items()}
    ordinary = frozenset(loaded.pop("ordinary"))
    patterns: dict[str, re.Pattern[str]] = {}
    for name, value in loaded.items():
        entries = {f"{name}.{key}": text for key, text in value.items()} if isinstance(value, dict) else {name: value}
        patterns |= {key: re.compile(text) for key, text in entries.items()}
    longest_first = dict(sorted(times.items(), key=lambda item: -len(item[0])))
    return Words(patterns, whole, longest_first, digits, ordinary)
