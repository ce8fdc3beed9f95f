"""Taking back a matter of one's own: it is mended, or nobody need come. Where several are open, asked which."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.cases import after_all, afterwards, owned
from bot.dialogue.hearing import back_again, words
from bot.dialogue.parts import Part, Turn, open_form, texts
from township.db import Tx
from workflows import casebook, offers
from workflows.casebook import CaseView

LIVES = timedelta(minutes=30)
"""How long a number answers which matter is meant."""
MOST = 4
"""Matters that are offered: more is not read on a phone."""
SHORT = 6
"""Characters up to which words only name one of the matters."""
ACTION = "withdraw"


def done_oneself(tx: Tx, turn: Turn, text: str, position: int) -> Part | None:
    """Take back what was mended without us; None when the words say no such thing, or nothing is open."""
    if open_form(turn.heard) or turn.state.get("act") or not words.load().find("done_oneself", text):
        return None
    mine = _reports(tx, turn)
    meant = owned.meant(turn, mine, text) or mine
    if len(meant) > 1:
        return _which(turn, meant[:MOST])
    return _taken_back(tx, turn, meant[0].id, position) if meant else None


def heard(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Take back the matter of a number, or of its kind; None when nothing was asked or something else was said."""
    kept: Mapping[str, Any] = turn.state.get("withdraw") or {}
    if not kept or turn.heard.received_at - datetime.fromisoformat(kept["at"]) > LIVES:
        return None
    offered, number = list(kept["cases"]), words.number(said)
    if 0 < number <= len(offered):
        return _taken_back(tx, turn, offered[number - 1], 1)
    scope = turn.situation.own_scope
    found = [case for case in (casebook.get(tx, scope, one) for one in offered) if case is not None]
    meant = owned.named(turn, found, said) if len(said) <= SHORT else []
    return _taken_back(tx, turn, meant[0].id, 1) if len(meant) == 1 else None


def come_back(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Take back what works again by itself; None when the words say more, or no such matter is open."""
    if open_form(turn.heard) or turn.state.get("act") or not back_again.is_all(said):
        return None
    asked = {waiting.task.case_id for waiting in turn.situation.waiting}
    closing = [case for case in owned.open_cases(tx, turn) if case.id in asked]
    if asked and (back_again.names_nothing(said) or owned.meant(turn, closing, said)):
        return None  # it answers the closing question of one matter, and says nothing of the others
    mine = [case for case in _reports(tx, turn) if case.id not in asked]
    meant = owned.meant(turn, mine, said) or (mine if back_again.names_nothing(said) else [])
    if len(meant) > 1:
        return _which(turn, meant[:MOST])
    return _taken_back(tx, turn, meant[0].id, 1) if meant else None


def _reports(tx: Tx, turn: Turn) -> list[CaseView]:
    reports = {one.name for one in turn.services.words if one.is_report}
    scope = turn.situation.own_scope
    mine = [case for case in owned.open_cases(tx, turn) if case.skill in reports]
    return [case for case in mine if ACTION in offers.of_case(tx, scope, case.id)]


def _which(turn: Turn, found: Sequence[CaseView]) -> Part:
    named = (owned.choice(n, one) for n, one in enumerate(found, 1))
    kept = {"cases": [one.id for one in found], "at": turn.heard.received_at.isoformat()}
    return Part(texts().say("withdraw_which", choices=" ".join(named)), state={"withdraw": kept}, in_private=True)


def _taken_back(tx: Tx, turn: Turn, case_id: str, position: int) -> Part | None:
    outcome = afterwards.act(tx, turn, case_id, ACTION, {}, position)
    if outcome is None:
        return None
    said = outcome.reply or texts().say("withdrawn", number=outcome.number)
    state = {"withdraw": None, "last": None, **after_all.dropped_case(turn, case_id)}
    return Part(said, state=state, in_private=True)
