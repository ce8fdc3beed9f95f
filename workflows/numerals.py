"""Numbers and amounts as people write and say them, in figures or characters. Pure."""

import re

from workflows.clocks.durations import words


def read_number(text: str) -> float | None:
    """Read a number, in figures or in characters; None when there is none."""
    cleaned = text.strip().replace(",", "")
    cleaned = cleaned.translate(str.maketrans("", "", words()["separators"]))
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)(\D?)", cleaned)
    scales = words()["scales"]
    if match and (not match[2] or match[2] in scales):
        return float(match[1]) * int(scales.get(match[2], 1))
    return _spoken(cleaned) if cleaned and set(cleaned) <= {*words()["digits"], *scales} else None


def _spoken(text: str) -> float:
    """Add up a number in characters, scale by scale; digits alone stand side by side ("two zero two six")."""
    digits, scales = words()["digits"], words()["scales"]
    if len(text) > 1 and not set(text) & set(scales):
        return float("".join(str(digits[one]) for one in text))
    total, section, digit = 0, 0, 0
    for character in text:
        if character in digits:
            digit = digits[character]
        elif (scale := scales[character]) < 10_000:
            section, digit = section + (digit or 1) * scale, 0
        else:
            total, section, digit = (total + section + digit) * scale, 0, 0
    return float(total + section + digit)


def read_money(text: str) -> int | None:
    """Read an amount and return it in fen; None when there is none."""
    cleaned, factor = text.strip(), 100
    for suffix in words()["ten_thousand_money"]:
        if cleaned.endswith(suffix):
            cleaned, factor = cleaned.removesuffix(suffix), 1_000_000
            break
    for suffix in words()["money"]:
        cleaned = cleaned.removesuffix(suffix)
    amount = read_number(cleaned)
    return None if amount is None else round(amount * factor)
