"""The digits that somebody reads out at the counter, typed by who keeps the seal: they name the paper and its task."""

from bot.dialogue.hearing import words
from bot.dialogue.offices import decisions
from bot.dialogue.parts import Part, Turn, open_form
from bot.wording import sentence
from township.db import Tx
from township.errors import Mistake
from workflows import offers, tasks
from workflows.seals import counter
from workflows.tasks import TaskView

STAMPED = "seal.stamped"


def heard(tx: Tx, turn: Turn, text: str, position: int) -> Part | None:
    """Have the paper stamped whose digits were typed, with the copies said beside; None where none waits for a hand."""
    person, found = turn.situation.person, words.load().fits("stamped", text)
    is_asked = decisions.open_act(turn) or open_form(turn.heard)
    if person is None or found is None or is_asked or turn.heard.conversation.is_group:
        return None
    held = tasks.of_person(tx, turn.situation.town_id, person.id)
    waiting = [(task, action) for task in held if (action := _stamps(tx, turn, task))]
    fetched = [each for each in waiting if counter.is_fetched_by(tx, each[0].case_id, found["digits"])]
    if not fetched:
        return Part(sentence(Mistake("pickup_unknown"))) if waiting else None
    copies = words.number(found["before"] or found["after"] or "")
    values = {"pickup": found["digits"], **({"stamped": copies} if copies else {})}
    return decisions.perform(tx, turn, *fetched[0], values, position)


def _stamps(tx: Tx, turn: Turn, task: TaskView) -> str:
    """Name the action by which a hand stamps the paper of a task; empty if it has none."""
    actions = offers.of_task(tx, turn.situation.town_id, task)
    return next((name for name, action in actions.items() if STAMPED in action.do), "")
