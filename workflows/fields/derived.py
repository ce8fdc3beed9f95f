"""Values that are worked out instead of asked: an age from a birthday, persons from tables, a class's amount. Pure.

What an expression may name: the fields themselves (money in yuan), and of a field what it holds: `birthday.age`,
`id.age`, `id.birthday`, `period.days`, `length.days`, `things.count`, `kind.amount`,
and the sum of a column `things.price`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.definition import FieldKind, FormField
from workflows.fields.identity import birthday_of

FEN = 100
MINUTES_A_DAY = 1440


def derive(form: Mapping[str, FormField], values: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Add each derived value of which everything is known, one after the other as they stand in the form."""
    found = {name: value for name, value in values.items() if name not in form or form[name].value is None}
    for name, spec in form.items():
        if spec.value is None:
            continue
        known = _names(form, found, today)
        if spec.value.names() <= known.keys():
            found[name] = _kept(spec, spec.value.evaluate(known))
    return found


def _kept(spec: FormField, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if spec.kind is FieldKind.MONEY:
        return round(value * FEN)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _names(form: Mapping[str, FormField], values: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Everything that an expression may name."""
    known: dict[str, Any] = {"today": today}
    for name, value in values.items():
        spec = form.get(name)
        if spec is None:
            continue
        known[name] = _plain(spec, value)
        known |= {f"{name}.{part}": one for part, one in _parts(spec, value, today).items()}
    return known


def _plain(spec: FormField, value: Any) -> Any:
    match spec.kind:
        case FieldKind.MONEY:
            return value / FEN
        case FieldKind.DATE:
            return date.fromisoformat(value)
    return value


def _parts(spec: FormField, value: Any, today: date) -> dict[str, Any]:
    match spec.kind:
        case FieldKind.DATE:
            return {"age": age(date.fromisoformat(value), today)}
        case FieldKind.ID_NUMBER:
            born = birthday_of(value)
            return {"birthday": born, "age": age(born, today)} if born else {}
        case FieldKind.PERIOD:
            first, last = (date.fromisoformat(value[end][:10]) for end in ("from", "to"))
            return {"days": (last - first).days + 1}
        case FieldKind.DURATION:
            return {"days": value / MINUTES_A_DAY, "hours": value / 60}
        case FieldKind.CHOICE:
            amount = spec.options[value].amount if value in spec.options else None
            return {} if amount is None else {"amount": amount}
        case FieldKind.ROWS:
            return {"count": len(value), **_sums(spec, value)}
    return {}


def _sums(spec: FormField, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The sum of each column of numbers or amounts."""
    numbers = {name: one for name, one in spec.rows.items() if one.kind in (FieldKind.NUMBER, FieldKind.MONEY)}
    return {
        name: sum(row.get(name, 0) for row in rows) / (FEN if one.kind is FieldKind.MONEY else 1)
        for name, one in numbers.items()
    }


def age(born: date, today: date) -> int:
    """Full years of life."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
