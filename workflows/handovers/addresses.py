"""The address of one piece of work for somebody outside: eight symbols that name it, eight that sign them. Pure.

Short enough for a text message. Who can read the database cannot make one, for the key is not there.
"""

import hmac
import re
from hashlib import sha256

from township.ids import ALPHABET

PATH = "/w"
"""Where such work stands under the public address."""
HALF = 8
_CODE = re.compile(rf"([{ALPHABET}]{{{HALF}}})([{ALPHABET}]{{{HALF}}})")


def code(key: bytes, handover_id: str) -> str:
    """Write the code that opens a piece of work."""
    return f"{handover_id}{_signature(key, handover_id)}"


def handover_of(key: bytes, given: str) -> str | None:
    """Find which piece of work a code opens; None if it is none of ours."""
    found = _CODE.fullmatch(given.strip().upper())
    if found is None or not hmac.compare_digest(_signature(key, found[1]), found[2]):
        return None
    return found[1]


def _signature(key: bytes, handover_id: str) -> str:
    digest = hmac.new(key, f"handover\n{handover_id}".encode(), sha256).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:HALF])
