"""Whether a service can be worked on in this town: a stage for which nobody holds any of its roles would only wait."""

from collections.abc import Iterator
from datetime import datetime

from skills.registry import Loaded
from skills.sheets import Problem, say
from skills.workbook.labels import label
from township import directory
from township.db import Tx
from workflows.definition import Stage
from workflows.flow.who import Part


def unheld(tx: Tx, town_id: str, loaded: Loaded, at: datetime) -> list[Problem]:
    """Name the stages whose roles nobody in the town holds, with their places and the roles that somebody does."""
    if loaded.skill is None:
        return []
    stages = loaded.skill.definition.workflow.stages
    return [
        _problem(loaded, name, stage)
        for name, stage in stages.items()
        if stage.who.choices and not _held(tx, town_id, stage, at)
    ]


def _held(tx: Tx, town_id: str, stage: Stage, at: datetime) -> bool:
    """Say whether somebody can be found: by a part in the case, by a field, or by a role that somebody holds."""
    if any(choice.named or choice.word in set(Part) for choice in stage.who.choices):
        return True
    villages = [None, *(village.id for village in directory.villages_of(tx, town_id))]
    return any(
        directory.people_with_role(tx, town_id, role, at, village) for role in stage.who.roles() for village in villages
    )


def _problem(loaded: Loaded, name: str, stage: Stage) -> Problem:
    place = loaded.place(("workflow", "stages", name, "who"))
    roles = say("difference_between").join(_said(stage))
    message = say("role_nobody_holds", stage=stage.title, roles=roles)
    return Problem(place.file, place.line, message, say("role_appoint"), place.sheet, place.column)


def _said(stage: Stage) -> Iterator[str]:
    for choice in stage.who.choices:
        yield label("who", f"{choice.word} of {choice.of}" if choice.of else choice.word)
