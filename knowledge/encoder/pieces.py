"""Texts into the pieces that the default embedder knows: a unigram model, the likeliest cut, as `tokenizers` does it.

Pure but for reading the file. Kept here because the vocabulary takes 8 MB as we hold it and 45 as that library does.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

BEGIN, END, UNKNOWN = 0, 2, 3
SPACE = "\u2581"
PENALTY = 10.0
"""What an unknown character costs beyond the rarest piece."""
_SPACES = re.compile(" {2,}")


class Pieces:
    """The vocabulary of one embedder."""

    def __init__(self, path: Path, *, most: int) -> None:
        """`most`: pieces of a text, its ends included; what is longer is cut off."""
        vocabulary = json.loads(path.read_text("utf-8"))["model"]["vocab"]
        self._known = {piece: (number, score) for number, (piece, score) in enumerate(vocabulary)}
        self._unknown = min(score for _, score in vocabulary) - PENALTY
        self._longest = max(len(piece) for piece, _ in vocabulary)
        self._most = most

    def of(self, text: str) -> list[int]:
        """Give the numbers of the pieces of a text, between its ends."""
        plain = _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).replace(" ", SPACE)
        words = (plain if plain.startswith(SPACE) else SPACE + plain).split(SPACE)[1:]
        numbers = [number for word in words for number in self._cut(SPACE + word)] if plain else []
        return [BEGIN, *numbers[: self._most - 2], END]

    def _cut(self, word: str) -> Sequence[int]:
        """Find the likeliest cut of a word; unknown characters that stand together are one piece."""
        best: list[tuple[float, int, int]] = [(0.0, 0, -1)]  # up to here: the score, where the last piece begins, which
        best += [(float("-inf"), 0, -1)] * len(word)
        for start in range(len(word)):
            so_far = best[start][0]
            for end in range(start + 1, min(len(word), start + self._longest) + 1):
                found = self._known.get(word[start:end])
                if found and so_far + found[1] > best[end][0]:
                    best[end] = (so_far + found[1], start, found[0])
            if word[start] not in self._known and so_far + self._unknown > best[start + 1][0]:
                best[start + 1] = (so_far + self._unknown, start, UNKNOWN)
        numbers: list[int] = []
        at = len(word)
        while at > 0:
            _, at, number = best[at]
            if not (number == UNKNOWN and numbers and numbers[-1] == UNKNOWN):
                numbers.append(number)
        return numbers[::-1]
