"""Days as official documents write them, in Chinese or Arabic numerals. Pure."""

from datetime import date

from knowledge.structure.patterns import numeral, pattern


def read_date(text: str) -> date | None:
    """Read the first day in a text; none when there is none or it cannot be."""
    found = pattern("date").search(text)
    if not found:
        return None
    try:
        return date(numeral(found["y"]), numeral(found["m"]), numeral(found["d"]))
    except ValueError:
        return None
