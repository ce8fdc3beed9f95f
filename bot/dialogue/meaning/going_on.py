"""Words that say nothing of their own, after something grave was said: they go on with that. Pure."""

from collections.abc import Sequence

from bot.dialogue.meaning.commands import (
    Ask,
    Chitchat,
    Command,
    Correct,
    Repeat,
    StartSkill,
    Unknown,
    Where,
    WhichSkill,
)
from bot.dialogue.meaning.nearness import SkillWords
from bot.dialogue.meaning.pieces import names_service

NO_SUBJECT = (Unknown, WhichSkill, Chitchat, Where, Correct, Repeat)
"""What is understood of words like "from the back door", "the ambulance is here" or "he lives at the east end"."""


def says_nothing_else(commands: Sequence[Command], known: frozenset[str], services: Sequence[SkillWords]) -> bool:
    """Tell whether nothing that was understood names a service or asks for a fact of the town.

    `known`: the questions that a fact answers. A clause is no such answer: "why is nobody here yet" finds one too.
    """
    return bool(commands) and all(
        isinstance(one, NO_SUBJECT)
        or (isinstance(one, Ask) and one.question not in known)
        or (isinstance(one, StartSkill) and not names_service(one.text, services))
        for one in commands
    )
