"""Who is asked besides those who have a stage, when it is late or when nobody follows them. Pure.

Nobody leads himself as long as others are named, and nobody of a village is asked for what an office of the town has.
"""

from collections.abc import Collection, Iterable

from workflows.definition import Definition
from workflows.flow import signing
from workflows.flow.who import Facts, Who, resolve
from workflows.state import CaseState, World

VILLAGE, TOWN = "village", "town"


def above(
    who: Who, definition: Definition, state: CaseState, at: str, world: World, without: Collection[str] = ()
) -> tuple[str, ...]:  # fmt: skip
    """Find who is asked for a stage; where a case stands in several, for all of them."""
    places = [at] if at in state.where.places else list(state.where.places)
    held = {one.person for name in places for one in signing.heads(state.where.places[name])}
    stages = [definition.stage(name).who for name in places]
    if stages and (all(map(_is_of_town, stages)) or _hold_for_town(held, world.facts)):
        who = _in_town(who)
    known = state.cast, world.facts, state.fields
    return resolve(who, *known, {*held, *without}) or resolve(who, *known, without)


def _is_of_town(who: Who) -> bool:
    return bool(who.choices) and all(one.of == TOWN for one in who.choices)


def _hold_for_town(people: set[str], facts: Facts) -> bool:
    return bool(people) and people <= _holders(facts, TOWN) - _holders(facts, VILLAGE)


def _holders(facts: Facts, of: str) -> set[str]:
    found: Iterable[tuple[str, ...]] = (people for (_, place), people in facts.holders.items() if place == of)
    return {person for people in found for person in people}


def _in_town(who: Who) -> Who:
    """Whom it names of the town; all of it where a service names only the village."""
    choices = tuple(one for one in who.choices if one.of != VILLAGE)
    return Who(who.source, choices) if choices else who
