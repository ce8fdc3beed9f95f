"""Masking of phones, ID numbers and bank cards, before a log, a model or a stranger sees a text.

The order matters: an ID number contains what looks like a phone, so the longest kind is masked first.
"""

import re
from collections.abc import Callable, Mapping

#: GB 11643-1999: six digits of area, eight of birthday, three of sequence, one check symbol.
_ID_NUMBER = re.compile(
    r"(?<![0-9])([1-9][0-9]{5})((?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])[0-9]{3}[0-9Xx])(?![0-9])"
)
#: Bank cards of China UnionPay have 16 to 19 digits, often written in fours.
_BANK_CARD = re.compile(r"(?<![0-9])([0-9]{4})(?:[ -]?[0-9]{4}){2,3}(?:[ -]?[0-9]{1,4})(?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])(?:\+?86[ -]?)?(1[3-9][0-9])[ -]?[0-9]{4}[ -]?([0-9]{4})(?![0-9])")
_SESSION = re.compile(r"(session=|access_token=|ticket=)[^\s&\"']+")

_MASKS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_ID_NUMBER, lambda m: m[1] + "*" * len(m[2])),
    (_BANK_CARD, lambda m: m[1] + "*" * 12),
    (_MOBILE, lambda m: m[1] + "****" + m[2]),
    (_SESSION, lambda m: m[1] + "***"),
)


def mask(text: str) -> str:
    """Hide the middle of every number that names a person, and every token in an address."""
    return hide(text)[0]


def hide(text: str) -> tuple[str, Mapping[str, str]]:
    """Mask a text, and say for each thing that stands masked in it what was written there."""
    hidden: dict[str, str] = {}
    for pattern, masked in _MASKS:

        def put(found: re.Match[str], masked: Callable[[re.Match[str]], str] = masked) -> str:
            hidden[masked(found)] = found[0]
            return masked(found)

        text = pattern.sub(put, text)
    return text, hidden


def restore(text: str, hidden: Mapping[str, str]) -> str:
    """Write again what `hide` has hidden, in words that were made of the masked text."""
    for masked, written in hidden.items():
        text = text.replace(masked, written)
    return text


def mask_name(name: str) -> str:
    """Show the family name only."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""
