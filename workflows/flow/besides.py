"""What may be said besides what an action asks for: with a row a remark, from outside also who did it. Pure."""

from collections.abc import Mapping

from workflows.definition import Action, Definition, FieldKind, FormField
from workflows.house import house

REMARK = "row_remark"
PICTURES = "outside_photos"
DOER = "outside_doer"
"""Fields of the house (`presets.yaml`)."""


def is_row(definition: Definition, name: str) -> bool:
    """Say whether cases are rows of a list in a stage: marked by their numbers, and marks may be taken back."""
    stage = definition.workflow.stages.get(name)
    of_rows = definition.workflow.roster or definition.workflow.rounds
    return stage is not None and stage.listed and of_rows is not None


def marks(definition: Definition, name: str) -> Mapping[str, Action]:
    """List the own actions of a stage of rows, each with room for a remark; none of another stage."""
    if not is_row(definition, name):
        return {}
    return {key: _with(action, REMARK) for key, action in definition.stage(name).actions.items()}


def linked(definition: Definition, name: str) -> Mapping[str, Action]:
    """List what a stage leaves to somebody outside: each with room for a word, pictures and who it was."""
    stage = definition.workflow.stages.get(name)
    if stage is None or stage.by_link is None:
        return {}
    return {key: _from_outside(stage.actions[key]) for key in stage.by_link.actions if key in stage.actions}


def said(definition: Definition, name: str, action: Action) -> Action:
    """An action of a stage with everything that may have been said with it."""
    stage = definition.workflow.stages[name]
    if stage.by_link is None and not is_row(definition, name):
        return action
    return _with(action, REMARK, PICTURES, DOER)


def _from_outside(action: Action) -> Action:
    kinds = {spec.kind for spec in action.needs.values()}
    word = () if FieldKind.TEXT in kinds else (REMARK,)
    pictures = () if FieldKind.PHOTOS in kinds else (PICTURES,)
    return _with(action, *word, *pictures, DOER)


def _with(action: Action, *names: str) -> Action:
    more: dict[str, FormField] = {name: house().besides[name] for name in names}
    return action.model_copy(update={"needs": {**action.needs, **more}})
