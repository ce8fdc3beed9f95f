"""Sentences with a blank: a value between braces that nobody can have filled when the sentence is said. Pure.

What a form asks is known from the beginning; what an action asks is known to itself and to what may come after it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Formatter

from workflows.definition import JOINED, SAME, Action, Definition, TellWhat
from workflows.flaws import closure, leads_to


@dataclass(frozen=True, slots=True)
class Blank:
    """A sentence, what it says of nothing, and the title of what says it."""

    text: str
    field: str
    said_by: str


def blanks(definition: Definition) -> Iterator[Blank]:
    """Find what is said and was never filled; a sentence with a condition is its author's business."""
    workflow = definition.workflow
    yield from _of(definition, workflow.tell, set(), "")
    for name, stage in workflow.stages.items():
        known = set(_before(definition, name))
        yield from _of(definition, stage.tell, known, stage.title)
        here = _asked(one for one in stage.actions.values() if {branch.is_ for branch in one.to} == {SAME})
        beside = {*_before(definition, name, apart=name), *here}
        for action in stage.actions.values():
            yield from _of(definition, action.tell, {*beside, *action.needs}, action.title)


def _asked(actions: Iterable[Action]) -> set[str]:
    return {name for action in actions for name in action.needs}


def _before(definition: Definition, name: str, *, apart: str = "") -> Iterator[str]:
    """What actions have asked by which a case may have come to a stage; `apart`: but those of this stage."""
    workflow = definition.workflow
    leads = {one: leads_to(workflow, one) for one in workflow.stages}
    yield from _asked(workflow.villager.values())
    for other, stage in workflow.stages.items():
        for action in stage.actions.values() if other != apart else ():
            targets = {branch.is_ for branch in action.to}
            if name in closure(leads[other] if targets & {SAME, JOINED} else targets, leads):
                yield from action.needs


def _of(definition: Definition, tells: Iterable[TellWhat], known: set[str], title: str) -> Iterator[Blank]:
    asked = _asked(one for stage in definition.workflow.stages.values() for one in stage.actions.values())
    asked |= _asked(definition.workflow.villager.values())
    for tell in tells:
        if tell.when is None:
            for field in _values(definition.texts.get(tell.text, "")):
                if field in asked - known - set(definition.form):
                    yield Blank(tell.text, field, title)


def _values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
