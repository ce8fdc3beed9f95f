"""The codes of papers: the twelve symbols printed on a paper, and the six digits with which it is fetched. Pure.

No symbol of a printed code looks like another (no 0 O 1 I L U); what people take them for is forgiven.
"""

import hashlib
import re
import secrets
from itertools import product

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
LOOKS_LIKE = {"0": "QD", "O": "QD", "1": "J7", "I": "J7", "L": "J7", "U": "V"}
"""What was printed where somebody reads a symbol that we never print."""
MOST_READINGS = 16
BETWEEN = re.compile(r"[\s\-‐-―－_.·]+")
SHAPE = re.compile(r"[0-9A-Z]{12}")
DIGITS = 6


def new_code() -> str:
    """Make a code as it is printed: 7K3M-9QXD-TT2P. It always holds letters and figures: so it is known for a code."""
    while True:
        symbols = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if is_code(symbols):
            return grouped(symbols)


def new_pickup() -> str:
    """Make the digits with which a paper is fetched at the counter."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def grouped(symbols: str) -> str:
    """Write symbols in groups of four."""
    return "-".join(symbols[at : at + 4] for at in range(0, len(symbols), 4))


def plain(text: str) -> str:
    """Take what somebody typed as bare symbols: any case, any dashes and spaces, full-width letters too."""
    narrow = "".join(chr(ord(sign) - 0xFEE0) if "！" <= sign <= "～" else sign for sign in text)
    return BETWEEN.sub("", narrow).upper()


def is_code(text: str) -> bool:
    """Tell whether a text has the shape of a printed code, and is no telephone number and no word."""
    symbols = plain(text)
    return SHAPE.fullmatch(symbols) is not None and not symbols.isdecimal() and not symbols.isalpha()


def readings(text: str) -> list[str]:
    """List the hashes of the codes that somebody may have read from paper; few, for the right one is among them."""
    choices = [LOOKS_LIKE.get(symbol, symbol) for symbol in plain(text)]
    found = []
    for symbols in product(*choices):
        found.append(hash_of("".join(symbols)))
        if len(found) == MOST_READINGS:
            break
    return found


def hash_of(code: str) -> str:
    """What is stored of a printed code: who reads the table cannot ask with it."""
    return hashlib.sha256(plain(code).encode()).hexdigest()


def pickup_hash(paper_id: str, digits: str) -> str:
    """What is stored of the digits: bound to their paper."""
    return hashlib.sha256(f"{paper_id}:{digits}".encode()).hexdigest()
