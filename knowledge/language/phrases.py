"""A set of words found in a text in one pass: the leftmost, and of those the longest. Pure."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind


class Phrases:
    """Words to be found; a word that stands inside a longer one is not found there."""

    def __init__(self, words: Iterable[str]) -> None:
        self._found = _finder(frozenset(word for word in words if word))

    def found(self, text: str) -> list[str]:
        """Give the words that stand in a text, in order."""
        return [text[start:end] for start, end in self.places(text)]

    def places(self, text: str) -> list[tuple[int, int]]:
        """Give where words stand: first place, and the one after the last."""
        return [(start, end) for _, start, end in self._found.find_matches_as_indexes(text)]

    def replaced(self, text: str, by: Callable[[str], str]) -> str:
        """Put something in the place of each word."""
        parts, at = [], 0
        for start, end in self.places(text):
            parts += [text[at:start], by(text[start:end])]
            at = end
        return "".join([*parts, text[at:]])


@lru_cache(maxsize=64)
def _finder(words: frozenset[str]) -> AhoCorasick:
    """Make it once in a process: all towns of a county share the words that ship."""
    return AhoCorasick(sorted(words), matchkind=MatchKind.LeftmostLongest)
