"""Words that were misheard or mistyped, put right against the words that a town really uses. Pure.

Only where what was written makes no sense: never over a word of the lexicon, and a short word never where the town's
own texts write those two characters beside each other.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import product

import numpy as np
from numpy.typing import NDArray

from knowledge.phrases import Phrases
from township.lexicon import Change, Repaired
from township.pinyin import reading

SHORT = 3
"""Characters up to which a word is put right only where no everyday word stands."""
LONGEST = 10
_HOLE = "?"
_FIRST = 0xF0000
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"))
_FINALS = (("ing", "in"), ("eng", "en"), ("ang", "an"))
_LIPS = {"hua": "fa", "huan": "fan", "huang": "fan", "hui": "fei", "hun": "fen", "hong": "fen", "huo": "fo", "hu": "fu"}
"""Syllables that speakers of f and h confuse."""
Look = Callable[["_Page", slice], Iterator[Sequence[str]]]
"""Gives the words that a stretch may be, the likeliest first."""


def pairs_of(text: str) -> NDArray[np.uint64]:
    """Give the neighbouring characters of a text as numbers, in order."""
    points = np.frombuffer(text.encode("utf-32-le", "ignore"), np.uint32).astype(np.uint64)
    return (points[:-1] << np.uint64(21)) | points[1:]


class _Page:
    """One text that is looked at: what stands where in it, and how it sounds."""

    def __init__(self, text: str, taken: list[int], plain: list[int], strange: list[bool]) -> None:
        """`taken`, `plain`: 0, or the number of the known or everyday word that stands there."""
        self.text, self.taken, self.plain, self._strange = text, taken, plain, strange
        self.changed = [False] * len(text)
        self.heard, self.blurred = _spelled(text), _spelled(text, blur=True)

    def windows(self, lengths: Iterable[int]) -> Iterator[slice]:
        """Give every stretch of these lengths."""
        return (slice(at, at + length) for length in lengths for at in range(len(self.text) - length + 1))

    def is_open(self, span: slice) -> bool:
        """Tell whether a stretch may be a misspelled word: nothing known stands in it, and it is strange."""
        plain, taken = self.plain[span], self.taken[span]
        understood = [bool(one or other) for one, other in zip(plain, taken, strict=True)]
        if any(self.changed[span]) or all(understood) or (len(plain) <= SHORT and any(understood)):
            return False
        if any(_is_cut(words, place) for words in (self.plain, self.taken) for place in (span.start, span.stop)):
            return False
        return any(self._strange[span.start : span.stop - 1])

    def keeps(self, span: slice, word: str) -> bool:
        """Tell whether a word leaves as they are the known ones that stand in a stretch."""
        taken = self.taken[span]
        if len(word) != len(taken):
            return not any(taken)
        return all(not known or a == b for known, a, b in zip(taken, self.text[span], word, strict=True))


class Speller:
    """The words of a town, found though they are misspelled."""

    def __init__(
        self,
        official: Mapping[str, str],
        *,
        everyday: Collection[str] = (),
        short: Collection[str] = (),
        loose: str = "",
        written: NDArray[np.uint64] | None = None,
    ) -> None:
        """`official`: what each word stands for; `short`: words of two characters that may be misheard badly; `loose`:
        characters of daily talk, which are never a slip; `written`: sorted pairs of characters in the town's texts."""
        self._official = {word: name for word, name in official.items() if 2 <= len(word) <= LONGEST}
        self._known, self._everyday = Phrases(self._official), Phrases(word for word in everyday if len(word) > 1)
        self._written = np.zeros(0, np.uint64) if written is None else written
        self._short = frozenset(short)
        self._loose = frozenset(loose)
        self._heard: dict[str, list[str]] = defaultdict(list)
        self._blurred: dict[str, list[str]] = defaultdict(list)
        self._near: dict[str, list[str]] = defaultdict(list)
        self._lacking: dict[str, list[str]] = defaultdict(list)
        self._mixed: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._official):
            self._index(word)
        self._lengths = range(max(map(len, self._official), default=0) + 1, 2, -1)

    def _index(self, word: str) -> None:
        blurred = _spelled(word, blur=True)
        self._heard[_spelled(word)].append(word)
        self._blurred[blurred].append(word)
        if len(word) > 2 or word in self._short:
            self._mixed["".join(sorted(word))].append(word)
        if len(word) < SHORT or (len(word) == SHORT and self._loose & frozenset(word)):
            return
        for place in range(len(word)):
            self._near[blurred[:place] + _HOLE + blurred[place + 1 :]].append(word)
            if len(word) > SHORT:
                self._lacking[word[:place] + word[place + 1 :]].append(word)

    def repair(self, text: str, *, boldly: bool = False) -> Repaired:
        """Put words right, by sound before by spelling, the longest first; `boldly` short ones by sound alone."""
        if not self._official or len(text) < 2:
            return Repaired(text)
        page = _Page(text, _marked(self._known, text), _marked(self._everyday, text), _strange(text, self._written))
        changes: list[Change] = []
        by_sound: Look = partial(self._by_sound, boldly=boldly)
        looks: tuple[Look, ...] = (by_sound, self._by_spelling)
        for lengths, look in product((self._lengths, (2,)), looks):
            for span in page.windows(lengths):
                if not page.is_open(span):
                    continue
                groups = ([word for word in found if page.keeps(span, word)] for found in look(page, span))
                chosen = (self._one(page.text[span], found) for found in groups)
                if word := next(filter(None, chosen), ""):
                    changes.append(Change(text[span], word, span.start))
                    page.changed[span] = [True] * (span.stop - span.start)
        changes.sort(key=lambda change: change.at)
        return Repaired("".join(_applied(text, changes)), tuple(changes))

    def _one(self, window: str, found: Sequence[str]) -> str:
        """Choose the likeliest word; none where several that stand for different things could have been meant."""
        most = max((_same(window, word) for word in found), default=0)
        best = [word for word in found if _same(window, word) == most]
        return best[0] if len({self._official[word] for word in best}) == 1 else ""

    def _by_sound(self, page: "_Page", span: slice, *, boldly: bool) -> Iterator[Sequence[str]]:
        """Give words that sound like a window; one of two characters shares one, or was asked for boldly."""
        window = page.text[span]
        least = 1 if len(window) < SHORT else 0
        if least and self._loose & frozenset(window) and not boldly:
            return
        heard = self._heard.get(page.heard[span], ())
        yield [word for word in heard if (boldly and word in self._short) or _same(window, word) >= least]
        blurred = [word for word in self._blurred.get(page.blurred[span], ()) if not least or word in self._short]
        yield [word for word in blurred if _same(window, word) >= least]

    def _by_spelling(self, page: "_Page", span: slice) -> Iterator[Sequence[str]]:
        """Give words of which two characters are swapped, one is wrong, missing or too many."""
        window = page.text[span]
        yield self._mixed.get("".join(sorted(window)), ())
        yield list(self._nearly(page, span))
        yield self._lacking.get(window, ())
        yield list(self._doubled(window))

    def _nearly(self, page: "_Page", span: slice) -> Iterator[str]:
        """Give words that differ by one character, or by one syllable that begins alike; an everyday word is none."""
        window, blurred, plain = page.text[span], page.blurred[span], page.plain[span]
        if len(window) < SHORT:
            return
        for place in range(len(window)):
            for word in self._near.get(blurred[:place] + _HOLE + blurred[place + 1 :], ()):
                same = _same(window, word)
                alike = len(word) > SHORT and 2 * same >= len(word) and _begin_alike(window[place], word[place])
                if alike or (same == len(word) - 1 and not plain[place] and window[place] not in self._loose):
                    yield word

    def _doubled(self, window: str) -> Iterator[str]:
        """Give words of which one character was written twice, or once more by its sound."""
        if len(window) <= SHORT:
            return
        for place in range(1, len(window)):
            shorter = window[:place] + window[place + 1 :]
            if shorter in self._official and reading(window[place]) == reading(window[place - 1]):
                yield shorter


