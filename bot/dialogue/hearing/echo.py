"""Which saying a text is like, word for word and as it sounds: rare characters and pairs that both hold. Pure.

The nearest sayings vote, those of services and those of everyday talk alike, so that a service is not heard where
people only talk.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.hearing.sounds import as_heard

Floats = NDArray[np.float32]

NEIGHBOURS, SHARPNESS = 9, 3
"""Sayings that vote; a vote is likeness to this power."""
OF_SOUND = 0.6
"""What a pair of syllables is worth beside a pair of characters."""


class Echo:
    """Labelled sayings, taken to pieces; some megabytes for thousands."""

    def __init__(self, sayings: Sequence[tuple[str, str]]) -> None:
        """`sayings`: a text and its label each."""
        self._labels = [label for _, label in sayings]
        taken = [_pieces(text) for text, _ in sayings]
        stands_in = Counter(piece for one in taken for piece in one)
        self._places = {piece: at for at, piece in enumerate(stands_in)}
        self._rarity = np.log((1 + len(taken)) / np.array([*stands_in.values(), 1], np.float32)).astype(np.float32)
        rows = [self._row(one) for one in taken]
        order = np.argsort(np.concatenate([at for at, _ in rows]), kind="stable")
        owners = np.repeat(np.arange(len(rows), dtype=np.int32), [len(at) for at, _ in rows])
        self._owners, self._weights = owners[order], np.concatenate([weights for _, weights in rows])[order]
        self._ends = np.cumsum([*stands_in.values()], dtype=np.int32)

    def votes(self, text: str) -> tuple[Mapping[str, float], float]:
        """Give each label's share of the votes, and how like the nearest saying is."""
        likeness = np.zeros(len(self._labels), np.float32)
        for at, weight in zip(*self._row(_pieces(text)), strict=True):
            if at < len(self._ends):
                part = slice(self._ends[at - 1] if at else 0, self._ends[at])
                np.add.at(likeness, self._owners[part], weight * self._weights[part])
        near = np.argsort(-likeness, kind="stable")[:NEIGHBOURS]
        shares: dict[str, float] = defaultdict(float)
        for at in near:
            shares[self._labels[at]] += float(likeness[at]) ** SHARPNESS
        whole = sum(shares.values()) or 1.0
        return {label: share / whole for label, share in shares.items()}, float(likeness[near[0]])

    def _row(self, own: Mapping[str, float]) -> tuple[NDArray[np.int32], Floats]:
        """Give places and weights of pieces, of length one; what stands in no saying counts in the length alone."""
        at = np.array([self._places.get(piece, len(self._places)) for piece in own], np.int32)
        weights = np.array(list(own.values()), np.float32) * self._rarity[at]
        return at, weights / max(float(np.linalg.norm(weights)), 1e-9)


def _pieces(text: str) -> dict[str, float]:
    """Take a text to characters, pairs of characters and pairs of syllables."""
    heard = as_heard(text)
    pairs = {text[at : at + 2]: 1.0 for at in range(len(text) - 1)}
    sounds = {heard[at : at + 2]: OF_SOUND for at in range(len(heard) - 1)}
    return {**dict.fromkeys(text, 1.0), **sounds, **pairs}
