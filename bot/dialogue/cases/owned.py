"""Which of one's own open matters is meant: by its number, by the words of its kind, by the name of its service."""

from collections.abc import Sequence

from bot.dialogue.parts import Turn
from township.db import Tx
from workflows import casebook
from workflows.casebook import CaseView, Filter

LOOKED_AT = 10
OTHER = "other"
"""The kind that takes all others: its words name nothing."""


def open_cases(tx: Tx, turn: Turn) -> list[CaseView]:
    """List the open matters of who speaks, the newest first."""
    scope = turn.situation.own_scope
    if not scope.person_id:
        return []
    return casebook.listed(tx, scope, Filter(person_id=scope.person_id, is_open=True), limit=LOOKED_AT)


def named(turn: Turn, found: Sequence[CaseView], text: str) -> list[CaseView]:
    """Keep the matters that a text names; by its number before all others. Empty where it names none."""
    close = "".join(text.split())
    numbered = [case for case in found if "".join(case.number.split()) in close]
    return numbered or [case for case in found if _names(turn, case, text)]


def _names(turn: Turn, case: CaseView, text: str) -> bool:
    manifest = turn.services.manifests.get(case.skill)
    if manifest is None:
        return False
    if not case.kind:
        spoken = [one.keywords for one in turn.services.words if one.name == case.skill]
        return any(word in text for words in spoken for word in words)
    said = manifest.words().get(case.kind, ()) if case.kind != OTHER else ()
    last = case.said.get("kind", "")[-1:] if case.kind != OTHER else ""
    return any(word in text for word in (*said, last) if word)
