"""The circle's rules as data: which words let somebody look first, what a category is, when the digest leaves.

Read strictly from rules.yaml and categories.yaml; what they mean is decided in moderation.py.
"""

import re
from datetime import time
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, field_validator, model_validator
from ruamel.yaml import YAML

HERE = Path(__file__).parent


class Reason(StrEnum):
    """Why a post waits, or is not shown. To find fault with a village, a town, a cadre or this bot is none."""

    NEWCOMER = "newcomer"
    CHILD_AUTHOR = "child_author"
    CHILD_PHOTO = "child_photo"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    FRAUD = "fraud"
    FORBIDDEN = "forbidden"
    THREAT = "threat"
    LINK = "link"
    REPORTED = "reported"
    """A neighbour asked for it to be looked at."""
    PRIVACY = "privacy"
    """It tells the private matters of somebody else."""


class Level(StrEnum):
    """What follows from a word."""

    WATCH = "watch"
    """It is shown, and counted."""
    HOLD = "hold"
    """Somebody of the village looks first."""
    BLOCK = "block"
    """Somebody of the town looks first."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WordList(_Strict):
    """One list of words."""

    reason: Reason
    level: Level
    by_sound: bool = False
    words: tuple[str, ...]


class Addresses(_Strict):
    """How a web address is known, and which ones are harmless."""

    finds: re.Pattern[str]
    allowed: tuple[str, ...]


class Rules(_Strict):
    """All of rules.yaml."""

    version: str
    owner: str
    newcomer_posts: int
    grown_up: int
    digest_at: time
    asked_for: int
    kept_days: int
    gone_days: int
    most_photos: int
    most_a_day: int
    longest: int
    never: tuple[str, ...]
    lists: tuple[WordList, ...]
    aliases: dict[str, tuple[str, ...]]
    simple: dict[str, str]
    sounds_alike_not: tuple[str, ...]
    addresses: Addresses
    child: re.Pattern[str]
    figures: dict[str, str]
    between: re.Pattern[str]

    @model_validator(mode="after")
    def _no_opinion_is_a_reason(self) -> "Rules":
        words = (word for one in self.lists for word in one.words)
        wrong = [word for word in words for office in self.never if office in word]
        if wrong:
            raise ValueError(f"never a reason: {', '.join(wrong)}")
        return self

    @field_validator("version", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> str:
        return str(value)

    @field_validator("figures", mode="after")
    @classmethod
    def _by_sign(cls, value: dict[str, str]) -> dict[str, str]:
        """Turn the signs of each figure into a table by sign."""
        return {sign: figure for figure, signs in value.items() for sign in figure + signs}


class Category(Struct, frozen=True):
    """A kind of post, and the words by which it is known."""

    key: str
    name: str
    says: re.Pattern[str]


@cache
def rules() -> Rules:
    """Read rules.yaml."""
    return Rules.model_validate(_load("rules.yaml"))


@cache
def categories() -> tuple[Category, ...]:
    """Read categories.yaml, in its order."""
    return tuple(Category(key, one["name"], re.compile(one["says"])) for key, one in _load("categories.yaml").items())


def category_of(text: str) -> str:
    """Guess what a post is about; the first kind that fits holds."""
    return next(one.key for one in categories() if one.says.search(text))


def category_name(key: str) -> str:
    """Name a kind in words."""
    return next((one.name for one in categories() if one.key == key), key)


def _load(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((HERE / name).read_text("utf-8"))
