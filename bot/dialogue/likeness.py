"""How much a short text is like one that cries for help: the second ear, after the word lists of signs.py.

A weight for each character, pair of characters and pair of syllables, learned at set-up from our own utterances
(`python -m evals.hearing`) and kept with the models of the town. A sum of weights, nothing more; until `use` is
called, and where set-up did not run, the word lists stand alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from bot.dialogue.sounds import as_heard, from_spelling

FILE = "second_ear.json"
"""Name of the weights in the folder of models."""
THRESHOLD = 1.25
"""Above it a text counts as a cry for help; chosen where nobody is in danger (evals/datasets/emergency.md)."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """The weight of each piece of a text, and where the sum begins."""

    bias: float
    weights: Mapping[str, float]

    def of(self, text: str) -> float:
        """Weigh a plain text; independent of its length."""
        found = pieces(text)
        weights = self.weights
        return self.bias + sum(weights.get(piece, 0.0) for piece in found) / sqrt(len(found) or 1)


def pieces(text: str) -> set[str]:
    """Take a text to pieces: its characters, pairs of neighbours, and pairs as they sound."""
    heard = as_heard(text)
    pairs = range(len(text) - 1)
    return {*text, *(text[at : at + 2] for at in pairs), *(heard[at : at + 2] for at in pairs)}


_in_use = [Likeness(float("-inf"), {})]


def use(source: Path) -> bool:
    """Take the weights that set-up learned; what is written with letters is a pair of syllables. False: not there."""
    if not source.is_file():
        return False
    stored = json.loads(source.read_text(encoding="utf-8"))
    heard = {from_spelling(piece): weight for piece, weight in stored["heard"].items()}
    _in_use[0] = Likeness(stored["bias"], {**stored["written"], **heard})
    return True


def learned() -> Likeness:
    """Give the weights in use."""
    return _in_use[0]
