"""Fields of a form: read from what people say or tap, checked, and said back. Pure.

A value is kept as JSON: text, number, fen, `2026-11-25`, the key of an option, a person's id, hashes of photos, or
`{"text", "village"}` for a place. What cannot be read is a Mistake that names the field.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from township.errors import Mistake
from township.texts import Texts
from workflows.definition import PERSONAL, FieldKind, FormField
from workflows.durations import words
from workflows.numerals import read_date, read_money, read_number

LONGEST = 2000
PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9}|0\d{2,3}\d{7,8}|\d{3}\d{4}|\d{5,6}|400\d{7})")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Known:
    """What helps to read a value: the day, and the names of villages and people."""

    today: date
    villages: Mapping[str, str] = field(default_factory=dict)
    """Village ids by name."""
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Person ids by name; several mean that one must ask which."""


def read(name: str, spec: FormField, raw: Any, known: Known) -> Any:
    """Read and check one value; a Mistake carries the field and why."""
    value = _READERS[spec.kind](raw, spec, known)
    if value is None:
        raise Mistake(f"not_a_{spec.kind.value}", field=name, name=spec.name)
    if spec.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        _check_size(name, spec, value)
    return value


def read_all(form: Mapping[str, FormField], raw: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """Read all values that were given; a value of an unknown field is a Mistake."""
    unknown = [name for name in raw if name not in form]
    if unknown:
        raise Mistake("unknown_field", field=unknown[0], name=unknown[0])
    return {name: read(name, form[name], value, known) for name, value in raw.items() if value not in (None, "", [])}


def missing(form: Mapping[str, FormField], values: Mapping[str, Any]) -> list[str]:
    """List the fields that are still needed, in the order of the form."""
    return [
        name
        for name, spec in form.items()
        if not spec.optional and name not in values and (spec.when is None or spec.when.holds(dict(values)))
    ]


def is_personal(spec: FormField) -> bool:
    """Say whether a value is kept by reference, so that it can be erased."""
    return spec.sensitive or spec.kind in PERSONAL


def choose_option(spec: FormField, text: str) -> str | None:
    """Find the option of which a word stands in a sentence; the longest word wins."""
    found = [(len(word), key) for key, one in spec.options.items() for word in (one.name, *one.words) if word in text]
    return max(found)[1] if found else None


def say_back(spec: FormField, value: Any, texts: Texts) -> str:
    """Say a value as people read it; an ID number only by its ends."""
    match spec.kind:
        case FieldKind.CHOICE:
            return spec.options[value].name if value in spec.options else str(value)
        case FieldKind.YES_NO:
            return texts.say("say_yes" if value else "say_no")
        case FieldKind.MONEY:
            return texts.say("say_money", yuan=f"{value / 100:.2f}".removesuffix(".00"))
        case FieldKind.DATE:
            day = date.fromisoformat(value)
            return texts.say("say_date", month=day.month, day=day.day, weekday=texts.say("weekdays")[day.weekday()])
        case FieldKind.ID_NUMBER:
            return f"{value[:3]}***********{value[-4:]}"
        case FieldKind.PLACE:
            return str(value.get("text", "")) if isinstance(value, Mapping) else str(value)
        case FieldKind.PHOTOS | FieldKind.FILE:
            return texts.say("say_photos" if spec.kind is FieldKind.PHOTOS else "say_files", count=len(value))
        case _:
            return str(value)


def _check_size(name: str, spec: FormField, value: float) -> None:
    if spec.least is not None and value < spec.least:
        raise Mistake("too_small", field=name, name=spec.name, least=spec.least)
    if spec.most is not None and value > spec.most:
        raise Mistake("too_big", field=name, name=spec.name, most=spec.most)


def _text(raw: Any, spec: FormField, known: Known) -> str | None:
    return raw.strip()[:LONGEST] or None if isinstance(raw, str) else None


def _choice(raw: Any, spec: FormField, known: Known) -> str | None:
    if not isinstance(raw, str):
        return None
    if raw in spec.options:
        return raw
    keys = list(spec.options)
    if raw.strip().isdecimal() and 0 < int(raw) <= len(keys):
        return keys[int(raw) - 1]
    return choose_option(spec, raw)


def _yes_no(raw: Any, spec: FormField, known: Known) -> bool | None:
    if isinstance(raw, bool):
        return raw
    said = str(raw).strip().rstrip(words()["endings"])
    return False if said in words()["no"] else True if said in words()["yes"] else None


def _number(raw: Any, spec: FormField, known: Known) -> float | int | None:
    found = read_number(raw) if isinstance(raw, str) else raw if isinstance(raw, int | float) else None
    return int(found) if found is not None and float(found).is_integer() else found


def _money(raw: Any, spec: FormField, known: Known) -> int | None:
    return read_money(raw) if isinstance(raw, str) else raw if isinstance(raw, int) else None


def _date(raw: Any, spec: FormField, known: Known) -> str | None:
    found = raw if isinstance(raw, date) else read_date(raw, known.today) if isinstance(raw, str) else None
    return found.isoformat() if found else None


def _phone(raw: Any, spec: FormField, known: Known) -> str | None:
    match = PHONE.fullmatch(re.sub(r"[\s-]", "", str(raw)))
    return match[1] if match else None


def _id_number(raw: Any, spec: FormField, known: Known) -> str | None:
    text = re.sub(r"\s", "", str(raw)).upper()
    if not re.fullmatch(r"\d{17}[\dX]", text):
        return None
    total = sum(int(digit) * weight for digit, weight in zip(text, ID_WEIGHTS, strict=False))
    return text if "10X98765432"[total % 11] == text[17] else None


def _person(raw: Any, spec: FormField, known: Known) -> str | None:
    if not isinstance(raw, str) or not raw.strip():
        return None
    same_name = known.people.get(raw.strip(), (raw.strip(),))
    if len(same_name) > 1:
        raise Mistake("which_person", field=spec.name, name=raw.strip(), people=same_name)
    return same_name[0]


def _place(raw: Any, spec: FormField, known: Known) -> dict[str, Any] | None:
    if isinstance(raw, Mapping):
        return {"text": str(raw.get("text", "")), "village": raw.get("village")}
    if not isinstance(raw, str) or not raw.strip():
        return None
    suffix = words()["village_suffix"]
    named = [place for name, place in known.villages.items() if name.removesuffix(suffix) in raw]
    return {"text": raw.strip()[:LONGEST], "village": named[0] if len(named) == 1 else None}


def _files(raw: Any, spec: FormField, known: Known) -> list[str] | None:
    found = [raw] if isinstance(raw, str) else list(raw) if isinstance(raw, list | tuple) else []
    return [str(one) for one in found] or None


_READERS: dict[FieldKind, Callable[[Any, FormField, Known], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.CHOICE: _choice,
    FieldKind.YES_NO: _yes_no,
    FieldKind.NUMBER: _number,
    FieldKind.MONEY: _money,
    FieldKind.DATE: _date,
    FieldKind.PHONE: _phone,
    FieldKind.ID_NUMBER: _id_number,
    FieldKind.PERSON: _person,
    FieldKind.PLACE: _place,
    FieldKind.PHOTOS: _files,
    FieldKind.FILE: _files,
}
