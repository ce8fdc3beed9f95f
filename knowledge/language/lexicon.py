"""What people say and what the documents call it: village words made plain, misheard and mistyped ones put right,
synonyms made one, a query widened, a question that only goes on completed.

No model: the words are data (`lexicon`, `synonyms` and `dialect.yaml`); a town adds its names and its own words.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from knowledge.language.phrases import Phrases
from knowledge.language.spelling import SHORT, Speller
from knowledge.structure.patterns import pattern
from township.lexicon import Repaired

OF_ITS_OWN = 1
"""Pairs of characters, besides topic and way of asking, from more of which a question speaks of something else."""
HARDLY_OF_ITS_OWN = 2
"""So many pairs in a brief question may still go on with what was asked before, where nothing else answers it."""
BRIEF = 8
"""Characters up to which a question that names nothing may go on with the one before."""
_OR_NOT = re.compile(r"([\u4e00-\u9fff])\u4e0d\1(?=[\u4e00-\u9fff])")
"""A verb, not, and the same verb before its object."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question reduced to what it is about."""

    topics: frozenset[str]
    asking: frozenset[str]
    rest: frozenset[str]
    """Pairs of the characters that are left."""
    wider: frozenset[str] = frozenset()
    """Topics of which those named are a kind, or whose people they are for: a bus of the villages is a bus."""

    @property
    def parts(self) -> frozenset[str]:
        """All of it: what one question can share with another."""
        return self.topics | self.asking | self.rest


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """What a town adds to the words that ship: names, words of its documents, and what its people call things."""

    names: frozenset[str] = frozenset()
    """Villages, titles, offices: what may be misheard as well."""
    said: Mapping[str, str] = field(default_factory=dict)
    """What people say → what the documents call it."""
    written: NDArray[np.uint64] | None = None
    """Sorted pairs of characters of the town's texts (`spelling.pairs_of`)."""


