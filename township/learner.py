"""Learns from labelled texts which label a new one bears: a linear machine over their characters, in numpy alone.

Support vectors one against the rest, by dual coordinate descent (Hsieh et al., ICML 2008): exact, with no rate to
choose. What is learned from, and where the outcome is kept, is the caller's.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LONGEST_PIECE = 3
"""Characters of a piece, at most; longer ones stand in too few texts to teach anything."""
LONGEST_TEXT = 1500
"""Characters of a text that are read: what it is about is said before that."""
RARE = 2
"""Texts in which a piece must stand."""
PENALTY, ROUNDS, STILL = 0.5, 12, 1e-3
"""Price of a text on the wrong side; passes over the texts; a change below the last is none."""


class Learner(Struct, frozen=True):
    """The weight of each piece for each label."""

    labels: tuple[str, ...]
    places: Mapping[str, int]
    rarity: Floats
    weights: Floats
    """A row a piece, the last one the constant; a column a label."""

    def scores(self, text: str) -> Mapping[str, float]:
        """Give each label its score: above 0 it is believed, below -0.5 hardly."""
        at, values = _vector(pieces(text), self.places, self.rarity)
        found = values @ self.weights[at] + self.weights[-1]
        return dict(zip(self.labels, map(float, found), strict=True))

    def label(self, text: str, among: frozenset[str] | None = None) -> str:
        """Name the likeliest label, of those in `among` if given."""
        scores = {name: score for name, score in self.scores(text).items() if among is None or name in among}
        return max(scores, key=lambda name: scores[name], default="")

    def sure(self, text: str, least: float) -> str:
        """Name the likeliest label if its score is at least this much above the next; empty if none stands out."""
        best, *others = sorted(self.scores(text).items(), key=lambda pair: -pair[1])
        return best[0] if not others or best[1] - others[0][1] >= least else ""

    def store(self, path: Path) -> None:
        """Keep it in a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        names = np.array(list(self.places)), np.array(self.labels)
        with path.open("wb") as file:
            np.savez_compressed(
                file, pieces=names[0], labels=names[1], rarity=self.rarity, weights=self.weights.astype(np.float16)
            )


def load(path: Path) -> Learner:
    """Read what `store` kept."""
    with np.load(path) as kept:
        places = {str(piece): at for at, piece in enumerate(kept["pieces"])}
        weights = kept["weights"].astype(np.float32)
        return Learner(tuple(map(str, kept["labels"])), places, kept["rarity"], weights)


def pieces(text: str) -> Counter[str]:
    """Take a text to pieces of one to three characters, white space apart, figures all alike."""
    read = "".join("0" if sign.isdecimal() else sign for sign in text[:LONGEST_TEXT].lower() if not sign.isspace())
    return Counter(read[at : at + size] for size in range(1, LONGEST_PIECE + 1) for at in range(len(read) - size + 1))


def learn(bags: Sequence[Counter[str]], labels: Sequence[str], *, rare: int = RARE) -> Learner:
    """Learn from texts taken to pieces; the same texts in the same order give the same weights."""
    stands_in = Counter(piece for bag in bags for piece in bag)
    places = {piece: at for at, piece in enumerate(sorted(one for one, n in stands_in.items() if n >= rare))}
    rarity = np.array([log((1 + len(bags)) / (1 + stands_in[piece])) + 1 for piece in places], np.float32)
    rows = [_vector(bag, places, rarity) for bag in bags]
    names = tuple(sorted(set(labels)))
    wanted = np.array([[1.0 if label == name else -1.0 for name in names] for label in labels], np.float32)
    return Learner(names, places, rarity, _descended(rows, wanted, len(places)))


def _vector(bag: Counter[str], places: Mapping[str, int], rarity: Floats) -> tuple[NDArray[np.intp], Floats]:
    known = [(places[piece], count) for piece, count in bag.items() if piece in places]
    at = np.array([place for place, _ in known], np.intp)
    values = (1 + np.log(np.array([count for _, count in known], np.float32))) * rarity[at]
    return at, (values / max(float(np.linalg.norm(values)), 1e-9)).astype(np.float32)


def _descended(rows: Sequence[tuple[NDArray[np.intp], Floats]], wanted: Floats, size: int) -> Floats:
    """Visit the texts in turn and move each label's weights just as far as this text asks."""
    weights = np.zeros((size + 1, wanted.shape[1]), np.float32)
    held = np.zeros_like(wanted)
    slack = 1 / (2 * PENALTY)
    for number in range(ROUNDS):
        moved = 0.0
        for one in np.random.default_rng(number).permutation(len(rows)):
            at, values = rows[one]
            side = wanted[one]
            slope = side * (values @ weights[at] + weights[-1]) - 1 + held[one] * slack
            step = np.maximum(held[one] - slope / (2 + slack), 0) - held[one]
            largest = float(np.abs(step).max())
            if largest < STILL:
                continue
            moved = max(moved, largest)
            held[one] += step
            pull = step * side
            weights[at] += np.outer(values, pull)
            weights[-1] += pull
        if moved < STILL:
            break
    return weights
