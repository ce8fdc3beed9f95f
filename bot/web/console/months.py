"""A month as a page is asked for it: 2026-11. One that no calendar of ours reaches is none."""

from datetime import date
from typing import Final

FIRST: Final = 2020
LAST: Final = 2099


def first_of(said: str) -> date | None:
    """Read a month as its first day."""
    try:
        first = date.fromisoformat(f"{said}-01")
    except ValueError:
        return None
    return first if FIRST <= first.year <= LAST else None
