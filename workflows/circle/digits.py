"""Numbers in a text that name a person: phone, identity and bank card numbers, however they are written. Pure.

Full-width and Chinese figures count, and so do figures with spaces, dots, dashes or invisible signs between them.
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from workflows.circle.rules import rules


class NumberKind(StrEnum):
    """What a number is, the most telling first."""

    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    PHONE = "phone"


class Found(Struct, frozen=True):
    """A number and where it stands in the text as written."""

    kind: NumberKind
    start: int
    end: int
    figures: str


_MOST_BETWEEN = 3
LETTERS = {"O": "0", "o": "0", "l": "1"}
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_BIRTHDAY = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_UNIONPAY = "62"
_MOBILE = re.compile(r"(?:86)?(1[3-9]\d{9})")
_SHOWN = {NumberKind.PHONE: (3, 4), NumberKind.ID_NUMBER: (6, 0), NumberKind.BANK_CARD: (4, 0)}


def find(text: str) -> list[Found]:
    """Find every number that names a person, in the order of the text."""
    return [found for run in _runs(text) if (found := _read(run))]


def mask(text: str, kinds: frozenset[NumberKind] = frozenset(NumberKind)) -> str:
    """Hide the middle of each of them, or of those of some kinds only."""
    masked, at = "", 0
    for found in find(text):
        if found.kind not in kinds:
            continue
        head, tail = _SHOWN[found.kind]
        hidden = "*" * (len(found.figures) - head - tail)
        masked += text[at : found.start] + found.figures[:head] + hidden + found.figures[len(found.figures) - tail :]
        at = found.end
    return masked + text[at:]


class _Run(Struct, frozen=True):
    figures: str
    places: Sequence[int]


def _runs(text: str) -> Iterator[_Run]:
    """Yield stretches of figures, with little between them."""
    figures, places, gap = "", [], 0
    for at, sign in enumerate(text):
        figure = _figure(sign, figures)
        if figure:
            figures, gap = figures + figure, 0
            places.append(at)
        elif figures and gap < _MOST_BETWEEN and rules().between.match(sign):
            gap += 1
        elif figures:
            yield _Run(figures, tuple(places))
            figures, places, gap = "", [], 0
    if figures:
        yield _Run(figures, tuple(places))


def _figure(sign: str, before: str) -> str:
    if sign in LETTERS:
        return LETTERS[sign] if len(before) >= 3 else ""  # a letter is a figure only within a number
    if sign in "xXＸｘ":
        return "X" if len(before) >= 17 else ""
    return rules().figures.get(sign, "")


def _read(run: _Run) -> Found | None:
    """Name what a stretch of figures holds; the longest kind wins."""
    for at in range(len(run.figures) - 17):
        one = run.figures[at : at + 18]
        if _BIRTHDAY.fullmatch(one) and (len(run.figures) == len(one) or _is_identity(one)):
            return _found(run, NumberKind.ID_NUMBER, at, at + 18)
    if 16 <= len(run.figures) <= 19 and run.figures.isdecimal() and _is_card(run.figures):
        return _found(run, NumberKind.BANK_CARD, 0, len(run.figures))
    mobile = _MOBILE.search(run.figures)
    if mobile and len(run.figures) - len(mobile[1]) <= 4:
        return _found(run, NumberKind.PHONE, mobile.start(1), mobile.end(1))
    return None


def _found(run: _Run, kind: NumberKind, start: int, end: int) -> Found:
    return Found(kind, run.places[start], run.places[end - 1] + 1, run.figures[start:end])


def _is_identity(number: str) -> bool:
    """Check the last symbol (GB 11643-1999): asked of what stands within a longer number."""
    total = sum(int(figure) * weight for figure, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    return number[17] == "10X98765432"[total % 11]


def _is_card(number: str) -> bool:
    """Check the last figure of a bank card (Luhn); a Chinese one with a slip in it is still its owner's."""
    doubled = (int(figure) * (2 if n % 2 else 1) for n, figure in enumerate(reversed(number)))
    holds = sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0
    return number.startswith(_UNIONPAY) or (number[0] in "34569" and holds)
