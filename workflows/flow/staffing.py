"""Who may act in a stage, and who never may for a part played elsewhere in the case. Pure."""

from workflows.definition import Definition
from workflows.flow.who import Part, Who, resolve
from workflows.state import CaseState, World


def staff(definition: Definition, state: CaseState, name: str, world: World) -> tuple[str, ...]:
    """Find who may act in a stage; nobody decides on what is his or her own matter where the stage says so."""
    stage = definition.stage(name)
    without = left_out(definition, state, name, world)
    return resolve(stage.who, state.cast, world.facts, state.fields, without)


def left_out(definition: Definition, state: CaseState, name: str, world: World) -> frozenset[str]:
    """Who may never act in a stage, for a part played elsewhere; deputies of such people neither."""
    found: set[str | None] = set()
    for word in definition.stage(name).without:
        if word == Part.VILLAGER:
            found.update(state.cast.villagers())
        elif word == Part.WRITER:
            found.add(state.cast.wrote)
        elif word == "deciders":
            others = (people for stage, people in state.progress.decided.items() if stage != name)
            found.update(person for people in others for person in people)
        elif isinstance(person := state.fields.get(word), str):
            found.add(person)
    deputies = (one for one, absent in world.facts.stands_in.items() if absent & found)
    return frozenset(person for person in (*found, *deputies) if person)


def may_take(definition: Definition, state: CaseState, name: str, person: str, world: World) -> bool:
    """Say whether a stage may be given to somebody whom it does not ask.

    A restricted case, or a stage that keeps people apart, is given only to those who were named for it.
    """
    stage = definition.stage(name)
    without = left_out(definition, state, name, world)
    if definition.workflow.restricted is not None:
        return person in resolve(stage.who, state.cast, world.facts, state.fields, without)
    if not stage.without:
        return True
    each = (Who("", (choice,)) for choice in stage.who.choices)
    return any(person in resolve(who, state.cast, world.facts, state.fields, without) for who in each)


def may_look(definition: Definition, state: CaseState, name: str, person: str, world: World) -> bool:
    """Say whether somebody may be asked for an opinion, or get a copy: nobody whose own matter it is."""
    if definition.workflow.restricted is not None:
        return may_take(definition, state, name, person, world)
    return person not in (*state.cast.villagers(), state.cast.wrote)
