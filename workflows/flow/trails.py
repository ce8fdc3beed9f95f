"""The way by which a case came to a stage, and where on it somebody may send it back to. Pure."""

from collections.abc import Iterable

from workflows.definition import Action, BranchOf, Definition, FieldKind, Option, Waits
from workflows.state import Standing

BACK_TO = "back_to"
"""The field that names a stage to send back to."""


def earlier(definition: Definition, where: Standing, at: str) -> tuple[str, ...]:
    """List the stages to which a case may be sent back, in the order in which it came through them."""
    mine = definition.workflow.branch_of(at)
    return tuple(name for name in where.trail if name != at and is_before(definition, name, mine))


def is_before(definition: Definition, name: str, mine: tuple[str, BranchOf] | None) -> bool:
    """Say whether a stage of the way lies before one of a branch: not in a branch beside it, nor where both begin."""
    found = definition.workflow.branch_of(name)
    is_beside = found is not None and mine is not None and found[0] == mine[0] and name not in mine[1].stages
    if is_beside or (mine is not None and name == mine[0]):
        return False
    return name in definition.workflow.stages and definition.stage(name).waits is not Waits.MACHINE


def choosing(action: Action, definition: Definition, names: Iterable[str]) -> Action:
    """The action with the names of stages to choose from."""
    options = {name: Option(name=definition.stage(name).title) for name in names}
    spec = action.needs[BACK_TO].model_copy(update={"kind": FieldKind.CHOICE, "options": options})
    return action.model_copy(update={"needs": {**action.needs, BACK_TO: spec}})
