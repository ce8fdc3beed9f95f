"""What people say and what the documents call it: misheard words put right, synonyms made one, a query widened.

No model: the words are data (`lexicon.yaml`); which town they are for is told by its own names.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind
from ruamel.yaml import YAML

from knowledge.patterns import pattern
from township.lexicon import Repaired, Sounds

OF_ITS_OWN = 1
"""Pairs of characters, besides topic and way of asking, from more of which a question speaks of something else."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question reduced to what it is about."""

    topics: frozenset[str]
    asking: frozenset[str]
    rest: frozenset[str]
    """Pairs of the characters that are left."""

    @property
    def parts(self) -> frozenset[str]:
        """All of it: what one question can share with another."""
        return self.topics | self.asking | self.rest


class Lexicon:
    """The words of one town."""

    def __init__(self, words: Mapping[str, Any], names: Collection[str] = ()) -> None:
        """`names`: villages, titles of documents and the like, which may be misheard as well."""
        topics = {name: (name, *others.split()) for name, others in words["topics"].items()}
        asking = {name: (name, *others.split()) for name, others in words["asking"].items()}
        self._official = {word: name for name, group in (*asking.items(), *topics.items()) for word in group}
        self._topics, self._asking = frozenset(topics), frozenset(asking)
        self._fillers = _Words(str(words["fillers"]).split())
        self._known = _Words(self._official)
        heard = {word for group in topics.values() for word in group if len(word) >= 3}
        heard |= {*str(words["short_ones"]).split(), *names}
        ordinary = {*str(words["ordinary"]).split(), *(word for group in asking.values() for word in group)}
        self._sounds = Sounds(heard, ordinary)

        self._answers = {name: re.compile(source) for name, source in words["answers_to"].items()}
        self._dates = re.compile(words["about_dates"])
        self._may = re.compile(words["about_right"])

    def repair(self, text: str) -> Repaired:
        """Put right what was misheard."""
        return self._sounds.repair(unicodedata.normalize("NFKC", text))

    def widen(self, text: str) -> str:
        """Add the documents' words to a question, for searching."""
        names = dict.fromkeys(self._official[found] for found in self._known.found(text))
        return " ".join([text, *(name for name in names if name in self._topics and name not in text)])

    def meaning(self, text: str) -> Meaning:
        """Reduce a question to its topics, its way of asking, and what else it says."""
        lowered = unicodedata.normalize("NFKC", text).lower()
        names = [self._official[found] for found in self._known.found(lowered)]
        left = self._fillers.replaced(self._known.replaced(lowered, lambda _: "\n"), lambda _: "")
        rest = frozenset(pair for run in re.findall(r"\w+", left) for pair in _pairs(run))
        return Meaning(self._topics & set(names), self._asking & set(names), rest)

    def continued(self, text: str, previous: str) -> str:
        """Give a question that names no topic ("and when?") the topic of the one before."""
        return " ".join([*sorted(self.meaning(previous).topics), text])

    def goes_on(self, text: str) -> bool:
        """Tell whether a question goes on with the one before ("and when?"): it names nothing of its own."""
        meaning = self.meaning(text)
        return not meaning.topics and len(meaning.rest) <= OF_ITS_OWN

    def focus(self, text: str) -> str:
        """Keep of a long message the parts that name a topic."""
        return " ".join(part for part in re.split(r"\W+", text) if self.meaning(part).topics)

    def without_topics(self, text: str) -> str:
        """Take the topics out of a question: what is left is how people go on asking."""
        return self._known.replaced(text, lambda found: "" if self._official[found] in self._topics else found)

    def answers(self, asking: frozenset[str], text: str) -> bool:
        """Tell whether a text holds what is asked for: a day, an amount, a place."""
        return any(name in self._answers and self._answers[name].search(text) for name in asking)

    def asks_dates(self, text: str) -> bool:
        """Tell whether a question is about when a rule itself holds."""
        return bool(self._dates.search(text))

    def asks_right(self, text: str) -> bool:
        """Tell whether a question is "may I" or "must they": what statutes are for."""
        return bool(self._may.search(text))

    def only_dates(self, text: str) -> bool:
        """Tell whether a clause says no more than from when the rule holds."""
        return bool(pattern("closing").match(text))


@cache
def load(names: frozenset[str] = frozenset()) -> Lexicon:
    """Read the lexicon that ships, for a town with these names."""
    return Lexicon(YAML(typ="safe", pure=True).load(Path(__file__).with_name("lexicon.yaml").read_text("utf-8")), names)


def _pairs(run: str) -> Iterable[str]:
    if run.isascii() or len(run) == 1:
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]


class _Words:
    """A set of words found in a text in one pass, the longest first."""

    def __init__(self, words: Iterable[str]) -> None:
        self._found = AhoCorasick(sorted(set(words)), matchkind=MatchKind.LeftmostLongest)

    def found(self, text: str) -> list[str]:
        return [text[start:end] for _, start, end in self._found.find_matches_as_indexes(text)]

    def replaced(self, text: str, by: Callable[[str], str]) -> str:
        parts, at = [], 0
        for _, start, end in self._found.find_matches_as_indexes(text):
            parts += [text[at:start], by(text[start:end])]
            at = end
        return "".join([*parts, text[at:]])
