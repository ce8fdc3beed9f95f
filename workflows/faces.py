"""What somebody sees of a task and may do with it: the buttons of a card, a page or a typed code, as data.

How it looks is the matter of `bot/render`; whether an action is allowed is decided again when it is done.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from township.db import Tx
from township.scope import Scope
from workflows import casebook, definitions, records, tasks
from workflows.casebook import CaseView
from workflows.definition import Action, Definition, FormField
from workflows.durations import words
from workflows.models import cases
from workflows.permissions import find_task, offered
from workflows.state import CaseState, Command
from workflows.tasks import TaskView


@dataclass(frozen=True, slots=True)
class Button:
    """One action that may be done now."""

    action: str
    title: str
    needs: Mapping[str, FormField]
    says: tuple[str, ...] = ()
    typed_only: bool = False


@dataclass(frozen=True, slots=True)
class Face:
    """A case with what this person may do on it now. Without buttons there is nothing left to decide."""

    case: CaseView
    task: TaskView | None
    buttons: tuple[Button, ...]

    def button(self, action: str) -> Button | None:
        """Find a button by its action."""
        return next((button for button in self.buttons if button.action == action), None)


def of_case(tx: Tx, scope: Scope, case_id: str) -> Face | None:
    """Draw a case for a person; None if this scope may not see it."""
    case = casebook.get(tx, scope, case_id)
    if case is None:
        return None
    definition, state = _loaded(tx, scope.town_id, case_id)
    task = find_task(state, Command("", scope.person_id))
    actions = offered(definition, state, scope.person_id, task)
    view = tasks.get(tx, task.id) if task else None
    return Face(case, view, tuple(_button(name, action) for name, action in actions.items()))


def of_task(tx: Tx, scope: Scope, task_id: str) -> Face | None:
    """Draw the case of a task for its holder, as the case stands now: the task itself may be over."""
    task = tasks.get(tx, task_id)
    return of_case(tx, scope, task.case_id) if task else None


def waiting_for(tx: Tx, scope: Scope, *, limit: int = 5) -> list[Face]:
    """List the cases that wait for an answer of this person, the latest first: what `1` in a chat may mean."""
    if scope.person_id is None:
        return []
    held = tasks.of_person(tx, scope.town_id, scope.person_id)
    latest = sorted(held, key=lambda task: task.opened_at, reverse=True)[:limit]
    return [face for task in latest if (face := of_case(tx, scope, task.case_id))]


def understood(face: Face, text: str) -> tuple[str, str] | None:
    """Find the action that a reply means, and what else the reply says; None if it means none."""
    said = text.strip().strip(words()["endings"])
    best: tuple[int, str, str] | None = None
    for button in face.buttons:
        for word in (*button.says, button.title):
            if (said == word or (said.startswith(word) and _ends_a_word(word, said))) and len(word) > (
                best[0] if best else 0
            ):
                best = (len(word), button.action, said[len(word) :].lstrip(words()["between"]))
    return best[1:] if best else None


def _ends_a_word(word: str, said: str) -> bool:
    """A digit is an answer only when it stands alone: `1`, `1 still dark`, but not `12`."""
    return not word.isdecimal() or said[len(word)] in words()["between"]


def _button(name: str, action: Action) -> Button:
    return Button(name, action.title, action.needs, action.says, action.typed_only)


def _loaded(tx: Tx, town_id: str, case_id: str) -> tuple[Definition, CaseState]:
    row = dict(tx.execute(sa.select(cases).where(cases.c.id == case_id)).mappings().one())
    definition = definitions.pinned(tx, town_id, row["definition"])
    return definition, records.state_of(tx, row, definition)
