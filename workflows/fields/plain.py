"""Text, choices, yes and no, numbers and amounts, read from what people say. Pure."""

import re
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
    if nth := re.fullmatch(words()["nth"], raw.strip().rstrip(words()["endings"])):
        at = int(read_number(nth["n"]) or 0)
        return keys[at - 1] if 0 < at <= len(keys) else None
    return only_option_in(spec, raw)


def option_in(spec: FormField, said: str) -> str | None:
    """Find the option of which a word stands in a sentence; the longest word wins."""
    found = [(len(word), key) for key, one in spec.options.items() for word in (one.name, *one.words) if word in said]
    return max(found)[1] if found else None


def only_option_in(spec: FormField, said: str) -> str | None:
    """Find the one option that is said; None where two are, or none. A single sign that only one has is enough."""
    heard = {key: [word for word in (one.name, *one.words) if word in said] for key, one in spec.options.items()}
    found = {key: max(several, key=len) for key, several in heard.items() if several}
    longest = max(found.values(), key=len, default="")
    if longest:
        kept = [key for key, word in found.items() if word not in longest or word == longest]
        return kept[0] if len(kept) == 1 else None
    return _by_one_sign(spec, said)


def _by_one_sign(spec: FormField, said: str) -> str | None:
    """Find the option of which an answer names one sign: "the blue one"."""
    match = re.fullmatch(words()["one_sign"], said.strip().rstrip(words()["endings"]))
    has = [
        key for key, one in spec.options.items() if match and any(match["sign"] in w for w in (one.name, *one.words))
    ]
    return has[0] if len(has) == 1 else None


def yes_no(raw: Any, spec: FormField, known: Known) -> bool | None:
    """Take a plain yes or no; asked "with or without", what is asked is a yes, and not it a no."""
    if isinstance(raw, bool):
        return raw
    said = [part.rstrip(words()["endings"]) for part in re.split(r"[，,\s]+", str(raw).strip()) if part]
    found = {_is_yes(part, spec.name) for part in said}
    return found.pop() if len(found) == 1 else None


def _is_yes(said: str, asked: str) -> bool | None:
    said = re.sub(r"^(.+?)\1+$", r"\1", said)  # said twice: "yes yes"
    if said in words()["no"]:
        return False
    if said in words()["yes"]:
        return True
    for verb in (found["verb"] for found in re.finditer(words()["or_not"], asked)):
        if said.startswith((f"{words()['not']}{verb}", f"{words()['without']}{verb}")):
            return False
        if said == verb or re.fullmatch(f"{verb}{words()['after_yes']}", said):
            return True
    return None


def number(raw: Any, spec: FormField, known: Known) -> float | int | None:
    """Read a number, with its unit or without; "two or three" is none."""
    if isinstance(raw, str) and spec.least == 0 and re.fullmatch(words()["none_sign"], raw.strip()):
        found: float | int | None = 0
    elif isinstance(raw, str):
        found = None if re.search(words()["vague"], raw) else read_number(_bare(raw, spec))
    else:
        found = raw if isinstance(raw, int | float) and not isinstance(raw, bool) else None
    return int(found) if found is not None and float(found).is_integer() else found


def _bare(raw: str, spec: FormField) -> str:
    """Leave out the unit, and what people put around a number ("about twenty tables")."""
    said = raw.strip().rstrip(words()["endings"]).strip(words()["about"])
    for unit in sorted(spec.unit, key=len, reverse=True):
        said = said.removesuffix(unit)
    said = said.strip(words()["about"])
    return said if spec.unit else said.rstrip(words()["measures"]) or said


def money(raw: Any, spec: FormField, known: Known) -> int | None:
    """Read an amount in fen; "two or three hundred" is none, and nobody owes what is asked for."""
    if isinstance(raw, str) and re.search(words()["vague"], raw):
        return None
    if isinstance(raw, str):
        found = read_money(raw.strip().rstrip(words()["endings"]).strip(words()["about"]))
        return found if found is None or found >= 0 else None
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None
