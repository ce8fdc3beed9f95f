"""Which service a piece of text means: its keywords, else the nearest of its examples. Pure; skills come as data."""

from collections.abc import Sequence
from dataclasses import dataclass

LIKE_ENOUGH = 0.5
"""Share of common character pairs (Dice) from which an example counts."""


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


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def likeness(left: str, right: str) -> float:
    """Compare two texts by their character pairs, between 0 and 1."""
    one, other = _pairs(left), _pairs(right)
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def nearest(text: str, skills: Sequence[SkillWords]) -> SkillWords | None:
    """Pick the service with the longest keyword in the text, else the one with the nearest example."""
    keyed = [(max((len(word) for word in skill.keywords if word in text), default=0), skill) for skill in skills]
    length, best = max(keyed, key=lambda pair: pair[0], default=(0, None))
    if length:
        return best
    liked = [(max((likeness(text, each) for each in skill.examples), default=0.0), skill) for skill in skills]
    score, best = max(liked, key=lambda pair: pair[0], default=(0.0, None))
    return best if score >= LIKE_ENOUGH else None
