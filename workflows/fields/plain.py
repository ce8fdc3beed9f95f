"""Text, choices, yes and no, numbers and amounts, read from what people say. Pure."""

from typing import Any

from workflows.clocks.durations import words
from workflows.definition import FormField
from workflows.fields.known import Known
from workflows.numerals import read_money, read_number

LONGEST = 2000


def text(raw: Any, spec: FormField, known: Known) -> str | None:
    """Take words as they are."""
    return raw.strip()[:LONGEST] or None if isinstance(raw, str) else None


def choice(raw: Any, spec: FormField, known: Known) -> str | None:
    """Find an option by its key, its number or a word of it."""
    if not isinstance(raw, str):
        return None
    if raw in spec.options:
        return raw
    keys = list(spec.options)
    if raw.strip().isdecimal() and 0 < int(raw) <= len(keys):
        return keys[int(raw) - 1]
    return option_in(spec, raw)


def option_in(spec: FormField, said: str) -> str | None:
    """Find the option of which a word stands in a sentence; the longest word wins."""
    found = [(len(word), key) for key, one in spec.options.items() for word in (one.name, *one.words) if word in said]
    return max(found)[1] if found else None


def yes_no(raw: Any, spec: FormField, known: Known) -> bool | None:
    """Take a plain yes or no."""
    if isinstance(raw, bool):
        return raw
    said = str(raw).strip().rstrip(words()["endings"])
    return False if said in words()["no"] else True if said in words()["yes"] else None


def number(raw: Any, spec: FormField, known: Known) -> float | int | None:
    """Read a number, with its unit or without."""
    if isinstance(raw, str):
        found = read_number(_bare(raw, spec))
    else:
        found = raw if isinstance(raw, int | float) and not isinstance(raw, bool) else None
    return int(found) if found is not None and float(found).is_integer() else found


def _bare(raw: str, spec: FormField) -> str:
    """Leave out the unit, and what people put around a number ("about twenty tables")."""
    said = raw.strip().rstrip(words()["endings"]).strip(words()["about"])
    for unit in sorted(spec.unit, key=len, reverse=True):
        said = said.removesuffix(unit)
    return said.strip(words()["about"])


def money(raw: Any, spec: FormField, known: Known) -> int | None:
    """Read an amount in fen."""
    if isinstance(raw, str):
        return read_money(raw.strip().rstrip(words()["endings"]).strip(words()["about"]))
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None
