"""An opinion goes to somebody who is not its object: who decided on the matter that somebody talks of never gets it.

One that names a cadre is a complaint and takes its own way (`complaints.py`).
"""

from datetime import timedelta

from bot.dialogue.parts import Turn
from township.db import Tx
from workflows import casebook, tasks
from workflows.casebook import CaseView

LATELY = timedelta(days=14)
"""How long after its last change a matter is what an opinion is about."""
LOOKED_AT = 5


def object_of(tx: Tx, turn: Turn) -> str:
    """Name who decided last on a matter of the speaker; empty if nobody did lately."""
    mine = casebook.mine(tx, turn.situation.own_scope, limit=LOOKED_AT) if turn.situation.person else []
    lately = [case for case in mine if turn.situation.at - case.changed_at <= LATELY]
    found = (_decider(tx, case) for case in sorted(lately, key=lambda one: one.changed_at, reverse=True))
    return next((person for person in found if person), "")


def _decider(tx: Tx, case: CaseView) -> str:
    """Name who decided last on a case, or has it in hand; its own villager is nobody's object."""
    done = [task for task in tasks.of_case(tx, case.id) if task.state == "done"]
    decided = [task.person_id for task in sorted(done, key=lambda task: task.ended_at or task.opened_at)]
    people = [*([case.cast.assignee] if case.cast.assignee else []), *decided]
    others = [one for one in people if one not in case.cast.villagers()]
    return others[-1] if others else ""
