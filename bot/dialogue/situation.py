"""What is known when somebody speaks: who it is, from where, what he or she may see, and what waits for an answer.

Read once at the beginning of a turn, in one transaction.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue import asked, conversations
from bot.dialogue.conversations import Conversation, TalkState
from township import directory, outbox
from township.db import Tx
from township.directory import Group, Person
from township.effects import ToPerson
from township.scope import Scope
from workflows import offers, tasks
from workflows.definition import Action
from workflows.tasks import TaskView

READING = timedelta(seconds=15)
"""How long a sentence has to be on a telephone before what its owner sends can answer it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that a case has put to somebody: its task, and the actions that answer it."""

    task: TaskView
    actions: Mapping[str, Action]
    heard: bool = True
    """The person can have read the question: whatever is said about the case left a while ago.

    Looked up only while a question about a post is open beside it."""

    def said_by(self, word: str) -> str:
        """Name the action that this word stands for; empty if it is none."""
        return next((name for name, action in self.actions.items() if word in action.says), "")

    @property
    def wants_words(self) -> tuple[str, str]:
        """Name the action that takes whatever is said, and the field for it; empty if there is none."""
        for name, action in self.actions.items():
            if action.needs and not action.says:
                return name, next(iter(action.needs))
        return "", ""


@dataclass(frozen=True, slots=True)
class Situation:
    """Who speaks, and what he or she may see."""

    at: datetime
    town_id: str
    scope: Scope
    """Of the person in one-to-one talk, of everybody who listens in a group."""
    own_scope: Scope
    """Of the person, wherever the talk takes place."""
    person: Person | None
    village_id: str | None
    village: str
    home: str
    """Village, group and family, as people say where somebody lives."""
    phone: str
    """The office phone of the town."""
    town: str
    county: str
    group: Group | None
    villages: Mapping[str, str]
    """Names by id."""
    waiting: tuple[Waiting, ...] = ()
    """Questions of cases to this person, the most urgent first."""
    cadres: frozenset[str] = frozenset()
    """Names of the town's cadres."""
    asking: Mapping[str, Any] = field(default_factory=dict)
    """An action tapped on a card that still needs a word."""
    in_groups: tuple[TalkState, ...] = ()
    """Where the talk of this person stands in groups, when it goes on one to one."""

    @property
    def is_cadre(self) -> bool:
        return self.person is not None and self.person.is_cadre


@dataclass(frozen=True, slots=True)
class TownFacts:
    """What every turn needs of its town, and nobody changes within minutes."""

    villages: Mapping[str, str]
    """Names by id."""
    phone: str
    """The office phone."""
    name: str
    county: str


class Towns:
    """Keeps the facts of towns for some seconds: two statements less in every turn.

    The names of cadres are never kept: whom a complaint may not reach (law of talk 7) is read anew each time.
    """

    KEPT = 5.0

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, TownFacts]] = {}

    def of(self, tx: Tx, town_id: str) -> TownFacts:
        """Read the facts of a town, or remember them."""
        now = time.monotonic()
        known = self._known.get(town_id)
        if known is None or now - known[0] > self.KEPT:
            known = self._known[town_id] = (now, facts_of(tx, town_id))
        return known[1]


def facts_of(tx: Tx, town_id: str) -> TownFacts:
    """Read the facts of a town."""
    villages = {village.id: village.name for village in directory.villages_of(tx, town_id)}
    return TownFacts(villages, directory.town_phone(tx, town_id), *directory.town_names(tx, town_id))


def look(
    tx: Tx,
    conversation: Conversation,
    at: datetime,
    town: TownFacts | None = None,
    *,
    received_at: datetime | None = None,
) -> Situation:
    """Read what is known; `town` when its facts are at hand, `received_at` when a message waited to be understood."""
    town = town or facts_of(tx, conversation.town_id)
    person = directory.person(tx, conversation.person_id) if conversation.person_id else None
    group = directory.group(tx, conversation.group_id) if conversation.group_id else None
    own = directory.scope_of(tx, person, at) if person else Scope.public(conversation.town_id)
    village_id = person.village_id if person else None
    village_id = village_id or (group.village_id if group else None)
    scope = own
    if conversation.is_group:
        scope = own.in_group(group.village_id if group else None, cadres=bool(group and group.cadres_only))
    door = directory.door_of(tx, person) if person else ""
    village = town.villages.get(village_id or "", "")
    return Situation(
        at,
        conversation.town_id,
        scope,
        own,
        person,
        village_id,
        village,
        f"{village}{door}" if person else "",
        town.phone,
        town.name,
        town.county,
        group,
        town.villages,
        _waiting(tx, conversation, person, received_at or at) if person and not conversation.is_group else (),
        directory.cadre_names(tx, conversation.town_id),
        asked.latest(tx, person.id) if person and person.is_cadre else {},
        tuple(conversations.group_states(tx, person.id)) if person and not conversation.is_group else (),
    )


def _waiting(tx: Tx, conversation: Conversation, person: Person, received_at: datetime) -> tuple[Waiting, ...]:
    asked = [
        (task, offers.answers(tx, conversation.town_id, task))
        for task in tasks.of_person(tx, conversation.town_id, person.id)
    ]
    asked = [(task, actions) for task, actions in asked if actions]
    unread: frozenset[str] = frozenset()
    if asked and (conversation.state.get("post") or {}).get("asks"):
        first = min(task.id for task, _ in asked)
        unread = outbox.cases_unread(tx, ToPerson(person.id), made_after=first, left_after=received_at - READING)
    return tuple(Waiting(task, actions, task.case_id not in unread) for task, actions in asked)
