"""Does a sentence stand in the clauses that it names: its words, numbers, names, and its yes or no. Pure.

Strict on purpose: whoever finds nothing here falls back to quoting. A sentence that is dropped costs a paraphrase, one
that passes wrongly costs somebody a journey.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from knowledge.numbers.figures import figures, normal

STANDS = 0.6
"""Share of the pairs of characters of each part that must stand in the clauses; chosen on `dinglin eval answers`."""
SAME = 0.4
"""Share from which on two pieces speak of the same thing, so that both must say yes or both no."""
LONGEST = 160
"""Characters of one sentence; more is babble."""


Key = tuple[str, str]
"""A number as it is compared: value and unit."""


class Fault(StrEnum):
    """Why a sentence does not stand."""

    length = "length"
    question = "question"
    never = "never"
    number = "number"
    name = "name"
    words = "words"
    weight = "weight"
    denial = "denial"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Clauses in normal form, cut the ways in which sentences are held against them."""

    whole: str
    segments: tuple[str, ...]
    """What belongs together: a number counts beside the words of its own segment."""
    pieces: tuple[str, ...]
    pairs: frozenset[str]

    @classmethod
    def of(cls, clauses: Sequence[str]) -> "Evidence":
        """Prepare clauses, each with its title and number."""
        whole = "\n".join(normal(_spaced(clause)) for clause in clauses)
        return cls(whole, tuple(_cut("segments", whole)), tuple(_cut("pieces", whole)), _pairs(whole))


def fault(sentence: str, evidence: Evidence) -> Fault | None:
    """Name the first reason why a sentence does not stand; None when it does."""
    said = normal(sentence)
    if not 2 <= len(said) <= LONGEST:
        return Fault.length
    if _pattern("question").search(said):
        return Fault.question
    if _pattern("never").search(said):
        return Fault.never
    return next((why for why, stands in _CHECKS.items() if not stands(said, evidence)), None)


def _numbers_stand(said: str, evidence: Evidence) -> bool:
    """Every number stands in the clauses, numbers that are said together stand together, and beside the same words."""
    groups = list(_groups(said, evidence))
    return all(_together(keys, evidence) and _beside(keys, words, evidence) for keys, words in groups)


def _groups(said: str, evidence: Evidence) -> Iterator[tuple[set[Key], str]]:
    """Gather the numbers that belong together, and their words: a piece that stands by itself begins anew."""
    for segment in _cut("segments", said):
        group, words = set[Key](), ""
        for piece in _cut("pieces", segment):
            own = {figure.key for figure in figures(piece)}
            if len(own) > 1 and group and not _together(group | own, evidence) and _together(own, evidence):
                yield group, words
                group, words = set(), ""
            group |= own
            words = f"{words} {piece}"
        yield group, words


def _beside(keys: Collection[Key], words: str, evidence: Evidence) -> bool:
    """Tell whether no segment with another number of the same kind speaks more of what is said beside these numbers.

    "85 %" stands in the clauses, but of the town's hospital; a sentence of the county's may not take it.
    """
    units, pairs = {unit for _, unit in keys}, _pairs(words)
    own = [_share(pairs, _pairs(one)) for one in evidence.segments if set(keys) <= _keys(one)]
    rivals = (one for one in evidence.segments if not set(keys) <= _keys(one) and units & _units(one))
    return not keys or all(_share(pairs, _pairs(one)) <= max(own, default=0.0) for one in rivals)


def _units(segment: str) -> set[str]:
    return {figure.unit for figure in figures(segment)}


def _together(keys: Collection[Key], evidence: Evidence) -> bool:
    return not keys or any(set(keys) <= _keys(segment) for segment in evidence.segments)


def _keys(segment: str) -> set[Key]:
    """List the numbers of a segment; each may be said without its unit."""
    found = {figure.key for figure in figures(segment)}
    return found | {(value, "") for value, _ in found}


