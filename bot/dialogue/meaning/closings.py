"""What people say when they were asked whether it is mended: yes, no, one thing and not the other. Pure.

Read clause by clause; what is none of it answers no question of ours.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

LONGEST = 60
"""Characters up to which a message is read as an answer."""
_NOT = "not_fixed."


class Says(StrEnum):
    """What one clause says."""

    FIXED = "fixed"
    NOT_FIXED = "not fixed"
    BESIDE = "beside"
    """Thanks, and words that say nothing."""
    OTHER = "other"
    """Something else."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says of what was mended, and what else it says."""

    fixed: str = ""
    not_fixed: str = ""
    rest: str = ""


def read(heard: str) -> Reading:
    """Read a message in plain form; nothing of it is about the question where both are empty."""
    clauses = heard.split("，") if len(heard) <= LONGEST else []
    said = [_says(clause) for clause in clauses]
    fixed, not_fixed = _of(clauses, said, Says.FIXED), _of(clauses, said, Says.NOT_FIXED)
    rest = [clause for clause, one in zip(clauses, said, strict=True) if one is Says.OTHER]
    if fixed and rest and _matches("flaw", rest[0]):
        return Reading("", heard)
    if fixed and not_fixed and not _are_of_two_things(fixed, not_fixed):
        return Reading("", "，".join([*fixed, *not_fixed]), "，".join(rest))
    return Reading("，".join(fixed), "，".join(not_fixed), "，".join(rest))


def is_no(heard: str) -> bool:
    """Tell whether a whole message says that something is not mended."""
    reading = read(heard)
    return bool(reading.not_fixed) and not reading.fixed and not reading.rest


def says_no_word_more(heard: str) -> bool:
    """Tell whether words say no, and nothing of what: "no", "not yet"."""
    return _matches("not_fixed.none", heard)


def is_praise(heard: str) -> bool:
    """Tell whether a whole message says how well it was done, with thanks or without."""
    clauses = heard.split("，")
    has_praise = any(_matches("praise", clause) for clause in clauses)
    return has_praise and all(_matches("praise", one) or _says(one) is Says.BESIDE for one in clauses)


def is_answer(heard: str) -> bool:
    """Tell whether something of a message says that it is mended, or that it is not."""
    reading = read(heard)
    return bool(reading.fixed or reading.not_fixed)


def is_bare(said: str) -> bool:
    """Tell whether words that may say yes may as well say nothing: "all right then"."""
    return _matches("bare", said)


def means_all(heard: str) -> bool:
    """Tell whether words speak of all matters at once, and of none by name."""
    return _patterns()["all"].match(heard) is not None and not things(heard)


def takes_all(heard: str) -> bool:
    """Tell whether somebody who was asked which one means all of them."""
    return _matches("which_all", heard)


def things(heard: str) -> set[str]:
    """Name the things of which words speak: the water, the lamp."""
    return set(things_in_order(heard))


def things_in_order(heard: str) -> list[str]:
    """Name the same in the order in which they are said."""
    return [found.group() for found in _patterns()["things"].finditer(heard)]


def _says(clause: str) -> Says:
    if any(_matches(name, clause) for name in _patterns() if name.startswith(_NOT)):
        return Says.NOT_FIXED
    if any(_matches(name, clause) for name in ("fixed", "but", "praise")):
        return Says.FIXED
    return Says.BESIDE if any(_matches(name, clause) for name in ("thanks", "filler")) else Says.OTHER


def _of(clauses: Sequence[str], said: Sequence[Says], what: Says) -> list[str]:
    return [clause for clause, one in zip(clauses, said, strict=True) if one is what]


def _are_of_two_things(fixed: Sequence[str], not_fixed: Sequence[str]) -> bool:
    """Tell whether one thing is mended and another is not; "all right then, the water" speaks of one thing too."""
    here, there = things("，".join(fixed)), things("，".join(not_fixed))
    return bool((here or is_bare(fixed[0])) and there) and not here & there


def _matches(name: str, clause: str) -> bool:
    half = clause[: len(clause) // 2]
    readings = (clause, half) if half * 2 == clause else (clause,)  # people say it twice
    return any(_patterns()[name].fullmatch(each) for each in readings)


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_name("closings.yaml").read_text("utf-8"))
    parts = loaded.pop("parts")
    nested = {f"{_NOT}{name}": text for name, text in loaded.pop("not_fixed").items()}
    return {name: re.compile(_put_in(text, parts)) for name, text in (loaded | nested).items()}


def _put_in(text: str, parts: Mapping[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda found: parts[found[1]], text)
