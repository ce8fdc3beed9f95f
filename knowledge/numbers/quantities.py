"""What a clause says in numbers: an amount, age, span, day, telephone, share, each with what it is said of. Pure.

How documents write them is data (`quantities.yaml`); which of two statements are of the same thing is for
`contradictions` to weigh.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from knowledge.structure.patterns import numeral

MONTHS = frozenset("月年")
BRACKETS = frozenset({"age", "count", "size", "money"})
"""Kinds that say for whom or for what another number holds."""
HEADS = frozenset({"money", "percent", "span"})
"""Kinds that hold for a bracket."""
NEAR = 24
"""Characters before a number that are about it alone, as whole parts of the sentence."""
_HOURS = {"分": 1, "小": 60, "天": 1440, "日": 1440, "工": 1440, "周": 10080}
"""Minutes of a unit, by its first character."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One number or range of a clause, and the words around it."""

    kind: str
    value: tuple[str, ...]
    """Its ends in one unit (fen, minutes, tenths of a per cent): one for a number, two for a range."""
    said: str
    """As printed."""
    near: str
    """What stands about it alone."""
    around: str
    """The rest of its sentence."""
    per: frozenset[str]
    """For each of what: person, month, hectare; empty when it is not said."""
    years: frozenset[str]
    """Years that its sentence names."""
    brackets: Mapping[str, frozenset[str]]
    """What it holds for, by kind: an age, a number of people, an amount."""
    heads: Mapping[str, frozenset[str]]
    """What holds for it, where it is such a bracket itself."""


def statements(text: str) -> Iterator[Statement]:
    """Read every number of a clause with what it is said of."""
    lines = text.split("\n")
    lead = lines[0] if len(lines) > 1 and lines[0].rstrip().endswith(("：", ":")) else ""
    for sentence in _rules().sentence.findall(text):
        yield from _of_sentence(sentence, "" if sentence == lead else lead)


def bare(text: str) -> str:
    """Take the numbers out of a text."""
    return _rules().any.sub(" ", text)


def exclusive(text: str) -> Mapping[int, frozenset[str]]:
    """Name the words of a text that hold for one thing only, by the row they stand in."""
    found = {n: frozenset(word for word in row if word in text) for n, row in enumerate(_rules().either)}
    return {n: words for n, words in found.items() if words}


def stop_words() -> frozenset[str]:
    """Words without weight."""
    return _rules().stop


def years(text: str) -> frozenset[str]:
    """List the years for which a text says that it is."""
    return frozenset(found["year"] for found in _rules().year.finditer(text))


@dataclass(frozen=True, slots=True)
class _Found:
    kind: str
    start: int
    end: int
    said: str


def _of_sentence(sentence: str, lead: str) -> Iterator[Statement]:
    rules = _rules()
    found = list(_ranges(sentence, [one for one in _numbers(sentence) if _counts(sentence, one)]))
    named = years(sentence)
    for place, (kind, start, end, values) in enumerate(found):
        before = max((other[2] for other in found[:place] if other[0] == kind), default=0)
        tail = rules.tail.match(bare(sentence[end:]))
        near = f"{bare(_last_words(sentence[before:start]))}{tail[0] if tail else ''}"
        around = f"{lead} {bare(sentence)}"
        per = frozenset(one["per"] for one in rules.per.finditer(sentence[before:end]))
        per |= frozenset(one["per"] for one in rules.per.finditer(lead)) if not per else frozenset()
        after = next((n for n in range(place + 1, len(found)) if found[n][0] == kind), len(found))
        brackets = _by_kind((one for one in found[:place] if one[1] >= before), BRACKETS - {kind})
        heads = _by_kind(found[place + 1 : after], HEADS if kind in BRACKETS else frozenset())
        yield Statement(kind, values, sentence[start:end], near, around, per, named, brackets, heads)


def _by_kind(
    found: Iterable[tuple[str, int, int, tuple[str, ...]]], kinds: frozenset[str]
) -> dict[str, frozenset[str]]:
    values: dict[str, frozenset[str]] = {}
    for kind, _, _, held in found:
        if kind in kinds:
            values[kind] = values.get(kind, frozenset()) | frozenset(held)
    return values


def _last_words(text: str) -> str:
    """Keep of a long stretch the parts nearest to the number: what is farther is about something else."""
    kept = ""
    for part in reversed(re.split(r"(?<=[，,、：:])", text)):
        if kept and len(kept) + len(part) > NEAR:
            break
        kept = part + kept
    return kept


def _numbers(sentence: str) -> list[_Found]:
    """Find the numbers; where two kinds overlap, the one that is named first in the rules."""
    taken: list[_Found] = []
    for kind, pattern in _rules().kinds.items():
        for one in pattern.finditer(sentence):
            if all(one.end() <= other.start or one.start() >= other.end for other in taken):
                taken.append(_Found(kind, one.start(), one.end(), one[0]))
    return sorted(taken, key=lambda each: each.start)