def _names_stand(said: str, evidence: Evidence) -> bool:
    quoted = (next(filter(None, match.groups())) for match in _pattern("quoted").finditer(said))
    named = (match[0] for match in _pattern("names").finditer(said))
    return all(name in evidence.whole for name in (*quoted, *named))


def _words_stand(said: str, evidence: Evidence) -> bool:
    """Every part of the sentence that claims something shares half of its pairs of characters with the clauses."""
    return all(_share(pairs, evidence.pairs) >= STANDS for part in _cut("parts", said) if (pairs := _pairs(part)))


def _weight_stands(said: str, evidence: Evidence) -> bool:
    """A word that bears weight stands in the clauses too; one that draws a line, beside the numbers of its piece."""
    for piece in _cut("pieces", said):
        keys = {figure.key for figure in figures(piece)}
        beside = [segment for segment in evidence.segments if keys <= _keys(segment)] if keys else [evidence.whole]
        if not (_bears("near", piece, beside) and _bears("anywhere", piece, [evidence.whole])):
            return False
    return True


def _bears(kind: str, piece: str, texts: Sequence[str]) -> bool:
    rows = (row for row in _rows(kind) if any(word in piece for word in row))
    return all(any(word in text for text in texts for word in row) for row in rows)


def _denials_agree(said: str, evidence: Evidence) -> bool:
    """What speaks of the same thing says yes where the clause says yes, and no where it says no."""
    affirmed = _denied().sub("", said)
    for core in {match["core"] for match in _denied().finditer(evidence.whole)}:
        if core in affirmed and core not in _denied().sub("", evidence.whole):
            return False
    for piece in _cut("pieces", said):
        pairs = _pairs(piece)
        shares = [(_share(pairs, _pairs(other)), other) for other in evidence.pieces] if pairs else []
        best = max((share for share, _ in shares), default=0.0)
        if best < SAME:
            if pairs and _denies(piece):
                return False
            continue
        if all(_denies(other) != _denies(piece) for share, other in shares if share == best):
            return False
    return True


_CHECKS: Mapping[Fault, Callable[[str, Evidence], bool]] = {
    Fault.number: _numbers_stand,
    Fault.name: _names_stand,
    Fault.weight: _weight_stands,
    Fault.denial: _denials_agree,
    Fault.words: _words_stand,
}


def _denies(text: str) -> bool:
    """Tell whether a piece says no; twice no is yes."""
    left = _harmless().sub("", text)
    return len(_pattern("negation").findall(left)) % 2 == 1


def _share(pairs: frozenset[str], others: frozenset[str]) -> float:
    return len(pairs & others) / len(pairs) if pairs else 0.0


def _pairs(text: str) -> frozenset[str]:
    """Give the pairs of characters that claim something, without courtesy and joints; numbers have their own rule."""
    for figure in reversed(figures(text)):
        text = f"{text[: figure.start]} {text[figure.end :]}"
    runs = re.findall(r"\w+", _soft().sub(" ", text))
    return frozenset(run[at : at + 2] for run in runs for at in range(max(len(run) - 1, 0)))


def _cut(name: str, text: str) -> list[str]:
    return [part for part in _pattern(name).split(text) if part and part.strip()]


def _spaced(clause: str) -> str:
    """Keep the cells of a table apart."""
    return clause.replace("|", "，")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_data()[name])


@cache
def _denied() -> re.Pattern[str]:
    """A denial and the two characters that it denies; what only looks like one is passed over."""
    harmless = _harmless().pattern
    return re.compile(
        f"(?!{harmless})(?<![{_data()['no_denial_after']}])(?:{_data()['negation']})"
        rf"[{_data()['modal']}]*(?P<core>\w{{2}})"
    )


@cache
def _soft() -> re.Pattern[str]:
    return _any_of(_data()["soft"])


@cache
def _harmless() -> re.Pattern[str]:
    return _any_of(_data()["not_negation"])


@cache
def _rows(kind: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(row).split()) for row in _data()[kind])


def _any_of(words: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words.split(), key=len, reverse=True))))


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(
        Path(__file__).with_name("support.yaml").read_text("utf-8")
    )
    return loaded
