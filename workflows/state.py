"""Values that the engine takes and gives: the state of a case, what somebody does, and what follows from it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from township.workdays import Calendar
from workflows.clocks.deadlines import Clock
from workflows.flow.signing import Lines
from workflows.flow.who import Cast, Facts


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
    LINK = "link"
    """Somebody outside answers by an address that the holder of the task has passed on; `by` is nobody of ours."""


class Task(Struct, frozen=True):
    """This person may now do this on this case."""

    id: str
    kind: TaskKind
    person: str
    about: str = ""
    """Hash of the paper as it stood when the task was given: its typed code is good for no other."""
    stage: str = ""
    """The stage for which it was given; empty: where the case stands."""


class NewTask(Struct, frozen=True):
    """A task that is to be given; whoever stores it makes its id and code."""

    kind: TaskKind
    person: str
    stage: str = ""


class Standing(Struct, frozen=True):
    """Where a case stands: its stage, and in which stages somebody can act; several while branches run."""

    stage: str
    places: Mapping[str, Lines] = field(default_factory=dict)
    """Who signs in each stage that is open now."""
    joined: tuple[str, ...] = ()
    """The first stages of the branches that are through."""
    trail: tuple[str, ...] = ()
    """The stages by which it came here, each once."""
    returns: Mapping[str, "Standing"] = field(default_factory=dict)
    """Stages to which it was sent back and from which it goes straight to where it stood then."""


class Undo(Struct, frozen=True):
    """How a case stood before its last step, as long as nobody else has acted: who took the step may take it back."""

    by: str
    at: str
    """The stage in which the step was taken."""
    action: str
    do: tuple[str, ...]
    """Actions of the catalogue that undo what it did."""
    standing: Standing
    assignee: str | None
    decided: Mapping[str, tuple[str, ...]]
    agreed: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, Any] = field(default_factory=dict)
    """What the fields that the step has filled held before; None: nothing."""


class Progress(Struct, frozen=True, omit_defaults=True):
    """What conditions and approvals remember of a case."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """How often each action was done."""
    decided: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Who decided in each stage."""
    agreed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Who said yes in each stage on the way here."""
    last: Mapping[str, str] = field(default_factory=dict)
    """When each action that may not be repeated at once was last done, in ISO form."""
    copied: tuple[str, ...] = ()
    """Who got a copy: nobody gets two."""
    undo: Undo | None = None


class CaseState(Struct, frozen=True):
    """A case as the engine sees it."""

    where: Standing
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

    @property
    def stage(self) -> str:
        return self.where.stage


class Command(Struct, frozen=True):
    """Somebody does an action; `by` is None when it is the clock."""

    action: str
    by: str | None
    values: Mapping[str, Any] = field(default_factory=dict)
    task_id: str | None = None
    via: Via = Via.CARD
    shown: str = ""
    """Hash of the paper as the card that was tapped showed it."""
    hearer: str | None = None
    """Who hears what comes of it, where nobody did it."""


class Told(Struct, frozen=True):
    """A sentence for one person, still to be filled."""

    person: str
    text: str
    urgent: bool = False


class Decision(Struct, frozen=True):
    """What follows from one command: one event, and the state after it."""

    state: CaseState
    kind: str
    """opened, acted, late, left or seated"""
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
    decider: str | None = None
    """Whose decision is carried out, where others had to sign after it; None: of whoever acted."""
    copied: tuple[str, ...] = ()
    """Who gets a copy now, and so may see the case."""


class World(Struct, frozen=True):
    """What the engine must be told of the world: the time, its calendar, and what the directory says."""

    now: datetime
    calendar: Calendar
    facts: Facts