class Lexicon:
    """The words of one town."""

    def __init__(self, words: Mapping[str, Any], own: Own | None = None) -> None:
        own = own or Own()
        subjects, aspects = _groups(words["subjects"]), _groups(words["aspects"])
        asking = _groups(words["asking"])
        self._official = {word: name for groups in (asking, aspects, subjects) for word, name in groups.items()}
        for said, name in own.said.items():
            self._official[said] = self._official.setdefault(name, name)
        self._within: dict[str, frozenset[str]] = {}
        self._asking, self._aspects = frozenset(asking.values()), frozenset(aspects.values())
        self._topics = frozenset(self._official.values()) - self._asking
        self._fillers = Phrases(str(words["fillers"]).split())
        dialect = {word: name for group in words["dialect"].values() for word, name in _groups(group).items()}
        kept = {word: word for word, name in self._official.items() if name in self._topics}
        self._plain = {**dialect, **kept}
        self._said = Phrases(self._plain)
        for word, name in [*self._official.items()]:  # a question is made plain before it is read
            self._official.setdefault(self._said.replaced(word, self._plain.__getitem__), name)
        self._known = Phrases(self._official)
        self._speller = self._spelled(words, own, {*asking, *dialect})
        self._beside = [
            (re.compile(one["where"]), re.compile(one["said"]), str(one["means"])) for one in words["beside"]
        ]
        self._implied: Mapping[str, str] = words["implied"]
        self._persons = frozenset(str(words["persons"]).split())
        self._around = self._persons | frozenset(str(words["around"]).split())
        self._general = self._persons | frozenset(str(words["general"]).split())
        self._deeds = frozenset(str(words["deeds"]).split())
        self._answers = {name: re.compile(source) for name, source in words["answers_to"].items()}
        self._paper_deeds = frozenset(str(words["deeds_of_papers"]).split())
        self._paper_ends, self._no_papers = str(words["paper_ends"]), frozenset(str(words["no_papers"]).split())
        self._told = frozenset(str(words["told_besides"]).split())
        self._going_about = frozenset(str(words["going_about"]).split())
        self._dates = re.compile(words["about_dates"])
        self._may = re.compile(words["about_right"])
        self._points_up = re.compile(words["points_up"])
        self._goes_on = re.compile(words["goes_on"])
        self._alone: Mapping[str, str] = words["alone"]

    def _spelled(self, words: Mapping[str, Any], own: Own, asked: set[str]) -> Speller:
        short = frozenset(str(words["short_ones"]).split())
        heard = {w: name for w, name in self._official.items() if name in self._topics or w in short}
        heard = {w: name for w, name in heard.items() if w in short or len(w) >= SHORT or name not in self._aspects}
        official = {name: name for name in (*own.names, *short)} | heard
        everyday = {*str(words["ordinary"]).split(), *str(words["fillers"]).split(), *asked} - official.keys()
        return Speller(official, everyday=everyday, short=short, loose=words["loose"], written=own.written)

    def repair(self, text: str, *, boldly: bool = False) -> Repaired:
        """Put right what was misheard or mistyped; `boldly` where nothing was found to what was written."""
        return self._speller.repair(unicodedata.normalize("NFKC", text), boldly=boldly)

    def plain(self, text: str) -> str:
        """Say village words in plain ones, "stop or not stop" as "stop", and what means another thing beside others."""
        plain = _OR_NOT.sub(r"\1", self._said.replaced(text, self._plain.__getitem__))
        for where, said, means in self._beside:
            if where.search(plain):
                plain = said.sub(means, plain)
        return plain

    def widen(self, text: str) -> str:
        """Say a question in plain words and add the documents' words to it, for searching."""
        plain = self.plain(text)
        names = dict.fromkeys(self._official[found] for found in self._known.found(plain))
        return " ".join([plain, *(name for name in names if name in self._topics and name not in plain)])

    def meaning(self, text: str) -> Meaning:
        """Reduce a question to its topics, its way of asking, and what else it says."""
        lowered = self.plain(unicodedata.normalize("NFKC", text).lower())
        found = self._known.found(lowered)
        names = {self._official[each] for each in found}
        names |= {self._implied[name] for name in names & self._implied.keys()}
        left = self._fillers.replaced(self._known.replaced(lowered, lambda _: "\n"), lambda _: "")
        rest = frozenset(pair for run in re.findall(r"\w+", left) for pair in _pairs(run))
        wider = frozenset().union(*(self.wider(each) for each in found))
        return Meaning(self._topics & names, self._asking & names, rest, wider - names)

    def wider(self, word: str) -> frozenset[str]:
        """Name the topics with whose words a longer word ends, and the persons whose name stands in it."""
        if word not in self._within:
            ends = {self._official.get(word[at:], "") for at in range(1, len(word) - 1)} & self._topics
            inside = (self._official.get(word[a:b], "") for a in range(len(word)) for b in range(a + 2, len(word)))
            self._within[word] = frozenset(ends | (self._persons & set(inside)))
        return self._within[word]

    def subjects(self, text: str) -> list[str]:
        """Name what a question is about by itself, in order; the aged or a fine are aspects of something else."""
        names = dict.fromkeys(self._official[found] for found in self._known.found(self.plain(text)))
        return [name for name in names if name in self._topics and name not in self._aspects]

    def subject_words(self, text: str) -> list[str]:
        """Give the words by which a question names its subjects, as they stand in it."""
        found = dict.fromkeys(self._known.found(self.plain(text)))
        return [word for word in found if self._official[word] in self._topics - self._aspects]

    @property
    def general(self) -> frozenset[str]:
        """Topics that say nothing of the matter without another one: the aged, a fine, at night."""
        return self._general

    @property
    def persons(self) -> frozenset[str]:
        """Topics that only say for whom it is."""
        return self._persons

    def wanted(self, text: str) -> frozenset[str]:
        """Name what an answer must speak of: what is to be done, and the thing that was named last."""
        named = (self._official[found] for found in self._known.found(self.plain(text)))
        done = frozenset([name for name in named if name in self._deeds][-1:])
        pairs = (pair for pair in self.meaning(text).rest if len(pair) > 1 and pair[-1] in self._paper_ends)
        return (done or self.last_named(text)) | (frozenset(pairs) - self._no_papers)

    def of_paper(self, text: str) -> frozenset[str]:
        """Name what a clause must be about, not only mention: the paper that was lost or has run out."""
        meant = self.meaning(text).topics
        return frozenset(self.subjects(text)) if meant & self._paper_deeds else frozenset()

    def last_named(self, text: str) -> frozenset[str]:
        """Name the thing that stands last in a question, of which it asks; empty where it names none."""
        things = [name for name in self.subjects(text) if name not in self._persons]
        return frozenset(things[-1:])

    def readings(self, question: str, previous: str = "", *, boldly: bool = False) -> list[str]:
        """Say how a question may be taken, the likeliest first: its asking part alone, or after the question before it.

        One that names a subject never takes the words of the one before; asked short ("and for the disabled?"), it
        asks of it what was asked before. One that names none, and is short or says that it goes on, goes on.
        """
        repaired = self.repair(question, boldly=boldly).text
        taken = [repaired]
        if previous:
            taken = self._after(repaired, self.repair(previous, boldly=boldly).text)
        return list(dict.fromkeys([*self._asking_part(taken[0]), *taken]))

    def _asking_part(self, question: str) -> list[str]:
        """Give the part of talk that asks for something by name, what else it asks, for whom and when.

        Nothing of a question that is all one part.
        """
        parts = [part for part in re.split(r"\W+", question) if part]
        asking = [part for part in parts if self.meaning(part).asking]
        named = [place for place, part in enumerate(asking) if self.subjects(part)]
        if not named or len(parts) < 2:
            return []
        before = parts[: parts.index(asking[named[-1]])]
        around: list[str] = []
        for part in before:
            topics = self.meaning(part).topics & self._around
            if topics and len(part) <= BRIEF:
                around.append(part)
            else:
                around += sorted(topics - self._persons)
        return [" ".join([*dict.fromkeys(around), *asking[named[-1] :]])]

    def _after(self, question: str, previous: str) -> list[str]:
        asked, before = self.meaning(question), self.meaning(previous)
        goes_on = bool(self._goes_on.search(question))
        asking = [] if asked.asking or asked.topics & self._aspects - self._persons else sorted(before.asking)
        if self.subjects(question):
            return [" ".join([question, *asking])] if goes_on and asking else [question]
        topics = sorted(before.topics - self._persons)
        if not topics:
            return [question]
        wider = sorted({name for name in self._topics for topic in topics if name in topic and name != topic})
        taken = [" ".join([*named, question, *asking]) for named in (topics, wider) if named]
        if goes_on and not asked.asking and (compound := self._compound(question, previous)):
            taken = [" ".join([compound, *asking]), *taken]
        says_how = bool(asked.asking or asked.topics)  # "how long?", "for the aged?": without it, it is about its rest
        if goes_on or not asked.rest or (says_how and len(asked.rest) <= OF_ITS_OWN):
            return [*taken, question]
        may_go_on = says_how and len(asked.rest) <= HARDLY_OF_ITS_OWN and len(question) <= BRIEF
        return [question, *taken] if may_go_on else [question]

    def goes_on(self, question: str) -> bool:
        """Tell whether a question says so little by itself that it is about what was spoken of before."""
        is_brief = sum(len(part) > 1 for part in self.meaning(question).rest) <= OF_ITS_OWN
        return not self.subjects(question) and (is_brief or bool(self._goes_on.search(question)))

    def by_itself(self, question: str) -> str:
        """Say of what a question asks that names nothing at all, where everybody knows: opening hours of the hall."""
        asked = self.meaning(question)
        about = next((name for way, name in self._alone.items() if way in asked.asking), "")
        says_more = asked.topics or any(len(part) > 1 for part in asked.rest)
        return f"{about} {question}" if about and not says_more else ""

    def _compound(self, question: str, previous: str) -> str:
        """Put "and the summer's?" before what was spoken of, the bus, where both together are one word."""
        words = [f"{said}{word}" for said in self.contents(question) for word in self.subject_words(previous)]
        return next((word for word in words if word in self._official), "")

    def focus(self, text: str) -> str:
        """Keep of a long message the parts that name a topic."""
        return " ".join(part for part in re.split(r"\W+", text) if self.meaning(part).topics)

    def without_topics(self, text: str) -> str:
        """Take the topics out of a question: what is left is how people go on asking."""
        return self._known.replaced(text, lambda found: "" if self._official[found] in self._topics else found)

    def answers(self, asking: frozenset[str], text: str) -> bool:
        """Tell whether a text holds what is asked for: a day, an amount, a place."""
        return bool(self.answered(asking, text))

    def answered(self, asking: frozenset[str], text: str) -> frozenset[str]:
        """Name what is asked for and stands in a text."""
        return frozenset(name for name in asking if name in self._answers and self._answers[name].search(text))

    def tells(self, asking: frozenset[str], text: str) -> bool:
        """Tell whether a text that was not written for it holds what is asked for so plainly that it may be told."""
        return self.answers(asking & self._told, text)

    def goes_about(self, asking: frozenset[str], told: frozenset[str]) -> bool:
        """Tell whether both ask how to go about something: where to take it, how to get rid of it."""
        return bool(asking) and asking <= self._going_about and bool(told & self._going_about)

    def asks_dates(self, text: str) -> bool:
        """Tell whether a question is about when a rule itself holds."""
        return bool(self._dates.search(text))

    def asks_right(self, text: str) -> bool:
        """Tell whether a question is "may I" or "must they": what statutes are for."""
        return bool(self._may.search(text))

    def points_up(self, text: str) -> bool:
        """Tell whether a clause only points to the rule of the town, or of those above it."""
        return bool(self._points_up.search(text))

    def only_dates(self, text: str) -> bool:
        """Tell whether a clause says no more than from when the rule holds."""
        return bool(pattern("closing").match(text))

    def contents(self, text: str) -> list[str]:
        """Give the runs of a text that are neither a way of asking nor a filler: words worth knowing."""
        asking = self._known.replaced(text, lambda found: "\n" if self._official[found] in self._asking else found)
        return re.findall(r"\w+", self._fillers.replaced(asking, lambda _: "\n"))


@lru_cache(maxsize=64)
def load(names: Collection[str] = frozenset()) -> Lexicon:
    """Read the lexicon that ships, for a town with these names."""
    return Lexicon(shipped(), Own(frozenset(names)))


@cache
def shipped() -> Mapping[str, Any]:
    """Read the words that ship."""
    words: dict[str, Any] = {}
    for name in ("lexicon", "synonyms"):
        words |= _read(name)
    return {**words, "dialect": _read("dialect")}


def _read(name: str) -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load(Path(__file__).with_name(f"{name}.yaml").read_text("utf-8")))


def _groups(table: Mapping[str, str | None]) -> dict[str, str]:
    """Turn rows of a name and its other words round: each word and the name."""
    return {word: name for name, others in table.items() for word in (name, *(others or "").split())}


def _pairs(run: str) -> Iterable[str]:
    if run.isascii() or len(run) == 1:
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]
