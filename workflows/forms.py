"""Forms: which values are still needed, and each value read by its kind, checked, and said back. Pure.

A value is kept as JSON; how each kind looks is written in `workflows/fields/`. What cannot be read is a Mistake that
names the field.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from township.errors import Mistake
from workflows.definition import PERSONAL, FieldKind, FormField
from workflows.fields import identity, places, plain, rows, times
from workflows.fields.derived import derive
from workflows.fields.known import Known
from workflows.fields.plain import option_in as choose_option
from workflows.fields.wording import say_back

__all__ = ["Known", "choose_option", "is_personal", "missing", "read", "read_all", "say_back"]

SIZED = (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.DURATION)


def read(name: str, spec: FormField, raw: Any, known: Known) -> Any:
    """Read and check one value; a Mistake carries the field and why."""
    try:
        value = _READERS[spec.kind](raw, spec, known)
    except Mistake as mistake:
        raise Mistake(mistake.code, **{**mistake.values, "field": name}) from mistake
    if value is None:
        raise Mistake(f"not_a_{spec.kind.value}", field=name, name=spec.name)
    if spec.kind in SIZED:
        _check_size(name, spec, value)
    return value


def read_all(form: Mapping[str, FormField], raw: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """Read all values that were given and work out those that follow; a value of an unknown field is a Mistake."""
    unknown = [name for name in raw if name not in form]
    if unknown:
        raise Mistake("unknown_field", field=unknown[0], name=unknown[0])
    given = {name: value for name, value in raw.items() if value not in (None, "", []) and form[name].value is None}
    return derive(form, {name: read(name, form[name], value, known) for name, value in given.items()}, known.today)


def missing(form: Mapping[str, FormField], values: Mapping[str, Any]) -> list[str]:
    """List the fields that are still needed, in the order of the form."""
    return [
        name
        for name, spec in form.items()
        if not spec.optional
        and spec.value is None
        and name not in values
        and (spec.when is None or spec.when.holds(dict(values)))
    ]


def is_personal(spec: FormField) -> bool:
    """Say whether a value is kept by reference, so that it can be erased."""
    return spec.sensitive or spec.kind in PERSONAL


def _check_size(name: str, spec: FormField, value: float) -> None:
    if spec.least is not None and value < spec.least:
        raise Mistake("too_small", field=name, name=spec.name, least=spec.least)
    if spec.most is not None and value > spec.most:
        raise Mistake("too_big", field=name, name=spec.name, most=spec.most)


_READERS: dict[FieldKind, Callable[[Any, FormField, Known], Any]] = {
    FieldKind.TEXT: plain.text,
    FieldKind.CHOICE: plain.choice,
    FieldKind.YES_NO: plain.yes_no,
    FieldKind.NUMBER: plain.number,
    FieldKind.MONEY: plain.money,
    FieldKind.DATE: times.day,
    FieldKind.TIME: times.hour,
    FieldKind.MOMENT: times.moment,
    FieldKind.PERIOD: times.period,
    FieldKind.DURATION: times.duration,
    FieldKind.PHONE: identity.phone,
    FieldKind.ID_NUMBER: identity.id_number,
    FieldKind.PERSON: identity.person,
    FieldKind.HOUSEHOLD: identity.household,
    FieldKind.PLACE: places.place,
    FieldKind.PHOTOS: rows.files,
    FieldKind.FILE: rows.files,
    FieldKind.SIGNATURE: rows.files,
    FieldKind.ROWS: partial(rows.rows, read=read),
}
