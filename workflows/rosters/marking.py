"""What somebody says of rows by their numbers: "3 5 8 paid; 12 not at home, her son comes on Sunday". Pure."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

_RUN = r"\d{1,4}(?:号|户|家)?(?:(?:\s*[、,，和\s]\s*|\s*[-~～到至—]\s*)\d{1,4}(?:号|户|家)?)*"
_ONE = re.compile(r"(\d{1,4})(?:号|户|家)?(?:\s*[-~～到至—]\s*(\d{1,4}))?")
_ALSO = r"\s*(?:都|也|全|全都)?\s*"
_ENDS = re.compile(r"[\s。；;，,！!]+")
WIDEST = 200
"""Rows that a span may hold: "1-9999" is a slip."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Some numbers, and what is said of them."""

    numbers: tuple[int, ...]
    word: str
    note: str = ""


def read(text: str, words: Collection[str]) -> list[Mark]:
    """Read a message that says something of numbers and nothing else; empty when it says anything else.

    `words`: how the actions of the list are said.
    """
    said = unicodedata.normalize("NFKC", text).replace("—", "-").strip()
    known = {unicodedata.normalize("NFKC", word): word for word in words}
    if not known or not said[:1].isdigit():
        return []
    one_of = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
    mark = re.compile(rf"(?P<numbers>{_RUN}){_ALSO}(?P<word>{one_of})(?:了)?")
    found = list(mark.finditer(said))
    if not found or found[0].start() != 0:
        return []
    marks = []
    for at, one in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(said)
        note = _ENDS.sub(" ", said[one.end() : end]).strip()
        marks.append(Mark(_numbers(one["numbers"]), known[one["word"]], note))
    return marks if all(one.numbers for one in marks) else []


def _numbers(said: str) -> tuple[int, ...]:
    """Spell spans out; empty where one is no span."""
    found: list[int] = []
    for one in _ONE.finditer(said):
        first, last = int(one[1]), int(one[2] or one[1])
        if not first <= last < first + WIDEST:
            return ()
        found += range(first, last + 1)
    return tuple(dict.fromkeys(found))
