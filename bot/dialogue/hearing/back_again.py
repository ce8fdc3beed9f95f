"""Words that say only that a trouble is over: the water is back, it was mended at home, nobody need come. Pure."""

from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain

LONGEST = 30
"""Characters up to which a message can say that alone."""
PARTS = ("no_need", "self", "is_back", "is_done", "thanks")


def is_all(text: str) -> bool:
    """Tell whether a message says that something works again, and at most thanks and that nobody need come."""
    return _says(text, "is_back", "is_done")


def needs_nobody(text: str) -> bool:
    """Tell whether a message says that nobody need come, and at most thanks and that something works again."""
    return _says(text, "no_need", "self")


def names_nothing(text: str) -> bool:
    """Tell whether a message does not say what works again: "it was fetched, thanks"."""
    return words.load().find("back_again.is_back", plain(text)) is None


def _says(text: str, *parts: str) -> bool:
    heard, lexicon = plain(text), words.load()
    is_whole = 0 < len(heard) <= LONGEST and _is_whole(heard)
    return is_whole and any(lexicon.find(f"back_again.{part}", heard) for part in parts)


def _is_whole(heard: str) -> bool:
    """Read part after part, the longest each time; none is read otherwise when the rest does not fit."""
    patterns = [words.load().patterns[f"back_again.{part}"] for part in PARTS]
    at = 0
    while at < len(heard):
        end = max((found.end() for pattern in patterns if (found := pattern.match(heard, at))), default=at)
        if end == at:
            return False
        at = end + heard.startswith("，", end)
    return True
