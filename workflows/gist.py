"""What follows from a definition alone, worked out once: its roles and its fields, those of the house included."""

from collections.abc import Mapping

from msgspec import Struct

from workflows.definition import Action, Definition, FieldKind, FormField, Waits
from workflows.flow import apart, besides
from workflows.flow.apart import Apart
from workflows.flow.who import Part
from workflows.house import house

MOST = 2000


class Gist(Struct, frozen=True):
    """What every change of a case asks of its definition."""

    definition: Definition
    roles: tuple[str, ...]
    """All roles that the flow or the house's own late steps speak of."""
    speaks_of_duty: bool
    fields: Mapping[str, FormField]
    """All fields that a case may hold."""
    shows: frozenset[str]
    """Stages in which a case is shown to everybody."""
    blank: Mapping[str, str]
    """The fields as sentences fill them before anything is known."""
    marks: Mapping[str, Mapping[str, Action]]
    """By stage: what may be said of its rows. A list of thousands asks for it row by row."""
    by_task: Mapping[str, Mapping[str, Action]]
    """By stage: what its task lets its holder do, sending back aside."""
    by_anyone: Mapping[str, Mapping[str, Action]]
    """By stage: what whoever lives there may say."""
    kept_apart: Mapping[str, frozenset[str]]
    """By stage: those in which nobody decides who decides in this one, whichever of the two says so."""


def of(definition: Definition) -> Gist:
    """Work it out, or remember it; a definition that is parsed stays, so its identity is a key."""
    found = _known.get(id(definition))
    if found is None:
        if len(_known) > MOST:
            _known.clear()
        found = _known[id(definition)] = _made(definition)
    return found


def _made(definition: Definition) -> Gist:
    late = frozenset(role for step in house().late if step.who for role in step.who.roles())
    own = definition.fields()
    choices = {name: spec for name, spec in own.items() if spec.kind is FieldKind.CHOICE}
    fields = own | house().fields() | choices  # what is no option of a choice is said as it is
    stages = definition.workflow.stages
    marks = {name: besides.marks(definition, name) for name in stages}
    return Gist(
        definition,
        tuple(sorted(definition.roles() | late | house().staffs.roles())),
        Part.DUTY in definition.roles(parts=True),
        fields | definition.form,
        definition.showing(stages),
        dict.fromkeys(fields, ""),
        marks,
        {name: _by_task(definition, name, marks[name]) for name in stages},
        {name: {key: one for key, one in stage.actions.items() if one.anyone} for name, stage in stages.items()},
        {name: _kept_apart(definition, name) for name in stages},
    )


def _by_task(definition: Definition, name: str, marks: Mapping[str, Action]) -> Mapping[str, Action]:
    """What the house lets do in a stage, unless the stage says otherwise."""
    stage = definition.stage(name)
    always = house().office if stage.waits is not Waits.VILLAGER else {}
    every = {**always, **(house().back if stage.back else {}), **(marks or stage.actions)}
    return {key: action for key, action in every.items() if not action.names}


def _kept_apart(definition: Definition, name: str) -> frozenset[str]:
    stages = definition.workflow.stages
    others = {one for one in stages if one != name and Apart.DECIDERS in stages[name].without}
    others |= {one for one in map(apart.stage_of, stages[name].without) if one in stages}
    return frozenset(others | {one for one, stage in stages.items() if f"{apart.OF_STAGE}{name}" in stage.without})


_known: dict[int, Gist] = {}
"""By the identity of the definition, which the gist holds: no other can take its place."""
