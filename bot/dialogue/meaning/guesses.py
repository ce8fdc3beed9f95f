"""What a sentence probably means, as its nearest sayings vote, and when that counts. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

ENOUGH = 0.4
"""Share of the votes from which a guess is taken; below it the rules stand (`dinglin eval talk`)."""
HEARD = 0.5
"""The same of a matter to be filed, of company and of progress, where no rule knows a word: below it we ask."""
KIND_ENOUGH = 0.5
"""Share of a skill's votes from which one kind is named; below it the kind is asked for."""
SURE = 0.45
"""Share of one meaning from which a guess outweighs a question's own words."""
KNOWN = 0.85
"""The same where the documents know an answer to the question."""
COMPLAINT = 0.6
"""Share of the votes from which a message that names no cadre is a complaint about one."""
DOUBT = 0.2
"""The same where a cadre is named: who is spoken of must not read it (law of talk 7)."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a saying stands for: a command of the house by its name, or a skill; and a kind of either."""

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

    def best(self, *, without: str = "") -> tuple[str, str, float]:
        """Name the command or the skill with most votes, and its share; `without` one command if there is another."""
        shares: dict[tuple[str, str], float] = defaultdict(float)
        for one, share in self.votes.items():
            shares[one.command, one.skill] += share
        if len(shares) > 1:
            shares.pop((without, ""), None)
        (command, skill), most = max(shares.items(), key=lambda vote: vote[1])
        return command, skill, most

    @property
    def clearest(self) -> float:
        """Give the share of the one meaning with most votes: low where many kinds of a skill are equally near."""
        return max(self.votes.values(), default=0.0)

    def kind_of(self, skill: str, command: str = "") -> str:
        """Name the kind that most sayings of this skill, or command, are of; empty if none stands out."""
        kinds = {one.kind: share for one, share in self.votes.items() if (one.command, one.skill) == (command, skill)}
        kind = max(kinds, key=lambda name: kinds[name], default="")
        return kind if kind and kinds[kind] >= KIND_ENOUGH * sum(kinds.values()) else ""
