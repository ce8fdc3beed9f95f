"""What people say that has its own sentence: neither a report nor a question of rules. Pure; from remarks.yaml."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Pattern:
    """By which words a remark is known, and what it leads to."""

    says: re.Pattern[str]
    asks: str = ""
    """The question that it is in other words."""
    expects: str = ""
    """How the words that follow are taken: as this question."""
    cadres: bool = False
    """Only a cadre means it so."""


def find(heard: str, *, is_cadre: bool) -> str:
    """Name the remark of a whole message in plain form; empty if it is none."""
    found = (
        name for name, one in load().items() if (is_cadre or not one.cadres) and one.says.search(heard) is not None
    )
    return next(found, "")


@cache
def load() -> dict[str, Pattern]:
    """Read remarks.yaml."""
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_name("remarks.yaml").read_text("utf-8"))
    return {name: Pattern(**{**given, "says": re.compile(given["says"])}) for name, given in loaded.items()}
