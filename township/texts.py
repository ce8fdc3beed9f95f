"""Sentences for people: named in a `texts.yaml`, filled with values.

A name that is missing, or a value that a sentence needs and does not get, is a bug and says so at once.
"""

from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Protocol

from ruamel.yaml import YAML


class Known(Protocol):
    """Gives a value by its name; KeyError if there is none."""

    def __getitem__(self, name: str, /) -> object:
        """Return the value."""


class Texts:
    """The sentences of one package or skill."""

    def __init__(self, sentences: Mapping[str, str], source: str = "") -> None:
        self._sentences = dict(sentences)
        self._source = source

    @classmethod
    def load(cls, path: Path) -> "Texts":
        """Read a YAML mapping of name to sentence; anything else is refused."""
        loaded = YAML(typ="safe", pure=True).load(path.read_text("utf-8")) or {}
        wrong = [name for name, sentence in loaded.items() if not isinstance(sentence, str)]
        if wrong:
            raise ValueError(f"{path}: {', '.join(map(str, wrong))} must be text (put it in quotes)")
        return cls(loaded, str(path))

    def say(self, name: str, /, **values: object) -> str:
        """Fill the sentence `name`."""
        return self.fill(name, values)

    def fill(self, name: str, known: Known) -> str:
        """Fill the sentence `name` with what is known by name."""
        if name not in self._sentences:
            raise KeyError(f"{self._source}: there is no text named {name}")
        return self._sentences[name].format_map(known).rstrip("\n")

    def has(self, name: str) -> bool:
        """Tell whether there is a sentence of that name."""
        return name in self._sentences

    def names(self) -> frozenset[str]:
        """List all names."""
        return frozenset(self._sentences)

    def needs(self, name: str) -> frozenset[str]:
        """List the values that a sentence must be given."""
        return frozenset(field for _, field, _, _ in Formatter().parse(self._sentences[name]) if field)
