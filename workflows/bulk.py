"""Many cases acted on at once, by one person: what would happen is shown first, then each goes through `cases.act`.

What binds by itself (a seal, a vote, what must be typed for each) is never done so. A reason is one for all.
What is refused is listed, the rest done.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from township.db import Tx
from township.errors import Mistake, Refused
from township.privacy import mask
from township.scope import Scope
from township.statements import savepoint
from workflows import casebook, definitions, tasks
from workflows.cases import Act, act
from workflows.definition import CLOSED, SAME, Action, Definition, FieldKind, FormField
from workflows.models import cases
from workflows.public.masking import masked
from workflows.state import TaskKind, Via
from workflows.tasks import TaskView

MOST = 1000
"""Tasks of one person that are looked at."""
CHUNK = 25
"""Cases of one transaction: who speaks meanwhile waits for no more."""
SHOWN = 8
"""Cases that a preview in the chat names."""
SEVERAL = "several"
"""Where they go, when they go to different stages."""


class Wish(Struct, frozen=True):
    """Which of somebody's cases, and what is to be done with them."""

    word: str
    """As the action is said."""
    village_id: str | None = None
    skill: str | None = None
    tasks: tuple[str, ...] = ()
    """Empty: all that fit."""


class Chosen(Struct, frozen=True):
    """Cases that would be acted on, and how."""

    tasks: tuple[TaskView, ...]
    title: str
    needs: Mapping[str, FormField]
    """What the action must be told: one word for all of them."""
    target: str
    """The title of the stage to which they go; `closed`, `same` or `several`."""
    left: int = 0
    """Of those that were named by their tasks: how many this cannot be done to."""

    @property
    def seal(self) -> str:
        """Stands for exactly these: a confirmation of others counts for nothing."""
        return hashlib.sha256("\n".join(one.id for one in self.tasks).encode()).hexdigest()[:16]


class Done(Struct, frozen=True):
    """What became of some cases."""

    done: int = 0
    refused: tuple[tuple[str, str], ...] = ()
    """Number and why not."""

    def __add__(self, other: "Done") -> "Done":
        return Done(self.done + other.done, (*self.refused, *other.refused))


def choose(tx: Tx, town_id: str, person_id: str, wish: Wish) -> Chosen:
    """Find the cases that a wish means; none where the word is no action of theirs, or one that is never done so.

    Those that must be told something are left out, unless all must: then `needs` says what, the same for all.
    """
    held = tasks.of_person(tx, town_id, person_id)[:MOST]
    of_village = _of_village(tx, held, wish.village_id)
    found: list[tuple[TaskView, Definition, Action]] = []
    for task in held:
        definition = definitions.pinned(tx, town_id, task.definition)
        action = action_of(definition, task, wish.word)
        if action is not None and _fits(task, definition, wish, of_village):
            found.append((task, definition, definition.stage(task.stage).actions[action]))
    found = [one for one in found if not _needs(one[2])] or found
    found = [one for one in found if _needs(one[2]) == _needs(found[0][2])]
    named = len(wish.tasks)
    if not found:
        return Chosen((), wish.word, {}, SAME, named)
    chosen = tuple(sorted((task for task, *_ in found), key=lambda one: one.id))
    targets = {_target(definition, spec) for _, definition, spec in found}
    target = targets.pop() if len(targets) == 1 else SEVERAL
    return Chosen(chosen, found[0][2].title, _needs(found[0][2]), target, max(0, named - len(chosen)))


def offered(tx: Tx, town_id: str, held: Sequence[TaskView]) -> dict[str, tuple[str, ...]]:
    """Say by which words each of some tasks may be done with others, by its id; those without any are left out."""
    words = {task.id: _words(definitions.pinned(tx, town_id, task.definition), task) for task in held}
    return {task_id: some for task_id, some in words.items() if some}


def _words(definition: Definition, task: TaskView) -> tuple[str, ...]:
    stage = definition.workflow.stages.get(task.stage)
    actions = stage.actions.values() if stage else ()
    titles = (action.title for action in actions if is_for_all(_needs(action)))
    return tuple(title for title in titles if action_of(definition, task, title))


def _needs(action: Action) -> dict[str, FormField]:
    return {name: one for name, one in action.needs.items() if not one.optional and one.value is None}


def is_for_all(needs: Mapping[str, FormField]) -> bool:
    """Say whether what must be told may be the same for many: nothing, or a word; never a number, a person, a day."""
    return all(field.kind is FieldKind.TEXT for field in needs.values())


def _target(definition: Definition, action: Action) -> str:
    target = action.to[-1].is_
    return definition.stage(target).title if target in definition.workflow.stages else target


def action_of(definition: Definition, task: TaskView, word: str) -> str | None:
    """Name the action that a word means in the stage of a task, if it may be done to many."""
    stage = definition.workflow.stages.get(task.stage)
    if stage is None or task.kind is not TaskKind.STAGE:
        return None
    for name, action in stage.actions.items():
        if word in (action.title, *action.says) and not (action.typed_only or action.do or action.vote):
            return name
    return None


def _of_village(tx: Tx, held: Sequence[TaskView], village_id: str | None) -> frozenset[str]:
    """Which cases are of a village."""
    if village_id is None:
        return frozenset()
    mine = (cases.c.id.in_([task.case_id for task in held]), cases.c.village_id == village_id)
    return frozenset(tx.scalars(sa.select(cases.c.id).where(*mine)))


def _fits(task: TaskView, definition: Definition, wish: Wish, of_village: frozenset[str]) -> bool:
    if wish.tasks and task.id not in wish.tasks:
        return False
    if wish.skill and definition.skill != wish.skill:
        return False
    return wish.village_id is None or task.case_id in of_village


def preview(tx: Tx, scope: Scope, chosen: Chosen, *, most: int = SHOWN) -> list[tuple[str, str]]:
    """Say the first cases by number and what they are about, names masked; `most`: more than a chat shows."""
    lines = []
    for task in chosen.tasks[:most]:
        case = casebook.get(tx, scope, task.case_id)
        if case is not None:
            lines.append((case.number, _about(tx, scope.town_id, task, case)))
    return lines


def _about(tx: Tx, town_id: str, task: TaskView, case: casebook.CaseView) -> str:
    form = definitions.pinned(tx, town_id, task.definition).form
    if name := case.said.get("name"):
        return masked(form["name"], name) if "name" in form else name
    return mask(case.summary)


def chunks(chosen: Sequence[TaskView]) -> Iterator[Sequence[TaskView]]:
    """Part cases into what is done in one transaction each."""
    for start in range(0, len(chosen), CHUNK):
        yield chosen[start : start + CHUNK]


def do(
    tx: Tx, town_id: str, person_id: str, some: Sequence[TaskView], word: str, *, key: str, via: Via, now: datetime,
    told: Mapping[str, str] = {},
) -> Done:  # fmt: skip
    """Act on some cases, with the same word for all; the same key twice is once."""
    done = Done()
    for task in some:
        action = action_of(definitions.pinned(tx, town_id, task.definition), task, word)
        acting = Act(town_id, task.case_id, action or "", f"{key}:{task.id}", person_id, dict(told), task.id, via)
        try:
            with savepoint(tx):
                act(tx, acting, now=now)
            done += Done(1)
        except (Mistake, Refused) as refusal:
            done += Done(refused=((task.number, refusal.code),))
    return done


def ends(chosen: Chosen) -> str:
    """Name what they come to: closed, same, several, or a stage."""
    return chosen.target if chosen.target in (CLOSED, SAME, SEVERAL) else "to"
