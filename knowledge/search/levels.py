"""Which rule is quoted: the nearest one that answers; a statute only for what people may or must, or when nothing
nearer is there; a law of another province or city never. Pure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.models import NEAREST_FIRST, Level
from knowledge.retriever import Hit
from knowledge.search.confidence import SURE, Rated

FARTHER_BY = 0.25
"""How much surer a farther rule must be to be taken before a nearer one."""
STATUTE_BY = 0.2
"""How much less sure a statute may be than the nearer rule, where the question is what people may or must."""
NEARLY = 0.25
"""How sure a rule of the town must be to be taken before a statute, where it names what was asked for."""
OWN = frozenset({Level.village, Level.town})


@dataclass(frozen=True, slots=True)
class Home:
    """The places that a town belongs to, as their laws name them; an empty name is not known."""

    county: str = ""
    city: str = ""
    province: str = ""

    @property
    def is_known(self) -> bool:
        """Without its province nobody can say which local laws hold here."""
        return bool(self.province)

    def holds(self, hit: Hit) -> bool:
        """Tell whether a rule holds in this town: its own, the nation's, and what its own places have passed."""
        if not hit.is_elsewhere:
            return True
        place = {Level.county: self.county, Level.city: self.city, Level.province: self.province}.get(hit.level, "")
        return bool(place) and hit.title.startswith(place)


NOWHERE = Home()
"""Of which nothing is known."""


def at_home(rated: Sequence[Rated], home: Home) -> list[Rated]:
    """Leave out the laws of other places, as far as it is known which those are."""
    return [each for each in rated if home.holds(each.hit)] if home.is_known else list(rated)


def nearest_rule(rated: Sequence[Rated], home: Home = NOWHERE, *, of_right: bool = False) -> Rated | None:
    """Choose the rule to quote: of those that are sure, the nearest level, unless a farther one is far surer.

    What people may and must is for the statutes to say: there (`of_right`) a statute that is nearly as sure is quoted.
    """
    sure = [each for each in at_home(rated, home) if each.confidence >= SURE]
    if not sure:
        return None
    surest = max(each.confidence for each in sure)
    enough = [each for each in sure if each.confidence >= surest - FARTHER_BY]
    statutes = [each for each in enough if each.hit.level is Level.nation and each.confidence >= surest - STATUTE_BY]
    if of_right and statutes:
        return max(statutes, key=lambda each: each.confidence)
    return min(enough, key=lambda each: (distance(each.hit, home), -each.confidence))


def own_rule(rated: Sequence[Rated], best: Rated, is_about: Callable[[Hit], bool]) -> Rated:
    """Prefer to a statute what the town or its village says of the same thing, though it is less sure of it."""
    if best.hit.level is not Level.nation:
        return best
    own = [each for each in rated if each.hit.level in OWN and each.confidence >= NEARLY and is_about(each.hit)]
    return max(own, key=lambda each: each.confidence, default=best)


def nearer_rule(rated: Sequence[Rated], home: Home = NOWHERE) -> Rated | None:
    """Find the rule of the town or of its places that stands nearer than a statute."""
    near = [each for each in rated if each.hit.level is not Level.nation and home.holds(each.hit)]
    return nearest_rule(near, home)


def distance(hit: Hit, home: Home = NOWHERE) -> int:
    """Say how far from the villager a rule was made; the law of another place stands behind those of the nation."""
    return NEAREST_FIRST.index(hit.level) if home.holds(hit) else len(NEAREST_FIRST)
