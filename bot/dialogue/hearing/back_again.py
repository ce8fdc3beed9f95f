"""Words that say nothing but that a trouble is over by itself: the water is back, nobody need come. Pure."""

import re
from functools import cache

from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain

LONGEST = 30
"""Characters up to which a message can say that alone."""


def is_all(text: str) -> bool:
    """Tell whether a message says that something works again, and at most thanks and that nobody need come."""
    heard = plain(text)
    return _is_whole(heard) and words.load().find("back_again.is_back", heard) is not None


def needs_nobody(text: str) -> bool:
    """Tell whether a message says that nobody need come, and at most thanks and that something works again."""
    heard, lexicon = plain(text), words.load()
    is_said = lexicon.find("back_again.no_need", heard) or lexicon.find("back_again.self", heard)
    return _is_whole(heard) and is_said is not None


def _is_whole(heard: str) -> bool:
    return len(heard) <= LONGEST and _whole().fullmatch(heard) is not None


@cache
def _whole() -> re.Pattern[str]:
    patterns = words.load().patterns
    each = "|".join(patterns[f"back_again.{name}"].pattern for name in ("no_need", "self", "is_back", "thanks"))
    return re.compile(f"(?:(?:{each})，?)+")
