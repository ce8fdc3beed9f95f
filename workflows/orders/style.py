"""How a system writes outcomes: learnt from the rows of a filled sheet, and used to write others the same way. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict

from township.clock import SHANGHAI
from workflows.orders.columns import Head, Meaning, names
from workflows.orders.reading import moment

MOMENTS = frozenset({Meaning.CLOSED_AT, Meaning.FIRST_AT})
ANSWERS = frozenset({Meaning.STATE, Meaning.SOLVED, Meaning.SATISFIED})
"""Columns that say yes or no in the words of their system."""
LEAST_PHRASE, LEAST_ROWS = 3, 2
"""Characters of a phrase with which every result begins or ends; rows that must agree on it, or on a constant."""
ISO = "{y}-{m:02}-{d:02} {H:02}:{M:02}"
_PART = re.compile(r"20\d{2}|\d{1,2}")
_OF_DAY, _OF_HOUR = re.compile(r"[-/.年月](\d{1,2})"), re.compile(r"[ T](\d{1,2})[:时]")


class Outcome(Struct, frozen=True):
    """What became of a matter, as far as other systems ask."""

    number: str
    """Ours."""
    result: str
    """In words."""
    is_solved: bool | None
    """As the villager said; None: did not answer."""
    closed_at: datetime
    first_at: datetime | None = None
    """When somebody of the office first did something."""
    handler: str = ""


class Style(Struct, frozen=True):
    """How outcomes are written in one system."""

    moments: Mapping[str, str] = field(default_factory=dict)
    """How a moment is written, by column."""
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The words for `yes` and `no`, by column."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """What stands in every row, by column."""
    opening: str = ""
    """With which every result begins there."""
    ending: str = ""

    def to_json(self) -> dict[str, Any]:
        """Write it to be kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Style":
        """Read what was kept; nothing is the plain style."""
        return cls(**kept)


def learn(rows: Sequence[Sequence[str]], head: Head) -> Style | None:
    """Learn from rows that are filled; None where none is."""
    place = head.place(Meaning.RESULT)
    cells = [dict(zip(head.columns, row, strict=False)) for row in rows[head.row :]]
    filled = [one for one in cells if place >= 0 and one.get(head.columns[place], "").strip()]
    if not filled:
        return None
    column = {name: [one.get(name, "").strip() for one in filled] for name in head.columns}
    of = {name: head.meanings.get(name) for name in head.columns}
    results = [text for name, texts in column.items() if of[name] is Meaning.RESULT for text in texts if text]
    opening, ending = _phrases(results)
    return Style(
        {name: pattern for name, meaning in of.items() if meaning in MOMENTS and (pattern := _pattern(column[name]))},
        {name: _words(column[name]) for name, meaning in of.items() if meaning in ANSWERS},
        {name: texts[0] for name, texts in column.items() if _is_constant(of[name], texts)},
        opening,
        ending,
    )


def written(
    columns: Sequence[str], meanings: Mapping[str, Meaning], cells: Mapping[str, str], outcome: Outcome, style: Style
) -> list[str]:
    """Write one order back, its own cells as they came, in the order of the columns."""
    return [_cell(name, meanings.get(name), cells.get(name, ""), outcome, style) for name in columns]


def _cell(name: str, meaning: Meaning | None, came: str, outcome: Outcome, style: Style) -> str:
    match meaning:
        case Meaning.RESULT:
            said = outcome.result.removesuffix(style.ending[:1])  # one full stop is enough
            return f"{style.opening}{said}{style.ending}" if said else came
        case Meaning.CLOSED_AT:
            return _moment(outcome.closed_at, style.moments.get(name, ISO))
        case Meaning.FIRST_AT:
            return _moment(outcome.first_at, style.moments.get(name, ISO)) if outcome.first_at else came
        case Meaning.OUR_NUMBER:
            return outcome.number
        case Meaning.HANDLER:
            return style.constants.get(name) or outcome.handler or came
        case Meaning.STATE:
            return style.answers.get(name, {}).get("yes", came)
        case Meaning.SATISFIED if not outcome.is_solved:
            return came  # whoever was refused has not said whether that satisfies
        case Meaning.SOLVED | Meaning.SATISFIED if outcome.is_solved is not None:
            return style.answers.get(name, {}).get("yes" if outcome.is_solved else "no", came)
    return came or style.constants.get(name, "")


def _moment(at: datetime, pattern: str) -> str:
    there = at.astimezone(SHANGHAI)
    return pattern.format(y=there.year, m=there.month, d=there.day, H=there.hour, M=there.minute, S=there.second)


def _pattern(texts: Sequence[str]) -> str:
    """Say how moments are written; whether with noughts, by those that show it."""
    known = [text for text in texts if text and moment(text)]
    if not known:
        return ""
    padded = {"m": _has_noughts(known, _OF_DAY), "d": _has_noughts(known, _OF_DAY), "H": _has_noughts(known, _OF_HOUR)}
    left = iter("ymdHMS")

    def named(_: re.Match[str]) -> str:
        name = next(left, "")
        return f"{{{name}:02}}" if name in "MS" or padded.get(name) else f"{{{name}}}"

    return _PART.sub(named, known[0])


def _has_noughts(texts: Sequence[str], part: re.Pattern[str]) -> bool:
    """Tell whether figures below ten have a nought before them; where none is below ten they have."""
    found = [figure for text in texts for figure in part.findall(text)]
    return any(figure.startswith("0") for figure in found) or all(len(figure) > 1 for figure in found)


def _words(texts: Sequence[str]) -> dict[str, str]:
    """Find the word for yes and the word for no, each the most frequent of its side."""
    sides: dict[str, Counter[str]] = {"yes": Counter(), "no": Counter()}
    for text in filter(None, texts):
        sides["no" if text.startswith(tuple(names().no)) else "yes"][text] += 1
    return {side: counted.most_common(1)[0][0] for side, counted in sides.items() if counted}


def _phrases(results: Sequence[str]) -> tuple[str, str]:
    """Find with what every result begins and ends; a result that is the same in all rows is no phrase."""
    if len(set(results)) < LEAST_ROWS:
        return "", ""
    opening = _to_mark(_shared(results))
    rest = [text[len(opening) :] for text in results]
    ending = _to_mark(_shared([text[::-1] for text in rest]))[::-1]
    return opening, ending


def _shared(texts: Sequence[str]) -> str:
    """Give what all texts begin with."""
    first, last = min(texts), max(texts)
    length = next((at for at, sign in enumerate(first) if at >= len(last) or sign != last[at]), len(first))
    return first[:length]


def _to_mark(phrase: str) -> str:
    """Cut a phrase after its last mark, so that no word is taken apart."""
    cut = max((at + 1 for at, sign in enumerate(phrase) if not sign.isalnum()), default=0)
    return phrase[:cut] if cut >= LEAST_PHRASE else ""


def _is_constant(meaning: Meaning | None, texts: Sequence[str]) -> bool:
    can_be = meaning is None or meaning in {Meaning.HANDLER, Meaning.UNIT, Meaning.PASSED_OVER}
    return can_be and len(texts) >= LEAST_ROWS and len(set(texts)) == 1 and bool(texts[0])
