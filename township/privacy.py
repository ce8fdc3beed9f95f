"""Masking of phones, ID numbers and bank cards, before a log, a model or a stranger sees a text.

The order matters: an ID number contains what looks like a phone, so the longest kind is masked first.
"""

import re

#: GB 11643-1999: six digits of area, eight of birthday, three of sequence, one check symbol.
_ID_NUMBER = re.compile(
    r"(?<![0-9])([1-9][0-9]{5})((?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])[0-9]{3}[0-9Xx])(?![0-9])"
)
#: Bank cards of China UnionPay have 16 to 19 digits, often written in fours.
_BANK_CARD = re.compile(r"(?<![0-9])([0-9]{4})(?:[ -]?[0-9]{4}){2,3}(?:[ -]?[0-9]{1,4})(?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])(?:\+?86[ -]?)?(1[3-9][0-9])[ -]?[0-9]{4}[ -]?([0-9]{4})(?![0-9])")
_SESSION = re.compile(r"(session=|access_token=|ticket=)[^\s&\"']+")


def mask(text: str) -> str:
    """Hide the middle of every number that names a person, and every token in an address."""
    text = _ID_NUMBER.sub(lambda m: m[1] + "*" * len(m[2]), text)
    text = _BANK_CARD.sub(lambda m: m[1] + "*" * 12, text)
    text = _MOBILE.sub(lambda m: m[1] + "****" + m[2], text)
    return _SESSION.sub(lambda m: m[1] + "***", text)


def mask_name(name: str) -> str:
    """Show the family name only."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""
