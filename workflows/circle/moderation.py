"""Whether a post is shown at once or somebody looks first, by rules alone: no model decides, no opinion counts.

A text is brought to one form before words are looked for: full-width and traditional signs, invisible and decorating
signs, letters written for characters; the words of some lists are also heard by their sound. Pure.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

import ahocorasick_rs
from msgspec import Struct

from township.pinyin import reading
from workflows.circle import digits
from workflows.circle.digits import NumberKind
from workflows.circle.rules import Level, Reason, WordList, rules

_AT = "\x1f"
"""Stands between two syllables, so that one begins where a word begins."""
_NUMBERS = {
    NumberKind.PHONE: Reason.PHONE,
    NumberKind.ID_NUMBER: Reason.ID_NUMBER,
    NumberKind.BANK_CARD: Reason.BANK_CARD,
}


class Author(Struct, frozen=True):
    """What the rules must know of who posts."""

    is_newcomer: bool = False
    is_child: bool = False


class Verdict(Struct, frozen=True):
    """What the rules say of a post."""

    reasons: tuple[Reason, ...] = ()
    """Why somebody looks first, the gravest first; empty: it is shown at once."""
    numbers: tuple[Reason, ...] = ()
    """Numbers that name a person: masked, and its author is asked."""
    masked: str = ""
    by_town: bool = False
    """The village does not decide this."""
    watched: tuple[Reason, ...] = ()


def judge(text: str, *, photos: int = 0, author: Author | None = None) -> Verdict:
    """Judge a post by its words, its photos and what is known of its author."""
    author = author or Author()
    found = _heard(text)
    reasons = [reason for reason, level in found if level is not Level.WATCH]
    reasons += [Reason.LINK] if _has_strange_address(text) else []
    reasons += [Reason.CHILD_AUTHOR] if author.is_child else []
    reasons += [Reason.CHILD_PHOTO] if photos and rules().child.search(text) else []
    reasons += [Reason.NEWCOMER] if author.is_newcomer else []
    numbers = tuple(dict.fromkeys(_NUMBERS[one.kind] for one in digits.find(text)))
    return Verdict(
        tuple(dict.fromkeys(reasons)),
        numbers,
        digits.mask(text) if numbers else text,
        any(level is Level.BLOCK for _, level in found),
        tuple(dict.fromkeys(reason for reason, level in found if level is Level.WATCH)),
    )


def tight(text: str) -> str:
    """Bring a text to the form in which words are looked for."""
    simple = rules().simple
    signs = (simple.get(sign, sign) for sign in unicodedata.normalize("NFKC", text).lower())
    said = "".join(sign for sign in signs if sign.isalnum() or sign in _symbols())
    return _plainly("".join(sign for sign in _plainly(said) if sign.isalnum()))


def _plainly(said: str) -> str:
    for plain, alias in _aliases():
        said = said.replace(alias, plain)
    return said


def _heard(text: str) -> list[tuple[Reason, Level]]:
    """List the words of the lists in a text, as written or as they sound; the gravest level first."""
    said = tight(text)
    written, lists = _by_writing()
    found = {lists[index] for index, _, _ in written.find_matches_as_indexes(said)}
    if any(one.by_sound for one in rules().lists):
        heard, sounding = _by_sound()
        for harmless in rules().sounds_alike_not:
            said = said.replace(harmless, "")
        found |= {sounding[index] for index, _, _ in heard.find_matches_as_indexes(_sounds(said))}
    order = list(Level)
    kinds = {(one.reason, one.level) for one in (rules().lists[at] for at in found)}
    return sorted(kinds, key=lambda kind: (-order.index(kind[1]), kind[0]))


def _has_strange_address(text: str) -> bool:
    allowed = rules().addresses.allowed
    for match in rules().addresses.finds.finditer(unicodedata.normalize("NFKC", text).lower()):
        host = match[0].partition("://")[2] or match[0]
        host = host.partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0]
        if not any(host == one or host.endswith(f".{one}") for one in allowed):
            return True
    return False


def _sounds(text: str) -> str:
    """Write a text by its syllables, each between two marks."""
    return _AT + "".join(f"{_syllable(sign)}{_AT}" for sign in text)


@lru_cache(maxsize=8192)
def _syllable(sign: str) -> str:
    return reading(sign) or sign


@cache
def _symbols() -> frozenset[str]:
    """Signs that are no letters and still stand for a word."""
    return frozenset(sign for _, alias in _aliases() for sign in alias if not sign.isalnum())


@cache
def _aliases() -> Sequence[tuple[str, str]]:
    pairs = [(plain, alias) for plain, aliases in rules().aliases.items() for alias in aliases]
    return sorted(pairs, key=lambda pair: -len(pair[1]))


@cache
def _by_writing() -> tuple[ahocorasick_rs.AhoCorasick, Sequence[int]]:
    return _automaton((at, word) for at, one in enumerate(rules().lists) for word in one.words)


@cache
def _by_sound() -> tuple[ahocorasick_rs.AhoCorasick, Sequence[int]]:
    lists: Iterable[tuple[int, WordList]] = enumerate(rules().lists)
    return _automaton((at, _sounds(word)) for at, one in lists if one.by_sound for word in one.words)


def _automaton(words: Iterable[tuple[int, str]]) -> tuple[ahocorasick_rs.AhoCorasick, Sequence[int]]:
    """Build a search of many words at once, and a table from each word to its list."""
    pairs = list(words)
    return ahocorasick_rs.AhoCorasick([word for _, word in pairs]), [at for at, _ in pairs]
