"""What differs between what was told and what holds now, in as few words as say it. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from knowledge.structure.patterns import pattern

LONGEST = 60
"""Characters of each side: both stand in one line on a telephone."""
LEAD = 15
"""Characters shown before the first that differs, where a sentence is too long."""
COMPARED = 12
"""Sentences of each side that are held against each other: clauses are short, and a person waits."""
ENDS = "。；;"
"""Marks that end a sentence and are not repeated inside a line."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One side may be empty: what was told is left out now, or something was added to it."""

    before: str
    after: str


def difference(before: str, after: str) -> Difference | None:
    """Find the sentence that changed most like itself; None if only marks and spaces differ."""
    old, new = _sentences(before), _sentences(after)
    gone = [text for key, text in old.items() if key not in new]
    come = [text for key, text in new.items() if key not in old]
    if not gone and not come:
        return None
    if not gone or not come:
        return Difference(_cut("".join(gone), 0), _cut("".join(come), 0))
    pairs = ((a, b) for a in gone[:COMPARED] for b in come[:COMPARED])
    one, other = max(pairs, key=lambda pair: (_is_of_numbers(*pair), likeness(*pair)))
    start = _first_that_differs(one, other)
    return Difference(_cut(one, start), _cut(other, start))


def likeness(one: str, other: str) -> float:
    """Say how much of two texts is the same, 0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _sentences(text: str) -> dict[str, str]:
    found = (sentence.strip() for sentence in pattern("sentence").findall(text))
    return {key: sentence for sentence in found if (key := re.sub(r"\W", "", sentence))}


def _is_of_numbers(one: str, other: str) -> bool:
    """Tell whether two sentences are alike but for their numbers."""
    return pattern("number").sub("", one) == pattern("number").sub("", other)


def _first_that_differs(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _cut(text: str, start: int) -> str:
    """Cut around the place that differs, with dots where something was left out."""
    text = text.strip().rstrip(ENDS)
    if len(text) <= LONGEST:
        return text
    first = max(0, min(start - LEAD, len(text) - LONGEST))
    cut = text[first : first + LONGEST]
    return ("…" if first else "") + cut + ("…" if first + LONGEST < len(text) else "")
