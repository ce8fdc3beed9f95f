"""The fields of a guide (who, what to bring, where, how long, at what cost, whom to ring), out of its clauses. Pure.

Every line is a sentence of the guide as it stands; only those are given that were asked for, or the short set.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from knowledge.language.lexicon import Lexicon
from knowledge.retriever import Hit
from knowledge.structure.patterns import pattern
from knowledge.wording import quoting

LONGEST = 220
"""Characters of all lines together."""
ENOUGH = 2
"""Fields that a question must ask for, or a document must have, to be a matter of several clauses."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a guide, and which fields it tells."""

    fields: tuple[str, ...]
    text: str
    hit: Hit

    @property
    def label(self) -> str:
        """The printed names of its fields."""
        return str(_data()["and"]).join(_fields()[name].label for name in self.fields)


@dataclass(frozen=True, slots=True)
class _Field:
    label: str
    asks: re.Pattern[str]
    headline: re.Pattern[str]
    tells: re.Pattern[str]
    anywhere: bool
    """What tells it tells nothing else: it is looked for in every clause."""


def asked(lexicon: Lexicon, question: str) -> tuple[str, ...]:
    """Name the fields that a question asks for: several, or the short set for one that only asks how; else none."""
    named = tuple(name for name, field in _fields().items() if field.asks.search(question))
    if len(named) >= ENOUGH:
        return named
    left = _how().sub("", lexicon.without_topics(question))
    about = lexicon.meaning(question).topics - going()
    asks_how = len(about) == 1 and bool(_how().search(question))
    return tuple(_data()["short"]) if not named and asks_how and not lexicon.meaning(left).rest else ()


def headed(lexicon: Lexicon, question: str, clauses: Sequence[Hit]) -> Hit | None:
    """Find the clause whose headline names the one field that a question asks for, and no other matter than its own."""
    (field, *_) = _asked_by_name(question)
    about = lexicon.meaning(question).topics - going()
    named = [(hit, lexicon.meaning(quoting.parted(hit)[0]).topics - going()) for hit in clauses]
    parted = {topic for _, topics in named for topic in topics} & about
    of_field = [(hit, topics) for hit, topics in named if field.headline.search(quoting.parted(hit)[0])]
    return next((hit for hit, topics in of_field if not (parted and topics) or topics & about), None)


def asks_one(question: str) -> bool:
    """Tell whether a question asks for one field by its name: who may, what to bring, where."""
    return len(_asked_by_name(question)) == 1


def _asked_by_name(question: str) -> list[_Field]:
    return [field for field in _fields().values() if field.asks.search(question)]


def going() -> frozenset[str]:
    """List the topics that only say that one wants to go about something."""
    return frozenset(_data()["going"])


def lines(clauses: Sequence[Hit], fields: Sequence[str]) -> tuple[Line, ...]:
    """Find the sentences of a guide that tell these fields, in the order of the guide; none when it hardly has them."""
    told: dict[tuple[str, str], list[str]] = {}
    used: list[Hit] = []
    for name in fields:
        said = next((each for each in told if _fields()[name].tells.search(each[1])), None)
        if said:
            told[said].append(name)
        elif found := _telling(clauses, _fields()[name], used):
            told.setdefault((found[0].clause_id, found[1]), []).append(name)
            used.append(found[0])
    if len({name for names in told.values() for name in names}) < min(ENOUGH, len(fields)):
        return ()
    by_id = {hit.clause_id: hit for hit in clauses}
    places = {hit.clause_id: place for place, hit in enumerate(clauses)}
    kept, size = [], 0
    for (clause_id, text), names in told.items():  # in the order of the fields: what matters most comes first
        if size + len(text) <= LONGEST:
            kept.append(Line(tuple(names), text, by_id[clause_id]))
            size += len(text)
    return tuple(sorted(kept, key=lambda line: (places[line.hit.clause_id], line.hit.text.find(line.text))))


def _telling(clauses: Sequence[Hit], field: _Field, used: Sequence[Hit]) -> tuple[Hit, str] | None:
    """Find the sentence that tells a field: under a headline of its own, else in a clause that is told from anyhow."""
    headed = [hit for hit in clauses if field.headline.search(quoting.parted(hit)[0])]
    for hit in [*headed, *used]:
        if told := next((each for each in _sentences(hit) if field.tells.search(each)), ""):
            return hit, told
    if first := next((each for hit in headed for each in _sentences(hit)), ""):
        return headed[0], first  # its headline says that it tells
    for hit in clauses if field.anywhere else ():
        if told := next((each for each in _sentences(hit) if field.tells.search(each)), ""):
            return hit, told
    return None


def _sentences(hit: Hit) -> list[str]:
    return [each.strip() for each in pattern("sentence").findall(quoting.parted(hit)[1]) if each.strip()]


@cache
def _how() -> re.Pattern[str]:
    return re.compile(_data()["how"])


@cache
def _fields() -> Mapping[str, _Field]:
    return {
        name: _Field(
            about["label"],
            asks=re.compile(about["asks"]),
            headline=re.compile(about["headline"]),
            tells=re.compile(about["tells"]),
            anywhere="anywhere" in about,
        )
        for name, about in _data()["fields"].items()
    }


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(
        Path(__file__).with_name("guides.yaml").read_text("utf-8")
    )
    return loaded
