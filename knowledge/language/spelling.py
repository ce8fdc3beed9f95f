"""Words that were misheard or mistyped, put right against the words that a town really uses. Pure.

Only where what was written makes no sense: never over a word of the lexicon, and never where the town's own texts
write these characters beside each other. A slip leaves the first or the last two syllables of a word as they are, by
which it is found.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import cache
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from knowledge.language.phrases import Phrases
from township.lexicon import Change, Repaired
from township.pinyin import reading

SHORT = 3
"""Characters up to which a word is put right only where no everyday word stands."""
LONGEST = 10
_FIRST = 0xF0000
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"))
_FINALS = (("ing", "in"), ("eng", "en"), ("ang", "an"))
_LIPS = {"hua": "fa", "huan": "fan", "huang": "fan", "hui": "fei", "hun": "fen", "hong": "fen", "huo": "fo", "hu": "fu"}
"""Syllables that speakers of f and h confuse."""


class Slip(IntEnum):
    """How what was written differs from a word, the likeliest first."""

    heard = 0
    """It sounds the same."""
    blurred = 1
    """It sounds the same to many."""
    swapped = 2
    other = 3
    """One character is another."""
    lacking = 4
    doubled = 5


def pairs_of(text: str) -> NDArray[np.uint64]:
    """Give the neighbouring characters of a text as numbers, in order."""
    points = np.frombuffer(text.encode("utf-32-le", "ignore"), np.uint32).astype(np.uint64)
    return (points[:-1] << np.uint64(21)) | points[1:]


class _Page:
    """One text that is looked at: what stands where in it, and how it sounds."""

    def __init__(self, text: str, known: Phrases, everyday: Phrases, written: NDArray[np.uint64]) -> None:
        self.text, self.heard, self.blurred = text, _spelled(text), _spelled(text, blur=True)
        self.known, self.everyday = _marked(known, text), _marked(everyday, text)
        understood = [bool(one or other) for one, other in zip(self.known, self.everyday, strict=True)]
        self._understood = [0, *accumulate(understood)]
        self._strange = [0, *accumulate(_strange(text, written))]
        self._marks = [0, *accumulate(not character.isalnum() for character in text)]
        self._cut = [_is_cut(self.known, place) or _is_cut(self.everyday, place) for place in range(len(text) + 1)]

    def is_open(self, start: int, stop: int) -> bool:
        """Tell whether a stretch may be a misspelled word: one run, cutting none, not all understood, and strange."""
        if start < 0 or stop > len(self.text) or self._cut[start] or self._cut[stop]:
            return False
        if self._marks[stop] > self._marks[start]:
            return False
        length, understood = stop - start, self._understood[stop] - self._understood[start]
        if understood == length or (understood and length <= SHORT):
            return False
        return self._strange[stop - 1] > self._strange[start]

    def keeps(self, start: int, stop: int, word: str) -> bool:
        """Tell whether a word leaves as they are the known ones that stand in a stretch."""
        known = self.known[start:stop]
        if len(word) != len(known):
            return not any(known)
        return all(not each or a == b for each, a, b in zip(known, self.text[start:stop], word, strict=True))


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
        self._short, self._loose = frozenset(short), frozenset(loose)
        self._written = np.zeros(0, np.uint64) if written is None else written
        self._sounds = {word: (_spelled(word), _spelled(word, blur=True)) for word in sorted(self._official)}
        self._starting: dict[str, list[str]] = defaultdict(list)
        self._ending: dict[str, list[str]] = defaultdict(list)
        self._around: dict[str, list[str]] = defaultdict(list)
        for word, (_, blurred) in self._sounds.items():
            self._starting[blurred[:2]].append(word)
            if len(word) >= SHORT:
                self._ending[blurred[-2:]].append(word)
            if len(word) == SHORT:
                self._around[blurred[::2]].append(word)

    def repair(self, text: str, *, boldly: bool = False) -> Repaired:
        """Put words right, short ones last; `boldly` short ones by their sound alone."""
        if not self._official or len(text) < 2:
            return Repaired(text)
        page = _Page(text, self._known, self._everyday, self._written)
        found: dict[tuple[int, int], dict[Slip, set[str]]] = defaultdict(lambda: defaultdict(set))
        for start, stop, word in self._candidates(page):
            slip = self._slip(page, start, stop, word, boldly=boldly)
            if slip is not None and page.keeps(start, stop, word):
                found[start, stop][slip].add(word)
        chosen = sorted(filter(None, (self._choice(page, *span, slips) for span, slips in found.items())))
        changes: dict[int, Change] = {}
        taken = [False] * len(text)
        for _, _, _, start, stop, word in chosen:
            if not any(taken[start:stop]):
                changes[start] = Change(text[start:stop], word, start)
                taken[start:stop] = [True] * (stop - start)
        ordered = tuple(changes[start] for start in sorted(changes))
        return Repaired("".join(_applied(text, ordered)), ordered)

    def _candidates(self, page: _Page) -> Iterator[tuple[int, int, str]]:
        """Give stretches and the words that they may be: those that begin or end with the same two syllables."""
        for at, pair in enumerate(map("".join, pairwise(page.blurred))):
            for word in self._starting.get(pair, ()):
                yield from ((at, stop, word) for stop in _ends(at, word) if page.is_open(at, stop))
            for word in self._ending.get(pair, ()):
                yield from ((s, at + 2, word) for s in _starts(at + 2, word) if page.is_open(s, at + 2))
            for word in self._around.get(page.blurred[at : at + SHORT : 2], ()):
                if page.is_open(at, at + SHORT):
                    yield at, at + SHORT, word

    def _slip(self, page: _Page, start: int, stop: int, word: str, *, boldly: bool) -> Slip | None:
        """Say how a stretch differs from a word; None where it differs too much."""
        window, (heard, blurred) = page.text[start:stop], self._sounds[word]
        if len(window) != len(word):
            return self._slip_of_length(window, word)
        same, is_short = _same(window, word), len(word) < SHORT
        if is_short and (self._loose & frozenset(window) or not (same or boldly)):
            return None
        if page.heard[start:stop] == heard and (same or not is_short or word in self._short):
            return Slip.heard
        if page.blurred[start:stop] == blurred and (not is_short or (same and word in self._short)):
            return Slip.blurred
        if sorted(window) == sorted(word) and (not is_short or word in self._short):
            return Slip.swapped
        return Slip.other if not is_short and self._is_nearly(page, start, stop, word, same) else None

    def _is_nearly(self, page: _Page, start: int, stop: int, word: str, same: int) -> bool:
        """Tell whether one character is another: in long words one that begins alike, else any that is a mistake."""
        blurred = self._sounds[word][1]
        places = [n for n, (a, b) in enumerate(zip(page.blurred[start:stop], blurred, strict=True)) if a != b]
        if len(places) > 1:
            return False
        place = places[0] if places else next(n for n in range(len(word)) if page.text[start + n] != word[n])
        written = page.text[start + place]
        begins_alike = _begin_alike(written, word[place])
        if len(word) > SHORT and 2 * same >= len(word) and begins_alike:
            return True
        if len(word) <= SHORT + 1 and not place and not begins_alike:
            return False  # another verb before the same thing: who sows wheat does not dry it
        is_loose = written in self._loose or (len(word) == SHORT and self._loose & frozenset(word))
        return same == len(word) - 1 and not is_loose and not page.everyday[start + place]

    def _slip_of_length(self, window: str, word: str) -> Slip | None:
        """Tell a word of which a character is missing, or was written twice, once perhaps by its sound."""
        longer, shorter = (word, window) if len(word) > len(window) else (window, word)
        gaps = [n for n in range(len(longer)) if longer[:n] + longer[n + 1 :] == shorter]
        if not gaps or len(shorter) < SHORT:
            return None
        if longer is word:
            is_sure = len(shorter) > SHORT or gaps[-1] == SHORT  # of a short word only the end is left off
            return Slip.lacking if is_sure else None
        return Slip.doubled if any(n and reading(window[n]) == reading(window[n - 1]) for n in gaps) else None

    def _choice(
        self, page: _Page, start: int, stop: int, slips: Mapping[Slip, Collection[str]]
    ) -> tuple[bool, bool, int, int, int, str] | None:
        """Choose the likeliest word of a stretch; none where several that stand for different things are as likely."""
        for slip in sorted(slips):
            most = max(_same(page.text[start:stop], word) for word in slips[slip])
            best = sorted(word for word in slips[slip] if _same(page.text[start:stop], word) == most)
            if len({self._official[word] for word in best}) == 1:
                return stop - start < SHORT, slip > Slip.blurred, start - stop, start, stop, best[0]
        return None


def _ends(start: int, word: str) -> Iterator[int]:
    """Give where a word that begins here may end: a character may be missing or too many."""
    return (start + length for length in _lengths(word))


def _starts(stop: int, word: str) -> Iterator[int]:
    return (stop - length for length in _lengths(word))


def _lengths(word: str) -> Sequence[int]:
    length = len(word)
    return (
        (length,) if length < SHORT else (length, length + 1) if length == SHORT else (length, length - 1, length + 1)
    )


def _spelled(text: str, *, blur: bool = False) -> str:
    """Write each character as its sound, one private character a syllable; what has no sound stays."""
    sound: Callable[[str], str] = _blurred if blur else _sound
    return "".join(map(sound, text))


_codes: dict[str, str] = {}


def _code(syllable: str) -> str:
    return _codes.setdefault(syllable, chr(_FIRST + len(_codes)))


@cache
def _sound(character: str) -> str:
    return _code(syllable) if (syllable := reading(character)) else character


@cache
def _blurred(character: str) -> str:
    """Make one what speakers and recognisers confuse: zh and z, n and l, f and h, front and back nasals."""
    syllable = reading(character)
    if not syllable:
        return character
    syllable = _LIPS.get(syllable, syllable)
    for sharp, plain in _INITIALS:
        if syllable.startswith(sharp):
            syllable = plain + syllable[len(sharp) :]
            break
    for back, front in _FINALS:
        if syllable.endswith(back):
            syllable = syllable.removesuffix(back) + front
            break
    return _code(syllable)


def _begin_alike(left: str, right: str) -> bool:
    one, other = reading(left), reading(right)
    return bool(one) and one[:2] == other[:2]


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
    """Count the characters that stand in both at the same place; of unequal lengths, the shorter."""
    if len(window) == len(word):
        return sum(left == right for left, right in zip(window, word, strict=True))
    return min(len(window), len(word))


def _applied(text: str, changes: Sequence[Change]) -> Iterator[str]:
    at = 0
    for change in changes:
        yield text[at : change.at]
        yield change.meant
        at = change.at + len(change.heard)
    yield text[at:]
