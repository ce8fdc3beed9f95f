"""Which clauses of two documents say different numbers of the same thing. Pure: clauses in, clashes out.

Two statements are of the same thing when each one's own words stand around the other as well, weighed by how few
documents use them; and each must be the other's nearest. Brackets, years and words that exclude each other part them.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from knowledge.language.lexicon import Lexicon
from knowledge.models import ALWAYS, FOREVER, Level
from knowledge.numbers import quantities
from knowledge.numbers.quantities import Statement
from knowledge.structure.patterns import pattern

ALIKE = 0.62
"""Mean share of the words of each statement that stand around the other, from which both are of one thing; chosen on
the sample documents and the planted contradictions (`dinglin eval contradictions`)."""
EACH = 0.36
"""The same share on the poorer side."""
ALONE = 0.5
"""The same where both share a single term."""
SHARED = 0.8
"""What both must share, in weights of a pair of characters that one document alone has."""
CANDIDATES = 40
"""Statements that one is held against, by what they share: bounds the time on thousands of clauses."""
FEW, FEW_OF = 4, 0.1
"""Documents, or the share of all, up to which a term tells what something is about."""
_TOPIC, _PAIR = 2.0, 1.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A clause with what decides whether it can contradict another."""

    clause_id: str
    document_id: str
    title: str
    chapter: str
    text: str
    text_hash: str
    level: Level
    audience: str
    village_id: str | None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Clash:
    """Two clauses that say different numbers of the same thing."""

    first: Piece
    second: Piece
    one: Statement
    other: Statement
    likeness: float

    @property
    def is_local(self) -> bool:
        """Another village, level or audience: perhaps meant so, and shown apart."""
        one, other = self.first, self.second
        return (one.level, one.audience, one.village_id) != (other.level, other.audience, other.village_id)


