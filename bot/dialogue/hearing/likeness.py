"""How much a short text is like one that cries for help: the second ear, beside the word lists of signs.py.

A weight for each character, pair of characters, pair of syllables, theme (likeness.yaml) and pair of themes, learned
at set-up from our own utterances (`python -m evals.hearing`) and kept with the models of the town. A sum of weights,
nothing more; until `use` is called, and where set-up did not run, the word lists stand alone.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import sqrt
from pathlib import Path

import ahocorasick_rs
from ruamel.yaml import YAML

from bot.dialogue.hearing.sounds import as_heard, from_spelling

FILE = "second_ear.json"
"""Name of the weights in the folder of models."""
SOURCE = Path(__file__).with_name("likeness.yaml")
MARK = "#"
"""Begins the name of a theme or of a pair of themes, which is longer than any piece of the text itself."""
THRESHOLD_OF_BRIEF, THRESHOLD, DENIAL_OF_ONE, DENIAL, CRY = 0.0, -1.0, -1.5, -2.0, 1.0
"""Above the first a word or two, above the second a text counts as a cry for help. A rule of one word list does not
count below the third, one of several lists not below the fourth. From the last on a text that speaks of ordinary doings
is a cry all the same. Chosen on lots of authors not learned from (evals/datasets/emergency.md)."""

THRESHOLD_OF_ANSWER = 0.3
"""Above it what the second ear alone hears is a cry also in answer to a question of ours ("just us two old ones"). Of
the 837 cries of the held lots that no rule names 808 lie above it."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """The weight of each piece of a text, and where the sum begins."""

    bias: float
    weights: Mapping[str, float]

    def of(self, found: set[str]) -> float:
        """Weigh the pieces of a text; independent of its length."""
        weights = self.weights
        return self.bias + sum(weights.get(piece, 0.0) for piece in found) / sqrt(len(found) or 1)


@cache
def _themes() -> tuple[ahocorasick_rs.AhoCorasick, list[tuple[str, ...]]]:
    groups = YAML(typ="safe", pure=True).load(SOURCE)["themes"]
    of_word: dict[str, tuple[str, ...]] = {}
    for name, words in groups.items():
        for word in words.split():
            of_word[word] = (*of_word.get(word, ()), MARK + name)
    words = sorted(of_word)
    return ahocorasick_rs.AhoCorasick(words), [of_word[word] for word in words]


def themes(text: str) -> set[str]:
    """Name what a plain text speaks of."""
    automaton, names = _themes()
    matches = automaton.find_matches_as_indexes(text, overlapping=True)
    return {name for index in {match[0] for match in matches} for name in names[index]}


def pieces(text: str, *, lists: Iterable[str] = (), guards: Iterable[str] = ()) -> set[str]:
    """Take a plain text to pieces: characters, pairs of neighbours, pairs as they sound, themes and pairs of themes.

    `lists` and `guards` name the word lists and guards of signs.yaml that were heard; a guard is a theme as well.
    """
    heard = as_heard(text)
    pairs = range(len(text) - 1)
    spoken_of = sorted(themes(text).union(f"{MARK}{name}!" for name in guards))
    return {
        *text,
        *(text[at : at + 2] for at in pairs),
        *(heard[at : at + 2] for at in pairs),
        *(f"{MARK}{name}?" for name in lists),
        *spoken_of,
        *(one + other for one, other in combinations(spoken_of, 2)),
    }


_in_use: list[Likeness] = []


def use(source: Path) -> bool:
    """Take the weights that set-up learned. False: they are not there, or of an older kind that knows no themes."""
    stored = json.loads(source.read_text(encoding="utf-8")) if source.is_file() else {}
    if "themes" not in stored:
        return False
    heard = {from_spelling(piece): weight for piece, weight in stored["heard"].items()}
    _in_use[:] = [Likeness(stored["bias"], {**stored["written"], **stored["themes"], **heard})]
    return True


def learned() -> Likeness | None:
    """Give the weights in use, if set-up ran."""
    return _in_use[0] if _in_use else None