def _counts(sentence: str, one: _Found) -> bool:
    """Tell a span of days from a day of the month, and a span from a date's year."""
    if one.kind != "span":
        return True
    rules, after = _rules(), sentence[one.end : one.end + 3]
    if one.said.endswith("日") and not one.said.endswith("工作日"):
        return bool(rules.of_days.match(after)) and "月" not in sentence[max(0, one.start - 1) : one.start]
    if one.said.endswith("年") and len(re.sub(r"\D", "", one.said)) == 4:
        return False
    if not one.said.endswith(("年", "周", "月")) or "个" in one.said:
        return True
    return not rules.month.fullmatch(one.said) and bool(rules.span_after.match(after))


def _ranges(sentence: str, found: list[_Found]) -> Iterator[tuple[str, int, int, tuple[str, ...]]]:
    """Join the two ends of a range; also where only the second has its unit ("eighty to eighty-nine years")."""
    place = 0
    while place < len(found):
        one = found[place]
        start = one.start
        values: tuple[str, ...] = (_value(one.kind, one.said),)
        if half := _rules().half.search(sentence[: one.start]):
            start, values = half.start(), (_value(one.kind, half["n"] + _unit(one.said)), *values)
        end = one.end
        following = found[place + 1] if place + 1 < len(found) else None
        joined = following and _rules().joined.fullmatch(sentence[one.end : following.start])
        if following and joined and following.kind == one.kind and len(values) == 1:
            values, end = (*values, _value(one.kind, following.said)), following.end
            place += 1
        yield one.kind, start, end, values
        place += 1


def _unit(said: str) -> str:
    return _rules().leading.sub("", said)


def _value(kind: str, said: str) -> str:
    """Write a number in the one unit of its kind, so that equal ones are equal."""
    if kind in {"phone", "date"}:
        return _day(said) if kind == "date" else said
    if kind == "clock":
        return _clock(said)
    found = list(re.finditer(_rules().n, said))
    number, unit = _number(found[0][0]), said[found[0].end() :]
    if kind == "money":
        number *= 10_000 if unit.startswith("万") else 1_000 if unit.startswith("千") else 1
        tenths = _number(found[1][0]) if len(found) > 1 else 0
        return f"{round(number * 100 + tenths * 10)}"
    if kind == "percent":
        if "成" in said:
            return f"{round(number * 100 + 50 * said.endswith('半'))}"
        return f"{round(_number(found[-1][0] if said.startswith('百') else found[0][0]) * 10)}"
    if kind == "span":
        unit = unit.lstrip("个")
        if unit[0] in MONTHS:
            return f"M{round(number * (12 if unit[0] == '年' else 1))}"
        return f"{round(number * _HOURS[unit[0]])}"
    return f"{number:g}{unit.replace('周岁', '岁')}"


def _number(text: str) -> float:
    return float(text) if text[0].isdigit() else float(numeral(text))


def _day(said: str) -> str:
    numbers = [str(int(_number(part))) for part in re.findall(_rules().n, said)]
    return ("M" if len(numbers) == 1 else "") + "-".join(numbers)


def _clock(said: str) -> str:
    numbers = [int(_number(part)) for part in re.findall(_rules().n, said)]
    hour, minute = numbers[0], numbers[1] if len(numbers) > 1 else 30 * said.endswith("半")
    late = said.startswith(("下", "晚", "夜")) and hour < 12
    return f"{hour + 12 * late}:{minute:02}"


@dataclass(frozen=True, slots=True)
class _Rules:
    n: str
    kinds: Mapping[str, re.Pattern[str]]
    any: re.Pattern[str]
    half: re.Pattern[str]
    joined: re.Pattern[str]
    per: re.Pattern[str]
    year: re.Pattern[str]
    sentence: re.Pattern[str]
    tail: re.Pattern[str]
    span_after: re.Pattern[str]
    month: re.Pattern[str]
    leading: re.Pattern[str]
    of_days: re.Pattern[str]
    either: tuple[tuple[str, ...], ...]
    stop: frozenset[str]


@cache
def _rules() -> _Rules:
    path = Path(__file__).with_name("quantities.yaml")
    told: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    n, joins = told["n"], told["range"]
    kinds = {name: source.replace("{n}", n) for name, source in told["kinds"].items()}
    return _Rules(
        n,
        {name: re.compile(source) for name, source in kinds.items()},
        re.compile("|".join(f"(?:{source})" for source in kinds.values())),
        re.compile(f"(?P<n>{n}){joins}$"),
        re.compile(joins),
        re.compile(told["per"]),
        re.compile(told["year"]),
        re.compile(told["sentence"]),
        re.compile(told["tail"]),
        re.compile(told["span_after"]),
        re.compile(told["month"]),
        re.compile(told["leading"]),
        re.compile(told["of_days"]),
        tuple(tuple(row.split()) for row in told["either"]),
        frozenset(told["stop"].split()),
    )
