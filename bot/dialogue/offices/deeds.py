"""What somebody says right after closing a case: it was done there, and is no new trouble."""

from datetime import timedelta

from bot.dialogue.hearing import words
from bot.dialogue.parts import Part, Turn, open_form, texts
from township.db import Tx
from township.statements import savepoint
from workflows import casebook, cases, offers, tasks
from workflows.cases import Act
from workflows.state import Via

JUST = timedelta(minutes=10)
CLOSES, KEEPS = "done", "comment"


def heard(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Keep the words with the case that their speaker has just closed; None when they are anything else."""
    person, scope, text = turn.situation.person, turn.situation.own_scope, said.strip("。！!~ ")
    is_asked = bool(open_form(turn.heard) or turn.state.get("act") or turn.situation.asking)
    if person is None or not person.is_cadre or turn.heard.conversation.is_group or is_asked:
        return None
    case_id = tasks.latest_case(tx, person.town_id, person.id) if words.load().fits("deed_told", text) else None
    own = [one for one in casebook.timeline(tx, scope, case_id) if one.by == person.id] if case_id else []
    action = offers.of_case(tx, scope, case_id).get(KEEPS) if case_id else None
    if not own or action is None or own[-1].action != CLOSES or turn.situation.at - own[-1].at > JUST:
        return None
    values = {next(iter(action.needs)): text}
    acting = Act(person.town_id, own[-1].case_id, KEEPS, turn.key(0), person.id, values, via=Via.TYPED)
    with savepoint(tx):
        outcome = cases.act(tx, acting, now=turn.situation.at)
    return Part(texts().say("deed_kept", number=outcome.number))
