"""What people say that has its own sentence: neither a report nor a question of rules. Pure; from remarks.yaml."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.dialogue.hearing.signs import plain


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
    goes_on: bool = False
    """It goes on with the question that was answered a moment before; said by itself it is no remark."""
    service: str = ""
    """Words of the service that is meant: where a town offers it, the remark gives way; so it does where one is said
    in words that would be this remark."""


def find(heard: str, *, is_cadre: bool, is_told: bool = False, offered: Sequence[str] = ()) -> str:
    """Name the remark of a whole message in plain form; empty if it is none.

    `is_told`: a question was answered a moment before; `offered` are titles and examples of
    the services that there are.
    """
    found = (
        name
        for name, one in load().items()
        if (is_cadre or not one.cadres)
        and (is_told or not one.goes_on)
        and one.says.search(heard) is not None
        and not _is_offered(one, offered)
    )
    return next(found, "")


def goes_on(heard: str) -> bool:
    """Tell whether a message in plain form would go on with a question that was answered a moment before."""
    return any(one.goes_on and one.says.search(heard) is not None for one in load().values())


def _is_offered(one: Pattern, offered: Sequence[str]) -> bool:
    return bool(one.service) and any(re.search(one.service, each) or one.says.search(plain(each)) for each in offered)


@cache
def load() -> dict[str, Pattern]:
    """Read remarks.yaml."""
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_name("remarks.yaml").read_text("utf-8"))
    return {name: Pattern(**{**given, "says": re.compile(given["says"])}) for name, given in loaded.items()}
