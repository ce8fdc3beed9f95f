"""How sure a hit is to answer the question, about 0 to 1, comparable between questions. Pure.

Two witnesses: the cosine of meaning, and the share of the question's words (by rarity) that stand in the clause. The
constants are a handful, chosen on the seen half of `dinglin eval township` and on chit-chat; the curve of that run
(docs/decisions/0030) says what each threshold would answer, how much of it rightly.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.language.lexicon import Lexicon, Meaning
from knowledge.retriever import Hit

STRANGE, FAMILIAR = 0.845, 0.925
"""Cosines of the default embedder for texts that have nothing, and everything, to do with each other."""
SURE = 0.55
"""From here on a clause is quoted; below, the answer is "I do not know"."""
OFF_TOPIC = 0.2
"""Below this nothing in the documents is even near."""
_MEANING = 0.6
_RIGHT_KIND = 0.12
"""Added when the clause holds what the question asks for: a date, an amount, a place."""
_HEAD_ASKS = 0.06
"""Added when the clause begins with the way of asking."""
_TOPIC = 1.3
"""Weight of a topic against other words."""
_UNNAMED = 0.8
"""Left where the question names no topic that is known."""
_IDLE = 0.5
"""Left where it hardly says anything besides."""
_WORDS_ALONE = 1.25
"""Times the share of words, where no embedder bears witness."""
_ELSEWHERE = 0.7
"""Left of a clause that is not on the topic asked, or shares a single word where no topic is known."""
_WITNESSES = 2
_HALF = 0.5
"""Share of the words that must stand in the clause for that."""
_RIGHT_TITLE = 0.15
"""Added when the whole document is about the topic."""
_RIGHT_HEAD = 0.1
"""Added when the clause begins with the topic."""
_HEADLINE = 16
"""Characters at the beginning of a clause that say what it is about."""
_DATES_ONLY = 0.5
"""Left of a clause that only says from when the rule holds."""
_NOT_DONE = 0.5
"""At most so sure is a clause that does not speak of what is wanted: near, but no answer."""
_LEAST = 1e-6
_THERE, _OFTEN, _MOST = 0.1, 0.5, 3.0
"""Weight of what all candidates say together of a statute (`witnesses`, as log odds), what they say of most questions,
and the most that they may say; chosen on 300 citizens' questions (docs/decisions/0039)."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A hit with its confidence."""

    hit: Hit
    confidence: float


def rate(lexicon: Lexicon, question: str, hits: Sequence[Hit], rarity: Callable[[str], float]) -> list[Rated]:
    """Rate the hits of one question, the surest first; `rarity` weighs a pair of characters."""
    asked = lexicon.meaning(question)
    weights = {part: rarity(part) * (_TOPIC if part in asked.topics else 1) for part in asked.topics | asked.rest}
    dated, wanted = lexicon.asks_dates(question), lexicon.wanted(question)
    paper = lexicon.of_paper(question)
    rated = [Rated(hit, _confidence(lexicon, asked, weights, hit, wanted, paper, dated=dated)) for hit in hits]
    return sorted(rated, key=lambda each: -each.confidence)


def _confidence(
    lexicon: Lexicon,
    asked: Meaning,
    weights: Mapping[str, float],
    hit: Hit,
    wanted: frozenset[str],
    paper: frozenset[str],
    *,
    dated: bool,
) -> float:
    said = lexicon.meaning(f"{hit.title}\n{hit.chapter}\n{hit.text}")
    spoken_of = said.topics | said.wider
    shared = weights.keys() & (said.parts | said.wider)
    cover = sum(weights[part] for part in shared) / sum(weights.values()) if weights else 0.0
    sure = cover * _WORDS_ALONE
    if hit.cosine is not None:
        meaning = min(max((hit.cosine - STRANGE) / (FAMILIAR - STRANGE), 0.0), 1.0)
        sure = _MEANING * meaning + (1 - _MEANING) * cover
    named = asked.topics - lexicon.general
    if not named & spoken_of and (named or len(shared) < _WITNESSES):
        sure *= _ELSEWHERE
    if cover >= _HALF and lexicon.answers(asked.asking, hit.text):
        sure += _RIGHT_KIND
    first, _, under = hit.text.partition("\n")
    headline = lexicon.meaning(first[:_HEADLINE])
    others = frozenset(lexicon.subjects(first)) - lexicon.general if under and len(first) <= _HEADLINE else frozenset()
    if named and others and not others & (asked.topics | asked.wider):
        sure -= _RIGHT_HEAD
    elif cover >= _HALF:
        sure += _HEAD_ASKS * bool(asked.asking & headline.asking) + _RIGHT_HEAD * bool(asked.topics & headline.topics)
    if cover >= _HALF and asked.topics & lexicon.meaning(hit.title).topics:
        sure += _RIGHT_TITLE
    if lexicon.only_dates(hit.text) and not dated:
        sure *= _DATES_ONLY
    if not named:
        sure *= _UNNAMED if asked.topics or len(asked.rest) >= _WITNESSES else _IDLE
    if hit.there is not None:
        odds = math.log(max(hit.there, _LEAST) / max(1 - hit.there, _LEAST))
        sure += _THERE * (min(max(odds, -_MOST), _MOST) - _OFTEN)
    return sure if wanted <= spoken_of | said.rest and _is_of(lexicon, paper, hit) else min(sure, _NOT_DONE)


def _is_of(lexicon: Lexicon, paper: frozenset[str], hit: Hit) -> bool:
    """Tell whether a clause is about the paper that was lost: by its document, or because it names it first."""
    first = frozenset(lexicon.subjects(hit.text)[:1])
    return not paper or bool(paper & (first | lexicon.meaning(hit.title).topics))
