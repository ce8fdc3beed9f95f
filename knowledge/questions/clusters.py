"""Which questions ask the same. Pure: by the words that both say, and by meaning where both have a vector.

Incremental: a question joins the nearest cluster or founds one; clusters never merge, split or change their names.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.language.lexicon import Lexicon, Meaning

Floats = NDArray[np.float32]

ALIKE, ALIKE_IN_WORDS = 0.45, 0.25
"""From here on two questions are the same: by words and meaning together, and where there are only words. Chosen on
half of the sixty facts asked in four ways; the figures of the other half are in docs/decisions/0026."""
STRANGE, FAMILIAR = 0.86, 0.95
"""Cosines of the default embedder for two short questions that have nothing, and everything, to do with each other."""
_TOPIC, _ASKING, _REST, _SINGLE = 2.0, 0.8, 1.0, 0.4
_MEANING = 0.4
TOGETHER = 0.8
"""Likeness that a question has on average with the wordings of its cluster."""
FEW = 20
"""Questions added to those that a town has: with a handful nothing is common yet."""


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
    """Compares questions by the words of one town; remembers what each is about.

    What many questions say ("I am from Willow village, I wanted to ask") counts for little; `others` are the questions
    of the town by which that is known. While there are few of them nothing is common.
    """

    def __init__(self, lexicon: Lexicon, others: Collection[str] = ()) -> None:
        self._lexicon = lexicon
        self._known: dict[str, Meaning] = {}
        self._holders = Counter(part for text in set(others) for part in self._meaning(text).parts)
        self._whole: dict[str, float] = {}
        self._most = math.log(len(set(others)) + FEW)

    def are_alike(self, one: Wording, other: Wording) -> float:
        """Say how far two questions are the same: from 1 on they are."""
        if one.text == other.text:
            return 1 / ALIKE
        if self._differ(one.text, other.text):
            return 0.0
        words = self._in_words(one.text, other.text)
        if one.vector is None or other.vector is None:
            return words / ALIKE_IN_WORDS
        cosine = float(one.vector @ other.vector)
        meaning = min(max((cosine - STRANGE) / (FAMILIAR - STRANGE), 0.0), 1.0)
        return (_MEANING * meaning + (1 - _MEANING) * words) / ALIKE

    def _in_words(self, one: str, other: str) -> float:
        """Say which share of what either says both say."""
        first, second = self._meaning(one), self._meaning(other)
        same = Meaning(first.topics & second.topics, first.asking & second.asking, first.rest & second.rest)
        whole = self._whole_of(one) + self._whole_of(other)
        return 2 * self._weight(same) / whole if whole else 0.0

    def _whole_of(self, text: str) -> float:
        if text not in self._whole:
            self._whole[text] = self._weight(self._meaning(text))
        return self._whole[text]

    def _differ(self, one: str, other: str) -> bool:
        """Tell what is another question however near it is: another topic, or another thing asked of it."""
        first, second = self._meaning(one), self._meaning(other)
        if not (first.topics & second.topics or first.rest & second.rest):
            return True
        if first.topics - second.topics and second.topics - first.topics:
            return True
        return bool(first.asking and second.asking) and not first.asking & second.asking

    def _weight(self, meaning: Meaning) -> float:
        weights = [(part, _TOPIC) for part in meaning.topics] + [(part, _ASKING) for part in meaning.asking]
        weights += [(part, _REST if len(part) > 1 else _SINGLE) for part in meaning.rest]
        return sum(weight * self._rarity(part) for part, weight in weights)

    def _rarity(self, part: str) -> float:
        """Say how rare a part is among the questions of the town: 1 where one alone says it, near 0 where all do."""
        return 1 - math.log(max(self._holders[part], 1)) / self._most

    def _meaning(self, text: str) -> Meaning:
        if text not in self._known:
            self._known[text] = self._lexicon.meaning(self._lexicon.repair(text).text)
        return self._known[text]


def home_of(likeness: Likeness, asked: Wording, known: Sequence[Cluster]) -> str:
    """Name the cluster whose nearest wording asks the same; empty if none does. Of equals the older one.

    All its wordings together must be near as well: or a chain of small steps would lead anywhere.
    """
    best, home = 0.0, ""
    for each in known:
        near = [likeness.are_alike(asked, one) for one in each.wordings]
        nearest = max(near, default=0.0)
        if nearest >= 1 and nearest > best and sum(near) >= TOGETHER * len(near):
            best, home = nearest, each.id
    return home


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