def _spelled(text: str, *, blur: bool = False) -> str:
    """Write each character as its sound, one private character a syllable; what has no sound stays."""
    return "".join([_sound(character, blur) for character in text])


@cache
def _sound(character: str, blur: bool) -> str:
    syllable = reading(character)
    return _code(_blurred(syllable) if blur else syllable) if syllable else character


_codes: dict[str, str] = {}


def _code(syllable: str) -> str:
    return _codes.setdefault(syllable, chr(_FIRST + len(_codes)))


def _blurred(syllable: str) -> str:
    """Make one what speakers and recognisers confuse: zh and z, n and l, f and h, front and back nasals."""
    if syllable in _LIPS:
        return _LIPS[syllable]
    for sharp, plain in _INITIALS:
        if syllable.startswith(sharp):
            syllable = plain + syllable[len(sharp) :]
            break
    for back, front in _FINALS:
        if syllable.endswith(back):
            return syllable.removesuffix(back) + front
    return syllable


def _begin_alike(left: str, right: str) -> bool:
    one, other = reading(left), reading(right)
    return bool(one) and one[:1] == other[:1] and one[1:2] == other[1:2]


def _marked(phrases: Phrases, text: str) -> list[int]:
    """Give for each place 0, or the number of the word that stands there."""
    marks = [0] * len(text)
    for number, (start, end) in enumerate(phrases.places(text), 1):
        marks[start:end] = [number] * (end - start)
    return marks


def _is_cut(words: Sequence[int], place: int) -> bool:
    """Tell whether a word stands across this place."""
    return 0 < place < len(words) and words[place] > 0 and words[place] == words[place - 1]


def _strange(text: str, written: NDArray[np.uint64]) -> list[bool]:
    """Tell of each pair of neighbours whether the town's texts never write it."""
    pairs = pairs_of(text)
    if not written.size:
        return [True] * len(pairs)
    places = np.minimum(np.searchsorted(written, pairs), written.size - 1)
    return [bool(unknown) for unknown in written[places] != pairs]


def _same(window: str, word: str) -> int:
    """Count the characters that stand in both, at the same place where the lengths are alike."""
    if len(window) == len(word):
        return sum(left == right for left, right in zip(window, word, strict=True))
    return min(len(window), len(word))


def _applied(text: str, changes: list[Change]) -> Iterator[str]:
    at = 0
    for change in changes:
        yield text[at : change.at]
        yield change.meant
        at = change.at + len(change.heard)
    yield text[at:]
