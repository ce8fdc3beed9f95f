"""What somebody says of rows by their numbers: "3 5 8 paid; 12 not at home, her son comes on Sunday". Pure.

A mark can be taken back ("3 was wrong", "3 has not paid") and said otherwise in the same breath ("3 is: not at home").
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML

_RUN = r"\d{1,4}(?:号|户|家)?(?:(?:\s*[、,，和\s]\s*|\s*[-~～到至—]\s*)\d{1,4}(?:号|户|家)?)*"
_ONE = re.compile(r"(\d{1,4})(?:号|户|家)?(?:\s*[-~～到至—]\s*(\d{1,4}))?")
_ALSO = r"\s*(?:都|也|全|全都)?\s*"
_ENDS = re.compile(r"[\s。；;，,！!：:]+")
WIDEST = 200
"""Rows that a span may hold: "1-9999" is a slip."""
ANY = ""
"""What is taken back, whatever it was."""


class Mark(Struct, frozen=True):
    """Some numbers, and what is said of them."""

    numbers: tuple[int, ...]
    word: str
    note: str = ""
    takes_back: bool = False
    """The word was said before and is not so; `ANY`: whatever was said last."""


@cache
def words() -> Mapping[str, Any]:
    """How something is taken back."""
    written = Path(__file__).with_name("words.yaml").read_text("utf-8")
    loaded: Mapping[str, Any] = YAML(typ="safe", pure=True).load(written)
    return loaded


def read(text: str, known: Collection[str]) -> list[Mark]:
    """Read a message that says something of numbers and nothing else; empty when it says anything else.

    `known`: how the actions of the list are said.
    """
    said = unicodedata.normalize("NFKC", text).replace("—", "-").strip()
    if not known or not said[:1].isdigit():
        return []
    meant = _meanings(known)
    one_of = "|".join(re.escape(word) for word in sorted(meant, key=len, reverse=True))
    mark = re.compile(rf"(?P<numbers>{_RUN}){_ALSO}(?P<instead>{words()['instead']})?\s*(?P<word>{one_of})(?:了)?")
    found = list(mark.finditer(said))
    if not found or found[0].start() != 0:
        return []
    marks: list[Mark] = []
    for at, one in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(said)
        marks += _marks(one, _ENDS.sub(" ", said[one.end() : end]).strip(), meant)
    return marks if all(one.numbers for one in marks) else []


def _marks(said: re.Match[str], rest: str, meant: Mapping[str, tuple[str, bool]]) -> Iterator[Mark]:
    """What is said of some numbers: one thing, or that something was wrong and what is right."""
    numbers, (word, takes_back) = _numbers(said["numbers"]), meant[said["word"]]
    if said["instead"]:
        yield Mark(numbers, ANY, takes_back=True)
    if not takes_back:
        yield Mark(numbers, word, rest)
        return
    right = _right(rest, meant)
    yield Mark(numbers, word, "" if right else rest, takes_back=True)
    if right:
        yield Mark(numbers, *right)


def _right(rest: str, meant: Mapping[str, tuple[str, bool]]) -> tuple[str, str] | None:
    """What is right instead, where that is said behind: the word, and what follows it."""
    said = re.sub(rf"^{words()['instead']}\s*", "", rest)
    positive = (word for word, (_, takes_back) in meant.items() if not takes_back)
    found = max((word for word in positive if said.startswith(word)), key=len, default="")
    return (meant[found][0], said.removeprefix(found).removeprefix("了").strip()) if found else None


def _meanings(known: Collection[str]) -> dict[str, tuple[str, bool]]:
    """What each spelling means: an action's word, or that a word does not hold. A word of the service comes first."""
    found: dict[str, tuple[str, bool]] = dict.fromkeys(words()["wrong"], (ANY, True))
    for word in known:
        stem = _stem(unicodedata.normalize("NFKC", word))
        if stem and not stem.startswith(tuple(words()["denied"])):
            found |= {f"{no}{stem}": (word, True) for no in words()["no"]}
    return found | {unicodedata.normalize("NFKC", word): (word, False) for word in known}


def _stem(word: str) -> str:
    """A word without what says that it is done: 已缴, 缴了 and 缴 are one."""
    for begin in words()["begins"]:
        if word.startswith(begin):
            word = word.removeprefix(begin)
            break
    for end in words()["ends"]:
        if word.endswith(end):
            return word.removesuffix(end)
    return word


def _numbers(said: str) -> tuple[int, ...]:
    """Spell spans out; empty where one is no span."""
    found: list[int] = []
    for one in _ONE.finditer(said):
        first, last = int(one[1]), int(one[2] or one[1])
        if not first <= last < first + WIDEST:
            return ()
        found += range(first, last + 1)
    return tuple(dict.fromkeys(found))
