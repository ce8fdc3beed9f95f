"""Who keeps what a town knows: brings documents and facts, puts them in force, sees all that nobody could answer.

Clerks of villages bring what is of their own village; that is said where they do.
"""

from typing import Final

from township.directory import Role
from township.errors import Refused
from township.scope import Scope

KEEPERS: Final = frozenset({Role.KNOWLEDGE_KEEPER, Role.TOWN_CLERK})


def keeps(scope: Scope) -> bool:
    """Tell whether somebody is a keeper."""
    return bool(scope.roles & KEEPERS)


def must_keep(scope: Scope) -> None:
    """Refuse whoever is none."""
    if not keeps(scope):
        raise Refused("not_a_keeper")
