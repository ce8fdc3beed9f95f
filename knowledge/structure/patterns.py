"""How official documents are written: the compiled patterns of `patterns.yaml`; the rules are elsewhere."""

import re
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML


@cache
def _sources() -> dict[str, str]:
    path = Path(__file__).with_name("patterns.yaml")
    loaded: dict[str, str] = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    shared = ("number", "anydate")
    for name, source in loaded.items():
        for part in shared:
            source = source.replace("{" + part + "}", loaded[part])
        loaded[name] = source
    return loaded


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Give the compiled pattern of that name; an unknown name is a bug."""
    return re.compile(_sources()[name])


@cache
def _values() -> tuple[dict[str, int], dict[str, int]]:
    source = _sources()
    zero, two = list(source["other_digits"])
    digits = {mark: value for value, mark in enumerate(source["digits"])} | {zero: 0, two: 2}
    return digits | {str(value): value for value in range(10)}, {m: 10**n for n, m in enumerate(source["tens"], 1)}


def numeral(text: str) -> int:
    """Read a Chinese or Arabic numeral below ten thousand; without tens and hundreds it is read digit by digit."""
    digits, tens = _values()
    if not any(mark in tens for mark in text):
        return int("".join(str(digits[mark] if mark in digits else int(mark)) for mark in text))
    total, digit = 0, 0
    for mark in text:
        if mark in tens:
            total, digit = total + (digit or 1) * tens[mark], 0
        else:
            digit = digits[mark]
    return total + digit


def chinese(count: int) -> str:
    """Write a number from 1 to 9999 as a Chinese numeral, as headings print it."""
    source = _sources()
    digits, tens, zero = source["digits"], ("", *source["tens"]), source["other_digits"][0]
    written, waits = "", False
    for place, digit in zip(range(len(str(count)) - 1, -1, -1), str(count), strict=True):
        if digit == "0":
            waits = True
            continue
        written += (zero if waits and written else "") + digits[int(digit)] + tens[place]
        waits = False
    one_ten = digits[1] + tens[1]
    return written.removeprefix(digits[1]) if written.startswith(one_ten) and count < 20 else written
