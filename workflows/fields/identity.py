"""Who and where to reach: phones, ID numbers, people and households. Pure; the directory's names come as data."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from township.errors import Mistake
from workflows.clocks.durations import words
from workflows.definition import FormField
from workflows.fields.known import Known

PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9}|0\d{2,3}\d{7,8}|\d{7}|[2-8]\d{7}|\d{5,6}|400\d{7})")
ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def phone(raw: Any, spec: FormField, known: Known) -> str | None:
    """Take a phone number, mobile or not, however it is spaced or spelled out in characters."""
    match = PHONE.fullmatch(re.sub(r"[\s-]", "", figures(_plain(raw))))
    return match[1] if match else None


def _plain(raw: Any) -> str:
    """Figures of the other width are figures."""
    return unicodedata.normalize("NFKC", str(raw))


def figures(said: str) -> str:
    """Write digits that were said one by one as figures ("one three eight ...")."""
    for word, digit in words()["spoken_digits"].items():
        said = said.replace(word, str(digit))
    return said


def id_number(raw: Any, spec: FormField, known: Known) -> str | None:
    """Take an ID number of which the checksum and the birthday hold (GB 11643-1999)."""
    text = re.sub(r"\s", "", _plain(raw)).upper()
    if not re.fullmatch(r"\d{17}[\dX]", text) or birthday_of(text) is None:
        return None
    total = sum(int(digit) * weight for digit, weight in zip(text, ID_WEIGHTS, strict=False))
    return text if "10X98765432"[total % 11] == text[17] else None


def birthday_of(id_number_: str) -> date | None:
    """The birthday in an ID number."""
    try:
        return date(int(id_number_[6:10]), int(id_number_[10:12]), int(id_number_[12:14]))
    except ValueError:
        return None


def person(raw: Any, spec: FormField, known: Known) -> str | None:
    """Find a person by name or id; one of two of the same name must be asked for."""
    return _one_of(raw, spec, known.people, "which_person", "people")


def household(raw: Any, spec: FormField, known: Known) -> str | None:
    """Find a household by what people call it."""
    return _one_of(raw, spec, known.households, "which_household", "households")


def _one_of(raw: Any, spec: FormField, names: Mapping[str, tuple[str, ...]], code: str, those: str) -> str | None:
    if not isinstance(raw, str) or not raw.strip():
        return None
    same_name = names.get(raw.strip(), (raw.strip(),))
    if len(same_name) > 1:
        raise Mistake(code, field=spec.name, name=raw.strip(), **{those: same_name})
    return same_name[0]
