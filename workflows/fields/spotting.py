"""Takes everything that a sentence holds for a form: days, numbers with their units, phones, names, places. Pure.

Text, yes and no, and bare numbers answer only the question that was asked; nobody could tell them apart in a sentence.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from msgspec import Struct

from township.errors import Mistake
from workflows.clocks.durations import words
from workflows.definition import FieldKind, FormField
from workflows.fields import identity, places, plain, times
from workflows.fields.known import Known
from workflows.moments.reading import Kind, Lean, Moment, find


class Spotted(Struct, frozen=True):
    """A value that stood in a sentence."""

    value: Any
    said: str
    moon: bool = False
    """Said by the farmers' calendar."""


def spot(form: Mapping[str, FormField], said: str, known: Known) -> dict[str, Spotted]:
    """Find the values of these fields in a sentence; each piece of it fills one field of a kind."""
    found: dict[str, Spotted] = {}
    rest = said
    for kinds, find_in in _FINDERS:
        taken: list[str] = []
        for name, spec in form.items():
            if spec.kind not in kinds or spec.value is not None:
                continue
            source = said if kinds & _WHOLE else rest
            one = next((one for one in find_in(spec, source, known) if one.said not in taken), None)
            if one is not None:
                found[name] = one
                taken.append(one.said)
        for piece in taken if kinds & _USED_UP else ():
            rest = rest.replace(piece, " " * len(piece), 1)
    return {name: found[name] for name in form if name in found}


def _numbers(pattern: Callable[[FormField], re.Pattern[str] | None], spec: FormField, said: str) -> Iterator[str]:
    written = pattern(spec)
    if written is not None:
        yield from (found.group() for found in written.finditer(said))


def _read(
    read: Callable[[Any, FormField, Known], Any], pattern: Callable[[FormField], re.Pattern[str] | None],
    spec: FormField, said: str, known: Known,
) -> Iterator[Spotted]:  # fmt: skip
    for piece in _numbers(pattern, spec, said):
        value = read(piece, spec, known)
        if value is not None:
            yield Spotted(value, piece)


@cache
def _compiled(name: str, units: tuple[str, ...] = ()) -> re.Pattern[str]:
    return re.compile(words()[name].replace("{units}", "|".join(map(re.escape, units))))


def _counted(spec: FormField) -> re.Pattern[str] | None:
    return _compiled("number_sign", spec.unit) if spec.unit else None


def _times(spec: FormField, said: str, known: Known) -> Iterator[Spotted]:
    """Every time of the sentence that this field can hold."""
    if spec.kind is FieldKind.DATE and (market := times.market_day(said, spec, known)):
        yield Spotted(market.isoformat(), said)
    found = find(said, known.moment, Lean.PAST if spec.past else Lean.NEXT)
    for moment in () if times.is_either(said, found) else found:
        piece = said[slice(*moment.at)]
        value = _held(spec, moment, piece, known)
        if value is not None:
            yield Spotted(value, piece, moment.moon)


def runs_backwards(spec: FormField, said: str, known: Known) -> bool:
    """Say whether a sentence names a period whose end lies before its beginning: that is asked about, never guessed."""
    if spec.kind is not FieldKind.PERIOD:
        return False
    found = find(said, known.moment, Lean.PAST if spec.past else Lean.NEXT)
    return any(one.kind is Kind.BACKWARDS for one in found)


def _held(spec: FormField, moment: Moment, piece: str, known: Known) -> Any:
    match spec.kind:
        case FieldKind.DATE:
            return moment.day.isoformat() if moment.day and moment.kind is not Kind.EVERY else None
        case FieldKind.TIME:
            return times.hour(piece, spec, known)
        case FieldKind.MOMENT:
            return times.moment(piece, spec, known) if moment.day else None
        case FieldKind.PERIOD:
            return times.period(piece, spec, known) if moment.kind is Kind.RANGE else None
    return times.duration(piece, spec, known) if moment.kind is Kind.LENGTH else None


def _choices(spec: FormField, said: str, known: Known) -> Iterator[Spotted]:
    key = plain.only_option_in(spec, said)
    if key is not None:
        names = (spec.options[key].name, *spec.options[key].words)
        yield Spotted(key, max((word for word in names if word in said), key=len, default=said))


def _names(spec: FormField, said: str, known: Known) -> Iterator[Spotted]:
    """Names of people or households that stand in the sentence; two of one name are for asking."""
    names = known.people if spec.kind is FieldKind.PERSON else known.households
    for name in sorted(names, key=len, reverse=True):
        if name in said and len(names[name]) == 1:
            yield Spotted(names[name][0], name)


def _places(spec: FormField, said: str, known: Known) -> Iterator[Spotted]:
    try:
        where = places.place(said, spec, known)
    except Mistake:
        return
    if where and (where["village"] or "group" in where):
        yield Spotted(where, said)


Finder = Callable[[FormField, str, Known], Iterator[Spotted]]
_FINDERS: tuple[tuple[frozenset[FieldKind], Finder], ...] = (
    (frozenset({FieldKind.ID_NUMBER}), partial(_read, identity.id_number, lambda _: identity.ID_NUMBER)),
    (frozenset({FieldKind.PHONE}), partial(_read, identity.phone, lambda _: _compiled("phone_sign"))),
    (frozenset({FieldKind.PERIOD}), _times),
    (frozenset({FieldKind.DATE}), _times),
    (frozenset({FieldKind.TIME}), _times),
    (frozenset({FieldKind.MOMENT}), _times),
    (frozenset({FieldKind.DURATION}), _times),
    (frozenset({FieldKind.MONEY}), partial(_read, plain.money, lambda _: _compiled("money_sign"))),
    (frozenset({FieldKind.NUMBER}), partial(_read, plain.number, _counted)),
    (frozenset({FieldKind.CHOICE}), _choices),
    (frozenset({FieldKind.PERSON, FieldKind.HOUSEHOLD}), _names),
    (frozenset({FieldKind.PLACE}), _places),
)
_WHOLE = frozenset({FieldKind.PLACE})
"""A place is kept as the whole sentence has it."""
_USED_UP = frozenset({FieldKind.ID_NUMBER, FieldKind.PHONE, FieldKind.PERIOD, FieldKind.MONEY, FieldKind.NUMBER})
"""Pieces that are of no use to another field: the digits of a phone are no number of guests."""
