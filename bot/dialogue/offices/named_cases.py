"""What a cadre says of a case by its number, without a code: an action by its words, else a remark for the file.

What binds others is never given by a number: its code says what was seen.
"""

import re

from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain
from bot.dialogue.offices import decisions
from bot.dialogue.parts import Part, Turn, open_form
from township.db import Tx
from workflows import casebook, offers, tasks

REMARK = "note"
_SAID = re.compile(
    r"\s*(?P<number>[一-龥]{1,6} ?[0-9]{1,5} ?号|[一-龥]{1,6} ?[0-9]{4}-[0-9]{1,5})[\s，,：:、。的]*(?P<rest>\S.+)",
    re.DOTALL,
)


def heard(tx: Tx, turn: Turn, text: str) -> Part | None:
    """Act on the case of a number, or put the words to it; None where it is none of the speaker's to do."""
    found, person, talk = _SAID.fullmatch(text), turn.situation.person, turn.heard
    if found is None or person is None or not person.is_cadre or talk.conversation.is_group or talk.incoming.by_voice:
        return None
    case = None if open_form(talk) or turn.state.get("act") else _case(tx, turn, found["number"])
    held = tasks.of_person(tx, turn.situation.town_id, person.id) if case else []
    task = next((one for one in held if case and one.case_id == case.id), None)
    if task is None:
        return None
    actions, rest = offers.of_task(tx, turn.situation.town_id, task), found["rest"].strip()
    if meant := offers.understood(actions, rest):
        if task.about or actions[meant[0]].typed_only:
            return decisions.code_needed(tx, turn)
        return decisions.perform(tx, turn, task, meant[0], decisions.spread(actions[meant[0]], meant[1]), 0)
    note = None if words.load().find("question", plain(rest)) else actions.get(REMARK)
    return decisions.perform(tx, turn, task, REMARK, {next(iter(note.needs)): rest}, 0) if note else None


def _case(tx: Tx, turn: Turn, number: str) -> casebook.CaseView | None:
    return casebook.find(tx, turn.situation.own_scope, number)
