"""Which saying a text is like, word for word and as it sounds: rare characters and pairs that both hold. Pure.

The nearest sayings vote, those of services and those of everyday talk alike, so that a service is not heard where
people only talk.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import log, sqrt

from bot.dialogue.sounds import as_heard

NEIGHBOURS, SHARPNESS = 9, 3
"""Sayings that vote; a vote is likeness to this power."""
OF_SOUND = 0.6
"""What a pair of syllables is worth beside a pair of characters."""


class Echo:
    """Labelled sayings, taken to pieces."""

    def __init__(self, sayings: Sequence[tuple[str, str]]) -> None:
        """`sayings`: a text and its label each."""
        self._labels = [label for _, label in sayings]
        taken = [_pieces(text) for text, _ in sayings]
        stands_in = Counter(piece for one in taken for piece in one)
        self._rarity = {piece: log((1 + len(taken)) / n) for piece, n in stands_in.items()}
        self._unknown = log(1 + len(taken))
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for at, one in enumerate(taken):
            length = self._length(one)
            for piece, weight in one.items():
                self._postings[piece].append((at, weight * self._rarity[piece] / length))

    def votes(self, text: str) -> tuple[Mapping[str, float], float]:
        """Give each label's share of the votes, and how like the nearest saying is."""
        own = _pieces(text)
        length = self._length(own)
        likeness: dict[int, float] = defaultdict(float)
        for piece, weight in own.items():
            here = weight * self._rarity.get(piece, 0.0) / length
            for at, there in self._postings.get(piece, ()):
                likeness[at] += here * there
        near = sorted(likeness.items(), key=lambda one: -one[1])[:NEIGHBOURS]
        shares: dict[str, float] = defaultdict(float)
        for at, like in near:
            shares[self._labels[at]] += like**SHARPNESS
        whole = sum(shares.values()) or 1.0
        return {label: share / whole for label, share in shares.items()}, near[0][1] if near else 0.0

    def _length(self, own: Mapping[str, float]) -> float:
        held = ((weight * self._rarity.get(piece, self._unknown)) ** 2 for piece, weight in own.items())
        return sqrt(sum(held)) or 1.0


def _pieces(text: str) -> dict[str, float]:
    """Take a text to characters, pairs of characters and pairs of syllables."""
    heard = as_heard(text)
    pairs = {text[at : at + 2]: 1.0 for at in range(len(text) - 1)}
    sounds = {heard[at : at + 2]: OF_SOUND for at in range(len(heard) - 1)}
    return {**dict.fromkeys(text, 1.0), **sounds, **pairs}
