"""The address of a village's circle for telephones: twelve symbols that nobody guesses and that change with the month.

It stands in the digest of the village group; last month's still opens for a while. Pure.
"""

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from township.clock import SHANGHAI
from township.ids import ALPHABET

LENGTH = 12
GRACE = timedelta(days=14)
"""How far into a month the address of the last one still opens."""


def code(key: bytes, village_id: str, now: datetime) -> str:
    """Make the address of a village's circle for the month of a moment."""
    month = now.astimezone(SHANGHAI).strftime("%Y-%m")
    digest = hmac.new(key, f"circle\n{village_id}\n{month}".encode(), sha256).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH])


def village_of(key: bytes, given: str, village_ids: Iterable[str], now: datetime) -> str | None:
    """Find whose address somebody holds; None if it is nobody's, or has lapsed."""
    asked = given.strip().upper().encode()
    return next(
        (
            village
            for village in village_ids
            for at in (now, now - GRACE)
            if hmac.compare_digest(code(key, village, at).encode(), asked)
        ),
        None,
    )
