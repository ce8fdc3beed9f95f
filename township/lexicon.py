"""Repair words that were misheard, by their sound, against the words a town really uses. Pure: all data are arguments.

A stretch of the text is replaced by a term when it sounds like it: every syllable equal or as easily confused as zh and
z, n and l; in a term of three or more characters that is mostly right already, one syllable may be off by more.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from msgspec import Struct

from township.pinyin import readings

_CONFUSED = (
    ("zh", "z"),
    ("ch", "c"),
    ("sh", "s"),
    ("n", "l"),
    ("ing", "in"),
    ("eng", "en"),
    ("ang", "an"),
    ("uang", "uan"),
)
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_TOLERANT = 3
"""Characters from which on a term may be off by one syllable."""


class Change(Struct, frozen=True):
    """One repair."""

    heard: str
    meant: str
    at: int
    """Offset in the text before the repairs."""


class Repaired(Struct, frozen=True):
    """A text with its misheard words put right."""

    text: str
    changes: tuple[Change, ...] = ()


class Sounds:
    """The terms of a town, found by ear."""

    def __init__(self, terms: Collection[str], ordinary: Collection[str] = ()) -> None:
        """`ordinary`: everyday words that sound like a short term and are to stay as they are."""
        self._terms = frozenset(term for term in terms if len(term) >= 2)
        self._ordinary = frozenset(ordinary)
        self._by_sound: dict[tuple[str, ...], list[str]] = {}
        self._nearly: dict[tuple[str | None, ...], list[str]] = {}
        for term in sorted(self._terms):
            sound = syllables(term)
            if len(sound) != len(term):
                continue
            self._by_sound.setdefault(sound, []).append(term)
            if len(term) >= _TOLERANT:
                for place in range(len(term)):
                    self._nearly.setdefault(_but(sound, place), []).append(term)
        self._lengths = sorted({len(sound) for sound in self._by_sound}, reverse=True)

    def repair(self, text: str) -> Repaired:
        """Put right what was misheard, the longest term first, each character at most once."""
        if not self._lengths:
            return Repaired(text)
        heard = [syllables(mark)[0] if syllables(mark) else mark for mark in text]
        taken, ordinary = _standing(text, self._terms), _standing(text, self._ordinary)
        changes: list[Change] = []
        for length in self._lengths:
            for at in range(len(text) - length + 1):
                blocked = taken[at : at + length] + (ordinary[at : at + length] if length <= _TOLERANT else [])
                if any(blocked):
                    continue
                meant = self._meant(text[at : at + length], tuple(heard[at : at + length]))
                if meant:
                    changes.append(Change(text[at : at + length], meant, at))
                    taken[at : at + length] = [True] * length
        changes.sort(key=lambda change: change.at)
        return Repaired("".join(_applied(text, changes)), tuple(changes))

    def _meant(self, window: str, sound: tuple[str, ...]) -> str:
        alike = [term for term in self._by_sound.get(sound, ()) if _may_replace(window, term)]
        if alike:
            return max(alike, key=lambda term: _same(window, term))
        if len(window) < _TOLERANT:
            return ""
        near = (term for place in range(len(window)) for term in self._nearly.get(_but(sound, place), ()))
        close = [
            t for t in near if _mostly(window, t) and _one_off(sound, syllables(t), 2 if len(t) > _TOLERANT else 1)
        ]
        return max(close, key=lambda term: _same(window, term), default="")


def repair(text: str, terms: Collection[str], ordinary: Collection[str] = ()) -> Repaired:
    """Put right what was misheard; the terms are indexed once for each set of them."""
    return _sounds(frozenset(terms), frozenset(ordinary)).repair(text)


@lru_cache(maxsize=64)
def _sounds(terms: frozenset[str], ordinary: frozenset[str]) -> Sounds:
    return Sounds(terms, ordinary)


@lru_cache(maxsize=20_000)
def syllables(text: str) -> tuple[str, ...]:
    """Give the sound of each character without its tone, confusable sounds made one."""
    return tuple(map(_blurred, readings(text)))


@cache
def _blurred(syllable: str) -> str:
    for sharp, plain in _CONFUSED:
        if syllable.startswith(sharp) and sharp in _INITIALS:
            syllable = plain + syllable[len(sharp) :]
        elif syllable.endswith(sharp) and sharp not in _INITIALS:
            syllable = syllable[: -len(sharp)] + plain
    return syllable


def _standing(text: str, words: Collection[str]) -> list[bool]:
    """Mark the characters that are part of one of the words already."""
    taken = [False] * len(text)
    longest = max(map(len, words), default=0)
    for at in range(len(text)):
        for length in range(min(longest, len(text) - at), 1, -1):
            if text[at : at + length] in words:
                taken[at : at + length] = [True] * length
                break
    return taken


def _may_replace(window: str, term: str) -> bool:
    """A word of two characters shares one with its term: too many words of two sound alike."""
    return len(term) > 2 or _same(window, term) >= 1


def _mostly(window: str, term: str) -> bool:
    """Half of the characters are right; in a short term all but one."""
    return _same(window, term) >= (len(term) / 2 if len(term) > _TOLERANT else len(term) - 1)


def _same(window: str, term: str) -> int:
    return sum(left == right for left, right in zip(window, term, strict=True))


def _but(sound: Sequence[str], place: int) -> tuple[str | None, ...]:
    return (*sound[:place], None, *sound[place + 1 :])


def _one_off(left: Sequence[str], right: Sequence[str], most: int) -> bool:
    """Tell whether the syllables that differ begin alike and differ in few letters (tian and tie)."""
    pairs = zip(left, right, strict=True)
    return all(a == b or (a[:1] == b[:1] and _distance(a, b) <= most) for a, b in pairs)


def _distance(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        below = [i]
        for j, ((diagonal, above), b) in enumerate(zip(pairwise(row), right, strict=True)):
            below.append(min(above + 1, below[j] + 1, diagonal + (a != b)))
        row = below
    return row[-1]


def _applied(text: str, changes: Sequence[Change]) -> Iterator[str]:
    at = 0
    for change in changes:
        yield text[at : change.at]
        yield change.meant
        at = change.at + len(change.heard)
    yield text[at:]
