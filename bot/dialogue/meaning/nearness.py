"""Which service a piece of text means: its keywords, else the nearest of its examples. Pure; skills come as data.

A service that a clerk has written a minute ago is found like those of the house: by its name, by the words of its
kinds, by its examples as written and as they sound.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.dialogue.hearing import words
from bot.dialogue.hearing.echo import Echo
from bot.dialogue.meaning.everyday import house
from skills.likeness import ENOUGH, likeness

EXAMPLE = 0.75
"""Likeness from which a text is an example of a service said once more: a report's word in it says nothing then."""
SHARE, ALIKE = 0.35, 0.15
"""Votes of the nearest sayings from which a service is meant, and how like the nearest must be (decision 0035)."""
CLOSE, BESIDE = 0.3, 0.2
"""Votes that two services must both have to be asked between, and how far one may be behind the other."""


@dataclass(frozen=True, slots=True)
class SkillWords:
    """How people speak of one service; from its skill folder."""

    name: str
    keywords: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    is_report: bool = False
    """A trouble to be mended: a bare mention with a trouble word files it."""
    catches_all: bool = False
    """Takes a trouble that no other service knows."""
    title: str = ""
    """What people call it."""
    sayings: tuple[str, ...] = ()
    """How people say its kinds: what is like these is no other service."""
    kinds: tuple[tuple[str, ...], ...] = ()
    """Of a report: the words of each kind but the last, which takes all others."""

    units: tuple[str, ...] = ()
    """What it counts in, of the units that nothing else is counted in."""

    def kind_named(self, text: str) -> int:
        """Say the words of which kind stand in a text, the longest first; -1 where none do."""
        found = [(len(word), nth) for nth, words in enumerate(self.kinds) for word in words if word in text]
        return max(found)[1] if found else -1


def nearest(text: str, skills: Sequence[SkillWords]) -> SkillWords | None:
    """Pick the service with the longest keyword in the text, else the one with the nearest example."""
    found = candidates(text, skills)
    return found[0] if found else None


def between(text: str, skills: Sequence[SkillWords]) -> tuple[SkillWords, ...]:
    """List the services that a text means equally well; empty where one is plainly meant, or none."""
    found = candidates(text, skills)
    return found if len(found) > 1 else ()


def candidates(text: str, skills: Sequence[SkillWords]) -> tuple[SkillWords, ...]:
    """List the services that a text may mean, the likeliest first; several where they are as likely."""
    keyed = [(max((len(word) for word in skill.keywords if word in text), default=0), skill) for skill in skills]
    longest = max((length for length, _ in keyed), default=0)
    if longest:
        best = tuple(skill for length, skill in keyed if length == longest)
        if best[0].is_report and (said_once_more := as_in_example(text, skills)):
            return (said_once_more,)
        voted = tuple(skill for skill in _voted(text, tuple(skills)) if skill in best) if len(best) > 1 else best
        return voted or best[:1]
    liked = [(max((likeness(text, each) for each in skill.examples), default=0.0), skill) for skill in skills]
    score, first = max(liked, key=lambda pair: pair[0], default=(0.0, None))
    if first is not None and first.is_report and score >= ENOUGH:
        return (first,)
    return _voted(text, tuple(skills))


def as_in_example(text: str, skills: Sequence[SkillWords]) -> SkillWords | None:
    """Find the service that is asked for in the very words of one of its examples."""
    asked_for = [skill for skill in skills if not skill.is_report]
    liked = ((max((likeness(text, each) for each in skill.examples), default=0.0), skill) for skill in asked_for)
    score, first = max(liked, key=lambda pair: pair[0], default=(0.0, None))
    return first if score >= EXAMPLE else None


def by_unit(text: str, skills: Sequence[SkillWords]) -> SkillWords | None:
    """Find the only service that counts in what a text counts in ("eight tables"), if it is a little like it."""
    found = [each for each in skills if any(_counted(unit).search(text) for unit in each.units)]
    return found[0] if len(found) == 1 and _echo(tuple(skills)).votes(text)[0].get(found[0].name, 0.0) else None


@lru_cache(maxsize=256)
def _counted(unit: str) -> re.Pattern[str]:
    return re.compile(f"{words.load().patterns['count'].pattern}{re.escape(unit)}")


@lru_cache(maxsize=512)
def _voted(text: str, skills: tuple[SkillWords, ...]) -> tuple[SkillWords, ...]:
    """Let the nearest sayings vote, everyday talk and troubles among them, on the services that are asked for."""
    shares, alike = _echo(skills).votes(text)
    asked_for = [skill for skill in skills if not skill.is_report and shares.get(skill.name, 0.0) >= CLOSE]
    best = max((shares[skill.name] for skill in asked_for), default=0.0)
    close = [skill for skill in asked_for if best - shares[skill.name] < BESIDE]
    if alike < ALIKE or not close or (len(close) == 1 and best < SHARE):
        return ()
    return tuple(sorted(close, key=lambda skill: -shares[skill.name]))


def make_ready(skills: Sequence[SkillWords]) -> None:
    """Take the sayings of a town to pieces before anybody speaks: some tenths of a second."""
    _echo(tuple(skills))


@lru_cache(maxsize=16)
def _echo(skills: tuple[SkillWords, ...]) -> Echo:
    said = [(saying, skill.name) for skill in skills for saying in (*skill.examples, skill.title, *skill.sayings)]
    return Echo([*said, *((saying, "") for saying in house())])
