"""Which questions ask the same. Pure: by the words that both say, and by meaning where both have a vector.

Incremental: a question joins the nearest cluster or founds one; clusters never merge, split or change their names.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.lexicon import Lexicon, Meaning

Floats = NDArray[np.float32]

ALIKE, ALIKE_IN_WORDS = 0.5, 0.4
"""From here on two questions are the same: by words and meaning together, and where there are only words. Chosen on
half of the sixty facts asked in four ways; the figures of the other half are in docs/decisions/0026."""
STRANGE, FAMILIAR = 0.86, 0.95
"""Cosines of the default embedder for two short questions that have nothing, and everything, to do with each other."""
_TOPIC, _ASKING, _REST, _SINGLE = 2.0, 0.8, 1.0, 0.4
_MEANING = 0.4


@dataclass(frozen=True, slots=True)
class Wording:
    """One way in which something was asked."""

    text: str
    vector: Floats | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Ways of asking the same."""

    id: str
    wordings: tuple[Wording, ...]


class Likeness:
    """Compares questions by the words of one town; remembers what each is about."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._known: dict[str, Meaning] = {}

    def are_alike(self, one: Wording, other: Wording) -> float:
        """Say how far two questions are the same, 0 to 1; below the bar of their kind it is 0."""
        if one.text == other.text:
            return 1.0
        words = self.in_words(one.text, other.text)
        if one.vector is None or other.vector is None:
            return words if words >= ALIKE_IN_WORDS else 0.0
        if self._differ(one.text, other.text):
            return 0.0
        cosine = float(one.vector @ other.vector)
        meaning = min(max((cosine - STRANGE) / (FAMILIAR - STRANGE), 0.0), 1.0)
        both = _MEANING * meaning + (1 - _MEANING) * words
        return both if both >= ALIKE else 0.0

    def in_words(self, one: str, other: str) -> float:
        """Say which share of what either says both say; other topics, or other ways of asking, are other questions."""
        if self._differ(one, other):
            return 0.0
        first, second = self._meaning(one), self._meaning(other)
        same = Meaning(first.topics & second.topics, first.asking & second.asking, first.rest & second.rest)
        whole = _weight(first) + _weight(second)
        return 2 * _weight(same) / whole if whole else 0.0

    def _differ(self, one: str, other: str) -> bool:
        first, second = self._meaning(one), self._meaning(other)
        if not (first.topics & second.topics or first.rest & second.rest):
            return True
        if first.topics - second.topics and second.topics - first.topics:
            return True
        return bool(first.asking and second.asking) and not first.asking & second.asking

    def _meaning(self, text: str) -> Meaning:
        if text not in self._known:
            self._known[text] = self._lexicon.meaning(text)
        return self._known[text]


def home_of(likeness: Likeness, asked: Wording, known: Sequence[Cluster]) -> str:
    """Name the cluster whose nearest wording asks the same; empty if none does. Of equals the older one."""
    scored = [(max((likeness.are_alike(asked, one) for one in each.wordings), default=0.0), each.id) for each in known]
    best = max((score for score, _ in scored), default=0.0)
    return next((cluster_id for score, cluster_id in scored if score == best), "") if best > 0 else ""


def gather(
    likeness: Likeness, new: Mapping[str, Wording], known: Sequence[Cluster], name: Callable[[], str]
) -> Mapping[str, str]:
    """Give each new question, in order, the id of its cluster; `name` makes the id of one that it founds."""
    held, homes = list(known), dict[str, str]()
    for question, asked in new.items():
        home = home_of(likeness, asked, held)
        if home:
            place = next(n for n, each in enumerate(held) if each.id == home)
            held[place] = Cluster(home, (*held[place].wordings, asked))
        else:
            home = name()
            held.append(Cluster(home, (asked,)))
        homes[question] = home
    return homes


def _weight(meaning: Meaning) -> float:
    rest = sum(_REST if len(part) > 1 else _SINGLE for part in meaning.rest)
    return _TOPIC * len(meaning.topics) + _ASKING * len(meaning.asking) + rest
