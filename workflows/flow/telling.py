"""Who is told what by a step of a case, and who gets a copy. Pure: `notices.py` fills the sentences and sends them."""

from collections.abc import Iterable, Mapping

from workflows.definition import CLOSED, Action, Definition, TellWhat
from workflows.flow.approval import CopyAt
from workflows.flow.moves import Arrival
from workflows.flow.permissions import values
from workflows.flow.who import Part, Who, resolve
from workflows.state import CaseState, Told, World

COPY = "copied"
NUDGE = "nudged"
RECALLED = "taken_back"
"""Sentences of the house."""


def tell(what: tuple[TellWhat, ...], state: CaseState, world: World) -> tuple[Told, ...]:
    """Find who hears a sentence."""
    told: list[Told] = []
    known = values(state) if any(one.when for one in what) else {}
    for one in what:
        if one.when is not None and not one.when.holds(known):
            continue
        if any(choice.word == Part.VILLAGER for choice in one.who.choices):
            people = state.cast.told or state.cast.villagers()
        else:
            people = resolve(one.who, state.cast, world.facts, state.fields)
        told += (Told(person, one.text, one.urgent) for person in people)
    return tuple(told)


def applies(one: TellWhat, state: CaseState) -> bool:
    """Say whether a sentence is for this case."""
    return one.when is None or one.when.holds(values(state))


def once(told: tuple[Told, ...]) -> tuple[Told, ...]:
    """Leave out what the same person is told twice."""
    return tuple(dict.fromkeys(told))


def of_arrival(definition: Definition, arrival: Arrival, world: World) -> tuple[Told, ...]:
    """What is told because a case came to a stage, or went past one."""
    state = arrival.state
    told: tuple[Told, ...] = ()
    for passed in arrival.passed:
        told += tell(definition.stage(passed.stage).actions[passed.action].tell, state, world)
    for name in arrival.fresh:
        if name == state.stage or name in state.where.places:
            told += tell(definition.stage(name).tell, state, world)
    return told


def copies(definition: Definition, arrival: Arrival, world: World, *, opened: bool = False) -> tuple[str, ...]:
    """Who gets a copy now: nobody gets two of one case."""
    state, workflow = arrival.state, definition.workflow
    whos: list[Who | None] = [stage.cc for name in arrival.fresh if (stage := definition.stage(name)).cc]
    whos += [workflow.cc.get(CopyAt.OPENED)] if opened else []
    whos += [workflow.cc.get(CopyAt.CLOSED)] if state.stage == CLOSED else []
    return _new(state, (person for who in whos if who for person in _people(who, state, world)))


def copy_to(state: CaseState, action: Action, given: Mapping[str, object]) -> tuple[str, ...]:
    """Who gets a copy because somebody chose that person."""
    person = given.get(action.cc) if action.cc else None
    return _new(state, (person,)) if isinstance(person, str) else ()


def _people(who: Who, state: CaseState, world: World) -> tuple[str, ...]:
    return resolve(who, state.cast, world.facts, state.fields)


def _new(state: CaseState, people: Iterable[str]) -> tuple[str, ...]:
    known = {*state.progress.copied, *state.cast.told}
    return tuple(dict.fromkeys(person for person in people if person not in known))
