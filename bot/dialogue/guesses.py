"""What a sentence probably means, as its nearest sayings vote, and when that counts. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

ENOUGH = 0.4
"""Share of the votes from which a guess is taken; below it the rules stand (`dinglin eval talk`)."""
KIND_ENOUGH = 0.4
"""Share of a skill's votes from which one kind is named; else the matter is of no special kind."""
DOUBT = 0.2
"""Share of the votes for a complaint from which words about a cadre are one: who is spoken of must not read it."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a saying stands for: a command of the house by its name, or a skill and a kind of its form."""

    command: str = ""
    skill: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """The votes of the nearest sayings, as shares that add up to 1."""

    votes: Mapping[Meaning, float]

    def share(self, command: str = "", skill: str = "") -> float:
        """Give the share of a command or of all kinds of a skill."""
        return sum(share for one, share in self.votes.items() if (one.command, one.skill) == (command, skill))

    @property
    def best(self) -> tuple[str, str, float]:
        """Name the command or the skill with most votes, and its share."""
        shares: dict[tuple[str, str], float] = defaultdict(float)
        for one, share in self.votes.items():
            shares[one.command, one.skill] += share
        (command, skill), most = max(shares.items(), key=lambda vote: vote[1])
        return command, skill, most

    def kind_of(self, skill: str) -> str:
        """Name the kind that most sayings of this skill are of; empty if none stands out."""
        kinds = {one.kind: share for one, share in self.votes.items() if one.skill == skill}
        kind = max(kinds, key=lambda name: kinds[name], default="")
        return kind if kind and kinds[kind] >= KIND_ENOUGH * sum(kinds.values()) else ""
