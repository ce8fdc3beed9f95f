"""Numbers and amounts as people write and say them, in figures or characters. Pure."""

import re
from functools import cache

from workflows.clocks.durations import words


def read_number(text: str) -> float | None:
    """Read a number, in figures or in characters; None when there is none, or when it may be several ("two, three").

    "Two thousand five" is said for 2,500 and "five ten-thousand eight" for 58,000; with a nought between it is 2,005.
    """
    said = text.strip().translate(_plain())
    for word, meaning in words()["tens"].items():
        said = said.replace(word, meaning)
    if re.fullmatch(r"-?\d+(?:\.\d+)?", said):
        return float(said)
    if mixed := _mixed().fullmatch(said):
        return _with_rest(float(mixed[1]), words()["scales"][mixed[2]], mixed[3])
    return _spoken(said) if said and set(said) <= {*words()["digits"], *words()["scales"]} else None


@cache
def _plain() -> dict[int, int | None]:
    """Capital figures of receipts as the usual ones, without what parts thousands."""
    capital = words()["capital"]
    return str.maketrans(capital["from"], capital["to"], "," + words()["separators"])


@cache
def _mixed() -> re.Pattern[str]:
    """A figure with a scale in characters."""
    large = "".join(name for name, scale in words()["scales"].items() if scale > 10)
    return re.compile(rf"(-?\d+(?:\.\d+)?)([{large}])(.*)")


def _with_rest(amount: float, scale: int, rest: str) -> float | None:
    """A figure with its scale and what follows: a single one counts tenths of the scale, anything else by itself."""
    if not rest:
        return amount * scale
    further = read_number(rest.lstrip("".join(name for name, digit in words()["digits"].items() if digit == 0)))
    if further is None or further >= scale:
        return None
    return amount * scale + (further * scale / 10 if len(rest) == 1 else further)


def _spoken(text: str) -> float | None:
    """Add up a number in characters, scale by scale; digits alone stand side by side ("two zero two six")."""
    digits, scales = words()["digits"], words()["scales"]
    if not set(text) & set(scales):
        return float("".join(str(digits[one]) for one in text))
    total, section, digit, last = 0, 0, 0, 0
    for character in text:
        if character in digits:
            if digit:
                return None
            digit, last = digits[character], last if digits[character] else 0
        elif (scale := scales[character]) < 10_000:
            section, digit, last = section + (digit or 1) * scale, 0, scale
        else:
            total, section, digit, last = (total + section + digit) * scale, 0, 0, scale
    return float(total + section + digit * max(last // 10, 1))


def read_money(text: str) -> int | None:
    """Read an amount and return it in fen; None when there is none."""
    said = re.fullmatch(words()["amount"], "".join(text.split()))
    if said is None:
        return None
    parts = [(said["yuan"], 100), (said["jiao"] or said["short"], 10), (said["fen"], 1)]
    read = [(read_number(part), worth) for part, worth in parts if part]
    if not read or any(number is None for number, _ in read):
        return None
    return round(sum(number * worth for number, worth in read if number is not None))
