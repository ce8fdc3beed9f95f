"""Who may act in a stage, and who never may for a part played elsewhere in the case. Pure."""

from workflows.definition import Definition
from workflows.flow import apart
from workflows.flow.who import Who, resolve
from workflows.gist import of
from workflows.state import CaseState, World


def staff(definition: Definition, state: CaseState, name: str, world: World) -> tuple[str, ...]:
    """Find who may act in a stage; nobody decides on what is his or her own matter where the stage says so."""
    stage = definition.stage(name)
    without = left_out(definition, state, name, world)
    return resolve(stage.who, state.cast, world.facts, state.fields, without)


def left_out(definition: Definition, state: CaseState, name: str, world: World) -> frozenset[str]:
    """Who may never act in a stage, for a part played elsewhere; deputies of such people neither."""
    found: set[str] = set()
    for word in definition.stage(name).without:
        found |= apart.of_part(word, state.cast, state.fields)
    for other in of(definition).kept_apart[name]:
        found |= {*state.progress.decided.get(other, ()), *state.progress.agreed.get(other, ())}
    deputies = (one for one, absent in world.facts.stands_in.items() if absent & found)
    return frozenset((*found, *deputies))


def may_take(definition: Definition, state: CaseState, name: str, person: str, world: World) -> bool:
    """Say whether a stage may be given to somebody whom it does not ask.

    A restricted case, or a stage that keeps people apart, is given only to those who were named for it.
    """
    stage = definition.stage(name)
    without = left_out(definition, state, name, world)
    if definition.workflow.restricted is not None:
        return person in resolve(stage.who, state.cast, world.facts, state.fields, without)
    if not stage.without:
        return person not in without
    each = (Who("", (choice,)) for choice in stage.who.choices)
    return any(person in resolve(who, state.cast, world.facts, state.fields, without) for who in each)


def may_look(definition: Definition, state: CaseState, name: str, person: str, world: World) -> bool:
    """Say whether somebody may be asked for an opinion, or get a copy: nobody whose own matter it is."""
    if definition.workflow.restricted is not None:
        return may_take(definition, state, name, person, world)
    return person not in (*state.cast.villagers(), state.cast.wrote)
