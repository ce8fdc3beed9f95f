"""What is said of a matter after it was filed: put right, more photos, never mind, not mended after all."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.dialogue.commands import Correct, NotMended
from bot.dialogue.matters import kept_photos
from bot.dialogue.parts import Part, Turn, texts
from township.db import Tx
from township.errors import TownshipError
from township.statements import savepoint
from workflows import casebook, cases, offers
from workflows.casebook import CaseView, Filter
from workflows.cases import Act, Outcome
from workflows.state import Via

LATELY = timedelta(days=30)
"""How long after its end a matter is the one that is not mended."""
JUST_NOW = timedelta(days=1)
"""How long after its beginning `never mind` means it."""
LOOKED_AT = 5


def correct(tx: Tx, turn: Turn, command: Correct, position: int) -> Part:
    """Put right what was understood of the last matter: the correction goes to who works on it."""
    case_id = turn.heard.conversation.state.get("last")
    if not command.new or not case_id:
        return Part(texts().say("correct_what"))
    said = f"{command.old}→{command.new}" if command.old else command.new
    outcome = _act(tx, turn, str(case_id), "add", {"more": said}, position)
    if outcome is None:
        return Part(texts().say("correct_what"))
    return Part(outcome.reply or texts().say("corrected", new=command.new))


def photos(tx: Tx, turn: Turn, position: int) -> Part | None:
    """Put photos without words to the matter that was just reported; None when there is none."""
    case_id = turn.heard.conversation.state.get("last")
    if not case_id or not turn.photos:
        return None
    outcome = _act(tx, turn, str(case_id), "add", {"photos": turn.photos}, position)
    return Part(texts().say("picture_added", number=outcome.number)) if outcome else None


def keep_photos(turn: Turn, words: str) -> Part:
    """Keep photos for the words that will follow."""
    if not turn.photos:
        return Part(words)
    kept = {"hashes": [*kept_photos(turn), *turn.photos], "at": turn.heard.received_at.isoformat()}
    return Part(words, state={"photos": kept})


def never_mind(tx: Tx, turn: Turn, position: int) -> Part:
    """Drop what was asked; or take back the matter that was filed just now."""
    state = turn.heard.conversation.state
    if state.get("form") or state.get("act"):
        return Part(texts().say("cancelled"), state={"form": None, "act": None})
    last = casebook.get(tx, turn.situation.own_scope, str(state.get("last", "")))
    if last is None or not last.is_open or turn.situation.at - last.opened_at > JUST_NOW:
        return Part(texts().say("nothing_to_cancel"))
    outcome = _act(tx, turn, last.id, "withdraw", {}, position)
    if outcome is None:
        return Part(texts().say("nothing_to_cancel"))
    return Part(outcome.reply or texts().say("withdrawn", number=outcome.number), state={"last": None})


def not_mended(tx: Tx, turn: Turn, command: NotMended, position: int) -> Part | None:
    """Let a matter that was closed go on; one that is open hears of it. None when there is neither."""
    mine = Filter(person_id=turn.situation.own_scope.person_id)
    found = casebook.listed(tx, turn.situation.own_scope, mine, limit=LOOKED_AT)
    for case in sorted(found, key=lambda one: one.changed_at, reverse=True):
        action = "add" if case.is_open else "reopen"
        if not _is_late(turn, case) and action in offers.of_case(tx, turn.situation.own_scope, case.id):
            outcome = _act(tx, turn, case.id, action, {"more": command.text}, position)
            if outcome is not None:
                said = outcome.reply or texts().say(f"not_mended_{action}", number=outcome.number)
                return Part(said, state={"last": case.id}, in_private=True)
    return None


def _is_late(turn: Turn, case: CaseView) -> bool:
    return case.closed_at is not None and turn.situation.at - case.closed_at > LATELY


def _act(tx: Tx, turn: Turn, case_id: str, action: str, given: Mapping[str, Any], position: int) -> Outcome | None:
    """Act as the villager of a case; None when it is closed meanwhile, or not this person's."""
    person = turn.situation.person
    if person is None:
        return None
    acting = Act(turn.situation.town_id, case_id, action, turn.key(position), person.id, given, via=Via.CHAT)
    try:
        with savepoint(tx):
            return cases.act(tx, acting, now=turn.situation.at)
    except TownshipError:
        return None
