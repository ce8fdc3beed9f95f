"""A case asked after by its number, by whoever may see it, and why a promise runs as it does: each clock in words."""

from bot.dialogue.cases import owned, progress
from bot.dialogue.hearing import words
from bot.dialogue.parts import Part, Turn, open_form, texts
from township.db import Tx
from workflows import casebook
from workflows.casebook import CaseView


def heard(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Say how far the case of a number is, or explain its clocks; None where neither is asked, or nothing is found."""
    text, known = said.strip(), words.load()
    if turn.situation.person is None or open_form(turn.heard) or turn.state.get("act"):
        return None
    if known.fits("asks_why_late", text):
        mine = owned.open_cases(tx, turn)
        return _explained(tx, turn, mine[0]) if mine else None
    asked = known.fits("asks_by_number", text)
    case = casebook.find(tx, turn.situation.own_scope, asked["number"]) if asked else None
    if asked is None or case is None:
        return None
    return _explained(tx, turn, case) if asked["why"] else progress.told(tx, turn, [case])


def _explained(tx: Tx, turn: Turn, case: CaseView) -> Part:
    """Explain each clock; a closed case only says how it stands."""
    lines = casebook.clocks_in_words(tx, turn.situation.own_scope, case.id, turn.situation.at)
    if not lines or not case.is_open:
        return progress.told(tx, turn, [case])
    head = texts().say("clocks_head", number=case.number, summary=case.summary)
    return Part("\n".join([head, *lines]), in_private=True)
