"""Values that the engine takes and gives: the state of a case, what somebody does, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from township.workdays import Calendar
from workflows.deadlines import Clock
from workflows.who import Cast, Facts


class TaskKind(StrEnum):
    """Why somebody may act on a case now."""

    STAGE = "stage"
    """The stage is theirs."""
    LEADER = "leader"
    """A promise is broken: what is missing?"""
    DUTY = "duty"
    """A promise is long broken: telephone."""


class Via(StrEnum):
    """By which way somebody acted."""

    CHAT = "chat"
    VOICE = "voice"
    CARD = "card"
    TYPED = "typed"
    H5 = "h5"
    CONSOLE = "console"
    CALL = "call"
    """A clerk writes down what the villager said on the phone."""
    IMPORT = "import"
    CODE = "code"
    """Somebody holds the code of an unnamed case."""
    CLOCK = "clock"
    DIRECTORY = "directory"
    """Somebody left the organisation."""
    DELIVERY = "delivery"
    """What became of an effect: done, failed, or unknown after a crash."""
    LEARNED = "learned"
    """The same question was answered for everybody meanwhile: `by` wrote that answer."""


@dataclass(frozen=True, slots=True)
class Task:
    """This person may now do this on this case."""

    id: str
    kind: TaskKind
    person: str
    about: str = ""
    """Hash of the paper as it stood when the task was given: its typed code is good for no other."""


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task that is to be given; whoever stores it makes its id and code."""

    kind: TaskKind
    person: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What conditions and approvals remember of a case."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """How often each action was done."""
    decided: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Who decided in each stage."""
    queue: tuple[str, ...] = ()
    """Who decides next, where people decide in order."""


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case as the engine sees it."""

    stage: str
    cast: Cast
    fields: Mapping[str, Any]
    """Plain values; a personal one is `{"ref": id}`."""
    pace: str
    tasks: tuple[Task, ...] = ()
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)
    result: str = ""
    about: str = ""
    """Hash of the paper that is decided on; empty where there is none."""

    @property
    def is_open(self) -> bool:
        return not self.result


@dataclass(frozen=True, slots=True)
class Command:
    """Somebody does an action; `by` is None when it is the clock."""

    action: str
    by: str | None
    values: Mapping[str, Any] = field(default_factory=dict)
    task_id: str | None = None
    via: Via = Via.CARD
    shown: str = ""
    """Hash of the paper as the card that was tapped showed it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence for one person, still to be filled."""

    person: str
    text: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from one command: one event, and the state after it."""

    state: CaseState
    kind: str
    """opened, acted, late or left"""
    action: str
    before: str
    """The stage before."""
    data: Mapping[str, Any]
    new_tasks: tuple[NewTask, ...] = ()
    ended: Mapping[str, str] = field(default_factory=dict)
    """Tasks that are over, by id: `done` by the actor, or `withdrawn`."""
    in_digest: tuple[str, ...] = ()
    """Tasks that the next digest mentions."""
    told: tuple[Told, ...] = ()
    do: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """What the engine must be told of the world: the time, its calendar, and what the directory says."""

    now: datetime
    calendar: Calendar
    facts: Facts
