"""Find the fact that a question asks for, by what both are about. Pure and in memory: some hundred rows.

A way of asking is found again when the question holds nearly all that it says, weighted by how rare each part is:
so a question inside a longer sentence is found, and one that shares only "how much" or "telephone" is not.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from knowledge.facts import Fact
from knowledge.language.lexicon import Lexicon, Meaning

SURE = 0.72
"""Share of a way of asking that a question must hold to be the same question; chosen on the sample facts."""
PURE = 0.7
"""Share of a question that must be about the fact when it does not say what it asks of it."""
BESIDE = 0.45
"""Taken off when all that a question names are topics that the fact is not about."""
LEAST_PURE = 0.28
"""So much of a question that is taken loosely must be about the fact; its answer counts as well."""
TIED = 0.25
"""Facts so close to each other are not told apart."""
_OTHERS = 0.75
"""Left of a fact for the aged, say, where they were not named."""
_TOPIC, _ASKING, _REST, _SINGLE = 2.0, 0.8, 1.0, 0.4


@dataclass(frozen=True, slots=True)
class Found:
    """A fact and how surely it is the one that was asked for, 0 to 1."""

    fact: Fact
    score: float
    way: str = ""
    """The way of asking that it answers."""


class FactBook:
    """The facts that one scope may hear, ready to be asked."""

    def __init__(self, facts: Sequence[Fact], lexicon: Lexicon, villages: Collection[str] = ()) -> None:
        """`villages`: their names; the own facts of one are asked for without it."""
        self._lexicon, self._villages = lexicon, frozenset(villages)
        said = [(fact, way) for fact in facts for way in fact.questions]
        self._ways = [(fact, way, lexicon.meaning(self._asked_at_home(fact, way))) for fact, way in said]
        self._told = {fact.answer: lexicon.meaning(fact.answer).topics for fact in facts}
        holders = Counter(part for fact in facts for part in self._parts_of(fact))
        self._rarity = {part: math.log(1 + len(facts) / count) for part, count in holders.items()}
        self._unknown = math.log(1 + len(facts))

    def find(self, question: str, previous: str = "") -> Found | None:
        """Find the fact; `previous` is the question before, for one that names no topic of its own."""
        asked = self._lexicon.meaning(question)
        if previous and not asked.topics:
            before = self._lexicon.meaning(previous)
            asked = Meaning(before.topics, asked.asking or before.asking, asked.rest)
        named = self._named(question)
        heard = [each for each in self._ways if not each[0].village_id or named <= self._named(each[1])]
        last = self._lexicon.last_named(question)
        heard = [(fact, way, meaning) for fact, way, meaning in heard if self._speaks_of(fact, meaning, last)]
        found = [Found(fact, self._score(asked, meaning), way) for fact, way, meaning in heard]
        best = max(found, key=lambda each: each.score, default=None)
        return best if best and best.score >= SURE else None

    def find_loosely(self, question: str) -> Found | None:
        """Find the fact whose matter is asked for in a way that nobody wrote down, for where nothing else answers.

        It must speak of all that is wanted and tell what is asked for; None where two facts do so equally well.
        """
        asked, wanted = self._lexicon.meaning(question), self._lexicon.wanted(question)
        if not wanted or self._named(question):
            return None
        found = [Found(fact, self._loose(asked, wanted, way, fact.answer), said) for fact, said, way in self._ways]
        ranked = sorted((each for each in found if each.score >= SURE), key=lambda each: -each.score)
        others = (each for each in ranked if each.fact != ranked[0].fact)
        is_tied = any(ranked[0].score - each.score < TIED for each in others)
        return ranked[0] if ranked and not is_tied else None

    def _loose(self, asked: Meaning, wanted: frozenset[str], way: Meaning, answer: str) -> float:
        """Say how much of the matter of `way` was asked for, whatever is asked of it."""
        about = way.topics | way.wider | self._told[answer]
        if not (wanted <= about and wanted & way.topics):
            return 0.0
        is_told = self._lexicon.goes_about(asked.asking, way.asking) or self._lexicon.tells(asked.asking, answer)
        if asked.asking and not (asked.asking & way.asking or is_told):
            return 0.0
        matter = Meaning(way.topics - self._lexicon.persons, frozenset(), way.rest)
        shared = Meaning((asked.topics | asked.wider) & matter.topics, frozenset(), asked.rest & way.rest)
        heard = Meaning(asked.topics & about, frozenset(), asked.rest & way.rest)
        all_asked = self._weight(Meaning(asked.topics, frozenset(), asked.rest))
        purity = self._weight(heard) / all_asked if all_asked else 0.0
        if purity < LEAST_PURE:
            return 0.0
        theirs = way.topics & self._lexicon.persons <= asked.topics
        return self._weight(shared) / self._weight(matter) * (0.9 + 0.1 * purity) * (1 if theirs else _OTHERS)

    def _speaks_of(self, fact: Fact, way: Meaning, last: frozenset[str]) -> bool:
        """Tell whether a fact speaks of the thing that was named last: who is on relief may ask about a bus."""
        about = way.topics | way.wider | self._told[fact.answer]
        return last <= about or any(self._lexicon.wider(each) & about for each in last)

    def _named(self, text: str) -> frozenset[str]:
        return frozenset(village for village in self._villages if village in text)

    def _asked_at_home(self, fact: Fact, way: str) -> str:
        """Give a way of asking as people of the village say it, who do not name their own."""
        for village in self._named(way) if fact.village_id else ():
            way = way.replace(village, village[-1]).replace(village[-1] * 2, village[-1])
        return way

    def _parts_of(self, fact: Fact) -> frozenset[str]:
        return frozenset().union(*(self._lexicon.meaning(way).parts for way in fact.questions))

    def _score(self, asked: Meaning, way: Meaning) -> float:
        """Say how much of `way` was asked; without its way of asking, the question must hold little else."""
        topics = (asked.topics | asked.wider) & way.topics
        shared = Meaning(topics, asked.asking & way.asking, asked.rest & way.rest)
        if not (shared.topics or shared.rest) or (asked.asking and way.asking and not shared.asking):
            return 0.0
        same = self._weight(shared)
        cover, purity = same / self._weight(way), same / max(self._weight(asked), same)
        if not shared.asking and purity < PURE:
            return 0.0
        others = asked.topics - way.topics - way.wider - self._lexicon.persons
        kinds = frozenset(each for each in others if self._lexicon.wider(each) & way.topics)
        beside = self._weight(Meaning(others, frozenset(), frozenset()))
        beside -= self._weight(Meaning(kinds, frozenset(), frozenset())) / 2
        named = beside + self._weight(Meaning(way.topics, frozenset(), frozenset()))
        return cover * (0.95 + 0.05 * purity) * (1 - BESIDE * (beside / named if named else 0.0))

    def _weight(self, meaning: Meaning) -> float:
        weights = [(part, _TOPIC) for part in meaning.topics] + [(part, _ASKING) for part in meaning.asking]
        weights += [(part, _REST if len(part) > 1 else _SINGLE) for part in meaning.rest]
        return sum(factor * self._rarity.get(part, self._unknown) for part, factor in weights)
