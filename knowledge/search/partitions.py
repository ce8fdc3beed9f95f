"""By what the indexes are cut, and which pieces a scope may ask. Pure.

What a scope may not see is not in the pieces that it asks: nothing is filtered out afterwards, so nothing leaks when
a filter is forgotten.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from township.scope import Audience, Scope

SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Partition:
    """Clauses that the same people may see, in force or not."""

    owner: str
    """A town, or SHARED."""
    village_id: str | None
    """None: for the whole town."""
    audience: Audience
    past: bool
    """Not in force today: replaced, repealed, run out, or yet to come."""


def may_see(scope: Scope, partition: Partition) -> bool:
    """Tell whether all of `partition` is open to `scope`."""
    if partition.owner not in {SHARED, scope.town_id} or partition.audience not in scope.audiences:
        return False
    return partition.village_id is None or partition.village_id in scope.villages


def open_to(scope: Scope, partitions: Iterable[Partition], *, past: bool) -> list[Partition]:
    """Choose the partitions that `scope` may ask; those in force today, or with `past` the others as well."""
    return [p for p in partitions if may_see(scope, p) and (past or not p.past)]
