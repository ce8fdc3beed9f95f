"""Who is looking, as one value: every select of every package turns it into its own predicate.

A scope says what a person may see; it is made by `directory.scope_of` and never widened on the way.
"""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace


class Audience(StrEnum):
    """For whom a document, fact or answer was written."""

    PUBLIC = "public"
    RESIDENT = "resident"
    CADRE = "cadre"


class Scope(Struct, frozen=True):
    """What one person may see in one town."""

    town_id: str
    person_id: str | None = None
    """Nobody in particular (an outsider, a group) sees no one's own cases."""
    villages: frozenset[str] = frozenset()
    """Villages whose notices this person hears: the home village, and those a cadre answers for."""
    roles: frozenset[str] = frozenset()
    offices: frozenset[tuple[str, str | None]] = frozenset()
    """Roles with the village they hold in; None is the whole town."""
    audiences: frozenset[Audience] = frozenset({Audience.PUBLIC})
    unrestricted: frozenset[str] = frozenset()
    """Restricted kinds of cases (a complaint about a cadre) that this person was named for."""

    @classmethod
    def public(cls, town_id: str) -> "Scope":
        """The scope of somebody of whom nothing is known."""
        return cls(town_id)

    def in_group(self, village_id: str | None, *, cadres: bool = False) -> "Scope":
        """Narrow to what everybody in a group may hear: its village, its audience, no one's own matter."""
        audiences = (
            {Audience.PUBLIC, Audience.RESIDENT, Audience.CADRE} if cadres else {Audience.PUBLIC, Audience.RESIDENT}
        )
        return replace(
            self,
            person_id=None,
            villages=frozenset({village_id} if village_id else ()),
            roles=frozenset(),
            offices=frozenset(),
            audiences=frozenset(audiences) & (self.audiences | {Audience.RESIDENT}),
            unrestricted=frozenset(),
        )
