"""What of a value everybody may read: the family name, the ends of a number. Pure."""

from township.privacy import mask, mask_name
from workflows.definition import FieldKind, FormField

NUMBERS = frozenset({FieldKind.PHONE, FieldKind.ID_NUMBER})
ENDS = 3
"""Signs that stay of a number at its beginning; at its end one more."""


def masked(spec: FormField, said: str) -> str:
    """Hide what names a person; of a number its ends stay."""
    if spec.kind in NUMBERS:
        hidden = mask(said)
        return hidden if hidden != said else _ends(said)
    return mask_name(said)


def _ends(said: str) -> str:
    first, last = said[:ENDS], said[-ENDS - 1 :] if len(said) > 2 * ENDS + 1 else ""
    return f"{first}{'*' * max(len(said) - len(first) - len(last), 1)}{last}"
