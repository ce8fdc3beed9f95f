"""Which answers to the open question say nothing that its field can hold: a chat model may find it in them. Pure.

Personal fields and what cadres answer to their own tasks are never among them.
"""

from collections.abc import Sequence

from bot.dialogue.meaning.commands import Command, FillField
from bot.dialogue.meaning.context import Context
from township.errors import Mistake
from workflows import forms
from workflows.definition import FieldKind, FormField
from workflows.fields.known import Known
from workflows.fields.spotting import spot

WORDED = frozenset(
    {
        FieldKind.CHOICE,
        FieldKind.NUMBER,
        FieldKind.MONEY,
        FieldKind.DATE,
        FieldKind.TIME,
        FieldKind.MOMENT,
        FieldKind.PERIOD,
        FieldKind.DURATION,
    }
)
"""Kinds of which a value stands in words that can be read, or not. A yes is never somebody else's to find."""


def asked_of(context: Context) -> FormField | None:
    """The open question, if a model may look for its answer."""
    spec = context.asked_spec
    if spec is None or context.takes_all or spec.kind not in WORDED or forms.is_personal(spec):
        return None
    return spec


def is_unread(commands: Sequence[Command], context: Context) -> bool:
    """Tell whether the open question got an answer in which nothing can be read; too many tables were read well."""
    spec = asked_of(context)
    match commands:
        case [FillField(name, text)] if spec is not None and name == context.asked_field:
            return _refusal(spec, text, context).startswith("not_a_")
    return False


def holds(spec: FormField, text: str, context: Context) -> bool:
    """Tell whether words hold a value that the open question takes."""
    return not _refusal(spec, text, context)


def _refusal(spec: FormField, text: str, context: Context) -> str:
    """Name why words are no answer to the open question, empty if they are one."""
    known = Known(context.today)
    try:
        forms.read(context.asked_field, spec, text, known)
    except Mistake as mistake:
        return "" if spot({context.asked_field: spec}, text, known) else mistake.code
    return ""
