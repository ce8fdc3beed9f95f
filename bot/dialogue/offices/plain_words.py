"""What cadres type for an action beside the code of its task, in their own words; what binds others needs its title.

Pure: the words are in plain_words.yaml.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from workflows.definition import Action

_CODE = re.compile(r"(?<![0-9A-Za-z])[2-9A-HJ-NP-Za-hj-np-z]{4}(?![0-9A-Za-z])")
_EDGE = " \t\r\n，,。；;：:、"


@dataclass(frozen=True, slots=True)
class Words:
    """One line of plain_words.yaml."""

    title: str
    """Of the action; empty where there is none for these words."""
    begins: re.Pattern[str]
    whole: bool = False
    """The words are themselves what the action asks for."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The action that is meant by its name, empty where there is none; and what else was said."""

    action: str
    rest: str


def codes(text: str) -> Sequence[tuple[str, str]]:
    """Give what may be the code of a task, with the rest of the text: four signs that stand alone."""
    return [
        (found.group(), f"{text[: found.start()].rstrip(_EDGE)} {text[found.end() :].lstrip(_EDGE)}".strip())
        for found in _CODE.finditer(text)
    ]


def meant(actions: Mapping[str, Action], said: str) -> Meant | None:
    """Find what is meant by words that are no title; None when they are nothing of it."""
    by_title = {action.title: name for name, action in actions.items() if not action.typed_only}
    for words in _load():
        found = words.begins.match(said)
        if found and (not words.title or words.title in by_title):
            rest = said if words.whole else said[found.end() :].strip(_EDGE)
            return Meant(by_title.get(words.title, ""), rest)
    return None


@cache
def _load() -> Sequence[Words]:
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return [Words(one["title"], re.compile(one["begins"]), bool(one.get("whole"))) for one in loaded]
