"""The `who:` of a stage: `village_clerk of village or town_duty`, `assignee`, `villager`, `named helper`.

The first choice that finds somebody wins. Who holds which role is a fact handed in; nothing is looked up here.
"""

import re
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct, field

from township.errors import Mistake

CHOICE = re.compile(r"(?:(named)\s+)?([a-z_]+)(?:\s+of\s+(?:[a-z_]+\.)?(village|town))?")


class Part(StrEnum):
    """Parts that people play in a case; every other word of a `who:` is a role."""

    VILLAGER = "villager"
    """Whom the matter concerns, or who spoke for that person."""
    ASSIGNEE = "assignee"
    """Who took the case."""
    WRITER = "writer"
    """Who wrote it down."""
    DUTY = "duty"
    """Who has the duty now, of the village before the town."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One alternative of a `who:`."""

    word: str
    of: str = ""
    named: bool = False
    """The word is a field that holds a person."""


@dataclass(frozen=True, slots=True)
class Who:
    """A parsed `who:`."""

    source: str
    choices: tuple[Choice, ...]

    def roles(self) -> frozenset[str]:
        """List the roles that it speaks of."""
        return frozenset(choice.word for choice in self.choices if not choice.named and choice.word not in set(Part))


class Facts(Struct, frozen=True):
    """What the directory says at this moment, as far as a case needs it."""

    holders: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Person ids by (role, `village` of the case | `town`)."""
    duty: tuple[str, ...] = ()
    reachable: Container[str] = frozenset()
    """Those of the case's people who have an account that can be written to."""
    stands_in: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For whom each deputy stands in now."""
    objections: int = 0
    """Open objections to what the case shows to everybody."""


class Cast(Struct, frozen=True):
    """Who plays which part in a case."""

    affected: str | None = None
    spoke: str | None = None
    wrote: str | None = None
    assignee: str | None = None
    told: tuple[str, ...] = ()

    def villagers(self) -> tuple[str, ...]:
        """Whom the matter concerns and who spoke, each once."""
        return tuple(dict.fromkeys(person for person in (self.spoke, self.affected) if person))


def parse(source: str) -> Who:
    """Read a `who:`; anything else is a Mistake."""
    choices = []
    for part in re.split(r"\s*,?\s+or\s+", source.strip()):
        match = CHOICE.fullmatch(part.strip())
        if match is None:
            raise Mistake("unreadable_who", who=source, found=part)
        choices.append(Choice(match[2], match[3] or "", bool(match[1])))
    return Who(source, tuple(choices))


def resolve(
    who: Who, cast: Cast, facts: Facts, fields: Mapping[str, object], without: Collection[str] = ()
) -> tuple[str, ...]:
    """Find the people of the first choice that has any, leaving out those in `without`."""
    for choice in who.choices:
        found = tuple(person for person in _people(choice, cast, facts, fields) if person not in without)
        if found:
            return found
    return ()


def _people(choice: Choice, cast: Cast, facts: Facts, fields: Mapping[str, object]) -> tuple[str, ...]:
    if choice.named:
        person = fields.get(choice.word)
        return (person,) if isinstance(person, str) and person else ()
    match choice.word:
        case Part.VILLAGER:
            return _answering(cast, facts)
        case Part.ASSIGNEE:
            return (cast.assignee,) if cast.assignee else ()
        case Part.WRITER:
            return (cast.wrote,) if cast.wrote else ()
        case Part.DUTY:
            return facts.duty
        case role if choice.of:
            return facts.holders.get((role, choice.of), ())
        case role:
            return facts.holders.get((role, "village"), ()) or facts.holders.get((role, "town"), ())


def _answering(cast: Cast, facts: Facts) -> tuple[str, ...]:
    """Who can answer for the villager: those with an account, else who wrote it down, else the villager at the door."""
    with_account = tuple(person for person in cast.villagers() if person in facts.reachable)
    return with_account or ((cast.wrote,) if cast.wrote else cast.villagers())