@dataclass(frozen=True, slots=True)
class _Told:
    """A statement ready to be weighed."""

    piece: Piece
    statement: Statement
    own: frozenset[str]
    """Terms of what stands about the number alone."""
    head: frozenset[str]
    """Terms of title, chapter and headline."""
    all: frozenset[str]
    """Those, and the terms of its sentence, heading and title."""
    years: frozenset[str]
    exclusive: Mapping[int, frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Weights:
    """What terms are worth."""

    of: Mapping[str, float]
    rare: frozenset[str]
    """Used by so few documents that they tell what something is about."""
    most: float
    """Of a pair that one document alone has."""


def clashes(pieces: Sequence[Piece], lexicon: Lexicon, *, names: Collection[str] = ()) -> list[Clash]:
    """Find the contradictions among clauses, the likeliest first; `names` of villages part what names them."""
    told = [one for piece in pieces for one in _told(piece, lexicon, frozenset(names))]
    nearest = _nearest(told, _weigh(told))
    found = []
    for (place, _), (other, likeness) in nearest.items():
        back = nearest.get((other, told[place].piece.document_id))
        if place < other and back and back[0] == place and _differ(told[place].statement, told[other].statement):
            one, two = told[place], told[other]
            found.append(Clash(one.piece, two.piece, one.statement, two.statement, likeness))
    return sorted(_once(found), key=lambda each: -each.likeness)


def _told(piece: Piece, lexicon: Lexicon, names: frozenset[str]) -> Iterator[_Told]:
    if lexicon.only_dates(piece.text):
        return
    head = _terms(f"{piece.title} {piece.chapter} {_headline(piece.text)}", lexicon)
    of_title = quantities.years(piece.title)
    for one in quantities.statements(piece.text):
        around = _terms(one.around, lexicon)
        own = _terms(one.near, lexicon) or around or head
        near = quantities.exclusive(one.near)
        wide = {n: words for n, words in quantities.exclusive(one.around).items() if len(words) == 1}
        told = {**wide, **near}
        if places := frozenset(name for name in names if name in one.near):
            told[-1] = places
        yield _Told(piece, one, own, head, own | around | head, one.years or of_title, told)


def _headline(text: str) -> str:
    first = text.split("\n")[0]
    return first if len(first) < len(text) and not pattern("sentence_end").search(first) else ""


def _terms(text: str, lexicon: Lexicon) -> frozenset[str]:
    """Give the topics of a text and the pairs of characters that are left, without those that stand everywhere."""
    meaning = lexicon.meaning(text)
    pairs = {pair for pair in meaning.rest if pair not in _stops()}
    topics = {f"#{topic}" for topic in meaning.topics - quantities.stop_words()}
    return frozenset(topics | pairs)


class _Stops:
    """Words without weight, and pairs of characters that hold one or are a part of one."""

    def __init__(self, words: Collection[str]) -> None:
        self._single = frozenset(word for word in words if len(word) == 1)
        self._pairs = frozenset(word[n : n + 2] for word in words for n in range(len(word) - 1))

    def __contains__(self, pair: str) -> bool:
        return pair in self._pairs or any(sign in self._single for sign in pair)


@cache
def _stops() -> _Stops:
    return _Stops(quantities.stop_words())


def _weigh(told: Sequence[_Told]) -> _Weights:
    """Weigh each term by how few documents use it, and name those that tell what something is about."""
    users: dict[str, set[str]] = defaultdict(set)
    for one in told:
        for term in one.all:
            users[term].add(one.piece.document_id)
    size = len({one.piece.document_id for one in told})
    weights = {
        term: (_TOPIC if term.startswith("#") else _PAIR) * math.log(1 + size / len(documents))
        for term, documents in users.items()
    }
    few = max(FEW, size * FEW_OF)
    rare = frozenset(term for term, documents in users.items() if len(term) > 1 and len(documents) <= few)
    return _Weights(weights, rare, math.log(1 + size))


def _nearest(told: Sequence[_Told], weights: _Weights) -> dict[tuple[int, str], tuple[int, float]]:
    """Give each statement its nearest in each other document: by place and document, the place and the likeness."""
    by_term: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, one in enumerate(told):
        for term in one.own:
            by_term[one.statement.kind, term].append(place)
    nearest: dict[tuple[int, str], tuple[int, float]] = {}
    for place, one in enumerate(told):
        for other in _candidates(place, told, by_term, weights):
            likeness = _likeness(one, told[other], weights)
            if likeness < ALIKE:
                continue
            for mine, theirs in ((place, other), (other, place)):
                key = (mine, told[theirs].piece.document_id)
                best = nearest.get(key)
                rank = (likeness, not _differ(told[mine].statement, told[theirs].statement))
                if best is None or rank > (best[1], not _differ(told[mine].statement, told[best[0]].statement)):
                    nearest[key] = (theirs, likeness)
    return nearest


def _candidates(
    place: int, told: Sequence[_Told], by_term: Mapping[tuple[str, str], list[int]], weights: _Weights
) -> list[int]:
    one = told[place]
    shared: Counter[int] = Counter()
    for term in one.all:
        for other in by_term.get((one.statement.kind, term), ()):
            if told[other].piece.document_id != one.piece.document_id:
                shared[other] += round(weights.of[term] * 1000)
    return [other for other, _ in shared.most_common(CANDIDATES)]


def _likeness(one: _Told, other: _Told, weights: _Weights) -> float:
    """Say how surely both are of the same thing; 0 where something parts them."""
    if not _comparable(one, other):
        return 0.0
    shared = one.own & other.all | other.own & one.all
    covers = [_cover(one.own, other.all, weights), _cover(other.own, one.all, weights)]
    if (
        min(covers) < (EACH if len(shared) > 1 else ALONE)
        or sum(weights.of[term] for term in shared) < SHARED * weights.most
    ):
        return 0.0
    topics = frozenset(term for term in shared if term.startswith("#"))
    named = topics & (one.head | other.head | weights.rare)
    is_of_one = bool(named or (shared & weights.rare and len(shared) > 1))
    return sum(covers) / 2 if is_of_one else 0.0


def _cover(own: frozenset[str], of: frozenset[str], weights: _Weights) -> float:
    whole = sum(weights.of[term] for term in own)
    return sum(weights.of[term] for term in own & of) / whole if whole else 0.0


def _comparable(one: _Told, other: _Told) -> bool:
    a, b = one.statement, other.statement
    if one.piece.village_id != other.piece.village_id and one.piece.village_id and other.piece.village_id:
        return False
    if a.per and b.per and not (a.per <= b.per or b.per <= a.per):
        return False
    if one.years and other.years and not one.years & other.years:
        return False
    if any(not words & other.exclusive[n] for n, words in one.exclusive.items() if n in other.exclusive):
        return False
    if any(not values & b.brackets[kind] for kind, values in a.brackets.items() if kind in b.brackets):
        return False
    if any(not values & b.heads[kind] for kind, values in a.heads.items() if kind in b.heads):
        return False
    return _together(one.piece, other.piece) and _same_unit(a, b)


def _together(one: Piece, other: Piece) -> bool:
    """Tell whether both are in force on some day."""
    begins = max(one.first or ALWAYS, other.first or ALWAYS)
    return begins <= min(one.last or FOREVER, other.last or FOREVER)


def _same_unit(one: Statement, other: Statement) -> bool:
    return all(_unit(one, a) == _unit(other, b) for a in one.value[:1] for b in other.value[:1])


def _unit(statement: Statement, value: str) -> str:
    if statement.kind == "span":
        return value[0] if value[0] == "M" else ""
    if statement.kind == "date":
        return "M" if value.startswith("M") else ""
    return value.lstrip("0123456789.") if statement.kind in {"count", "size"} else ""


def _differ(one: Statement, other: Statement) -> bool:
    if one.kind == "date":
        return not _same_days(one.value, other.value)
    return not set(one.value) & set(other.value) if len(one.value) != len(other.value) else one.value != other.value


def _same_days(one: Sequence[str], other: Sequence[str]) -> bool:
    """A day with its year and the same day without are the same; of a range and a day, one end is enough."""
    if len(one) == len(other):
        return all(_same_day(a, b) for a, b in zip(one, other, strict=True))
    return any(_same_day(a, b) for a in one for b in other)


def _same_day(one: str, other: str) -> bool:
    a, b = one.removeprefix("M").split("-"), other.removeprefix("M").split("-")
    known = min(len(a), len(b))
    return a[-known:] == b[-known:]


def _once(found: Sequence[Clash]) -> list[Clash]:
    """Keep the likeliest of several clashes between the same two clauses."""
    best: dict[tuple[str, str, str], Clash] = {}
    for each in sorted(found, key=lambda one: -one.likeness):
        best.setdefault((each.first.clause_id, each.second.clause_id, each.one.kind), each)
    return list(best.values())
