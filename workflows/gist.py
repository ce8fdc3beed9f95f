"""What follows from a definition alone, worked out once: its roles and its fields, those of the house included."""

from collections.abc import Mapping

from msgspec import Struct

from workflows.definition import Action, Definition, FormField
from workflows.flow import besides
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
    fields = definition.fields() | house().fields()
    return Gist(
        definition,
        tuple(sorted(definition.roles() | late | house().staffs.roles())),
        Part.DUTY in definition.roles(parts=True),
        fields | definition.form,
        definition.showing(definition.workflow.stages),
        dict.fromkeys(fields, ""),
        {name: besides.marks(definition, name) for name in definition.workflow.stages},
    )


_known: dict[int, Gist] = {}
"""By the identity of the definition, which the gist holds: no other can take its place."""
