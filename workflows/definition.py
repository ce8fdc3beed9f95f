"""What a service is, as types: form, stages, actions, promises and late steps, read strictly from YAML.

Frozen and pure. Where the YAML came from and how mistakes are told to a clerk is known in `skills/`; what does not
fit together across keys is found in `flaws.py`.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from workflows.bookings.supply import Queue, Slots, Stock, Supply
from workflows.flow import apart, who
from workflows.flow.approval import ApprovalMode, Back, CopyAt, IfNobody, IfOwn, SamePerson, Sign, Vote
from workflows.kinds import ByLink, Roster, Rounds, Showing
from workflows.notation import NOBODY, STRICT, Branch, Length, Name, Pace, PointOf, T, Target, When, WhoActs, WhoOf

CLOSED = "closed"
JOINED = "joined"
"""The end of a branch: the case goes on when all of them are there."""
PARTICIPANTS = "participants"
"""Restricted to those who have or had a task on the case; offices that watch a village do not see it."""
SAME = "same"


class Model(BaseModel):
    """Strict and frozen."""

    model_config = STRICT


class FieldKind(StrEnum):
    """What a field holds; `forms.py` reads each from what people say."""

    TEXT = "text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    TIME = "time"
    MOMENT = "moment"
    """A day with its hour."""
    PERIOD = "period"
    """From one day or hour to another."""
    DURATION = "duration"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    PERSON = "person"
    HOUSEHOLD = "household"
    PLACE = "place"
    PHOTOS = "photos"
    FILE = "file"
    SIGNATURE = "signature"
    ROWS = "rows"
    """The same few fields again and again: one row a person, a thing, a day."""


PERSONAL = frozenset(
    {FieldKind.TEXT, FieldKind.PHONE, FieldKind.ID_NUMBER, FieldKind.PHOTOS, FieldKind.FILE, FieldKind.SIGNATURE}
    | {FieldKind.ROWS}
)
"""Kept by reference, so that they can be erased; the place stays, or the lamp could not be found."""


class Retention(StrEnum):
    """How long a personal value is kept."""

    CASE = "case"
    YEAR = "year"
    LAW = "law"


class Option(Model):
    """One answer of a choice: its name, and the words by which people say it."""

    name: str
    words: tuple[str, ...] = ()
    amount: float | None = None
    """What it counts in a derived value: the price of a thing, the allowance of a class."""


class FormField(Model):
    """One thing that a service needs to know."""

    kind: FieldKind
    name: str
    ask: str = ""
    """The text that asks for it; empty: never asked, only taken when said."""
    optional: bool = False
    when: When | None = None
    options: dict[Name, Option] = {}
    least: int | None = None
    most: int | None = None
    sensitive: bool = False
    retention: Retention = Retention.CASE
    unit: tuple[str, ...] = ()
    """Words behind a number by which it is known in a sentence ("twenty tables")."""
    neighbours: bool = False
    """A surname finds people of the own village, not only cadres: for a field that names whom everybody knows."""
    past: bool = False
    """A day without its year or month is the last such, not the next."""
    market: tuple[int, ...] = ()
    """Last figures of the lunar days on which the market is held: 3, 8."""
    rows: "dict[Name, FormField]" = {}
    """What each row of `rows` holds."""
    value: When | None = None
    """Worked out from other fields instead of asked: `tables * 10`, `birthday.age`, `kind.amount * days`."""
    why: str = ""
    """What the answer is for, where no condition, text or action shows it."""


class TellWhat(Model):
    """Somebody is told a sentence."""

    who: WhoOf = who.parse("villager")
    text: Name
    when: When | None = None
    urgent: bool = False


class Action(Model):
    """One thing that may be done in a stage, and where it leads."""

    title: str
    to: Target = (Branch.always(SAME),)
    when: When | None = None
    needs: dict[Name, FormField] = {}
    assign: Name | None = None
    """`me`, or the field of `needs` that names the person."""
    tell: tuple[TellWhat, ...] = ()
    says: tuple[str, ...] = ()
    """Words and digits by which it is said in a chat."""
    vote: Vote | None = None
    limit: int | None = Field(default=None, ge=1)
    """How often in one case: two returns, then the town decides."""
    result: Name | None = None
    typed_only: bool = False
    """Never from a voice message."""
    extend_by: Name | None = None
    """The field that says by how many working days the clocks of doing grow."""
    before_due: bool = False
    """Only while no promise is broken."""
    anyone: bool = False
    """Whoever lives there may say it, without a task: the cart did not come."""
    names: bool = False
    """Done with the code of an unnamed case: whoever does it becomes its villager."""
    learned: bool = False
    """Also done when the same question was answered for everybody meanwhile."""
    do: tuple[str, ...] = ()
    """Actions of the capabilities' catalogue."""
    undo: tuple[str, ...] = ()
    """What is done when it is taken back; an action with `do` and without this stands."""
    sign: Sign | None = None
    nudge: bool = False
    """Whoever holds a task hears of it: at once in office hours, else in the next digest."""
    every: Length | None = None
    """So long after the last time it may be done again."""
    cc: Name | None = None
    """The field of `needs` that names who gets a copy."""

    @property
    def is_loose(self) -> bool:
        """Several values may be given with it, and none must be."""
        return len(self.needs) > 1 and all(field.optional for field in self.needs.values())


class LateDo(StrEnum):
    """What happens when time runs out, from quiet to loud; nobody is shamed."""

    DIGEST = "digest"
    ASK_LEADER = "ask_leader"
    DUTY_PHONES = "duty_phones"
    TELL = "tell"
    ACT = "act"
    CLOSE = "close"


class LateStep(Model):
    """One step when a promise is at risk or broken."""

    at: PointOf
    do: LateDo
    who: WhoOf | None = None
    text: Name | None = None
    action: Name | None = None
    result: Name | None = None


class ClockKind(StrEnum):
    """What a promise is about."""

    DOING = "doing"
    """Stops while the villager or an outside body has to act."""
    TELLING = "telling"
    """Never stops: we owe an answer whatever others do."""


class Waits(StrEnum):
    """For whom a stage waits."""

    OFFICE = "office"
    VILLAGER = "villager"
    OUTSIDE = "outside"
    MACHINE = "machine"
    """For the outcome of an effect: nobody is given a task, and only delivery goes on from here."""


class Promise(Model):
    """A clock of the whole case: it starts when the villager's message is stored."""

    title: str
    kind: ClockKind = ClockKind.DOING
    within: Length | None = None
    pace: Name | None = None
    """Taken from the pace of the case: `answer` or `done`."""
    until: tuple[Name, ...]
    """Reaching one of these stages keeps the promise."""
    late: tuple[LateStep, ...] | None = None
    """None: the steps of the house."""


class BranchOf(Model):
    """One of several ways that run at the same time: its stages, the first of them where it begins."""

    stages: tuple[Name, ...] = Field(min_length=1)
    when: When | None = None


class Stage(Model):
    """Where a case stands, who may act, and by when; or with `branches`, where several ways begin at once."""

    title: str
    who: WhoActs = NOBODY
    branches: tuple[BranchOf, ...] = ()
    to: Target = ()
    """Where a case goes when all branches are through."""
    without: tuple[Annotated[str, Field(pattern=apart.PATTERN)], ...] = ()
    """`villager`, `initiator`, `writer`, `deciders` (who decided in any other stage), `stage approve` (who decided in
    that one), or a field that names a person: they never act here, nor do those who stand in for them."""
    if_nobody: IfNobody = IfNobody.WAIT
    if_own: IfOwn = IfOwn.ASK
    actions: dict[Name, Action] = {}
    back: Back | None = None
    """Whether who acts here may send the case back, and how far."""
    cc: WhoOf | None = None
    """Who gets a copy when the case comes here."""
    waits: Waits = Waits.OFFICE
    listed: bool = False
    """Its tasks wait in one list, with no card each."""
    showing: Showing | None = None
    """Shown to everybody as long as a case is here; objections hold it."""
    by_link: ByLink | None = None
    """What may be done here from outside, by an address that whoever has the task passes on."""
    mode: ApprovalMode = ApprovalMode.ANY
    within: Length | None = None
    when_told: Name | None = None
    """The action that follows when a clerk has told a villager without an account."""
    until_field: Name | None = None
    """A date field that is the stage's deadline: the day on which we ask again; or a period, whose end it is."""
    late: tuple[LateStep, ...] | None = None
    tell: tuple[TellWhat, ...] = ()
    """Who is told when the case comes here, whatever led to it."""

    @model_validator(mode="before")
    @classmethod
    def _shown_by_itself(cls, given: Any) -> Any:
        """Nobody has a task while something is shown: its time and the objections to it decide."""
        shows = isinstance(given, dict) and given.get("showing") is not None
        return {"waits": Waits.MACHINE, **given} if shows else given

    def yes(self) -> str:
        """Name the action that may be taken for somebody's: a yes that binds nothing and needs no word."""
        for name, action in self.actions.items():
            is_bare = action.vote is Vote.YES and not action.do
            if is_bare and all(spec.optional for spec in action.needs.values()):
                return name
        return ""


class PaceTimes(Model):
    """How fast a kind of matter is promised."""

    answer: Length
    done: Length


class NumberBy(StrEnum):
    """What a case's number counts in."""

    VILLAGE = "village"
    SKILL = "skill"


class Workflow(Model):
    """The flow of a service."""

    start: Target
    """Its first stage, or the first that fits the case."""
    stages: dict[Name, Stage] = Field(min_length=1)
    clocks: dict[Name, Promise] = {}
    pace: Pace = (Branch.always("livelihood"),)
    paces: dict[Name, PaceTimes] = {}
    """Overrules the presets of the house."""
    restricted: Name | None = None
    """A kind of matter that only the people named for it may see."""
    number: NumberBy = NumberBy.VILLAGE
    prefix: str = ""
    reopen_to: Name | None = None
    """Where a closed case goes on when the villager says that it is not done."""
    query_code: bool = False
    """Progress is asked for with a code instead of a name."""
    tell: tuple[TellWhat, ...] = ()
    """Who is told when a case is opened."""
    villager: dict[Name, Action] = {}
    """What the villager may do in every stage, besides or instead of what the house allows."""
    same_person: SamePerson = SamePerson.EACH_TIME
    cc: dict[CopyAt, WhoOf] = {}
    """Who gets a copy of every case."""
    stock: dict[Name, Stock] = {}
    """Things that a case takes from its opening to its end, by the field that says how many."""
    slots: dict[Name, Slots] = {}
    """Times that a case books, by the field that says which."""
    queue: Queue | None = None
    """The line in which its cases wait."""

    @property
    def books(self) -> bool:
        """Whether cases take something of which there is only so much."""
        return bool(self.stock or self.slots or self.queue)

    def is_booked(self, field: str | None) -> bool:
        """Whether a field says when something is taken, so that it is over only after it."""
        return field in self.slots or any(one.during == field for one in self.stock.values())

    def supplies(self) -> list[Supply]:
        """List everything of which there is only so much."""
        return [*self.stock.values(), *self.slots.values(), *([self.queue] if self.queue else [])]

    roster: Roster | None = None
    rounds: Rounds | None = None

    def branch_of(self, name: str) -> tuple[str, BranchOf] | None:
        """Find the stage with branches, and the branch, in which a stage lies."""
        for fork, stage in self.stages.items():
            for branch in stage.branches:
                if name in branch.stages:
                    return fork, branch
        return None


class Definition(Model):
    """A service as the engine needs it; a case pins one by the hash of its folder."""

    skill: Name
    name: str
    form: dict[Name, FormField] = {}
    workflow: Workflow
    texts: dict[Name, str] = {}

    def stage(self, name: str) -> Stage:
        """Find a stage of the flow."""
        return self.workflow.stages[name]

    def showing(self, places: Iterable[str]) -> frozenset[str]:
        """Name those of some stages in which a case is shown to everybody."""
        return frozenset(name for name in places if self.workflow.stages[name].showing)

    def fields(self) -> dict[str, FormField]:
        """List all fields that a case may hold: of the form, and of what actions need."""
        needs = [action.needs for stage in self.workflow.stages.values() for action in stage.actions.values()]
        needs += [action.needs for action in self.workflow.villager.values()]
        return {name: spec for form in (*needs, self.form) for name, spec in form.items()}

    def roles(self, *, parts: bool = False) -> frozenset[str]:
        """List all roles (or the parts of a case) that anything in the flow speaks of."""
        found = [stage.who for stage in self.workflow.stages.values()]
        found += [step.who for step in self._late() if step.who]
        found += [tell.who for tell in self._tells()]
        found += [*self.workflow.cc.values(), *(stage.cc for stage in self.workflow.stages.values() if stage.cc)]
        if parts:
            return frozenset(choice.word for one in found for choice in one.choices)
        return frozenset(role for one in found for role in one.roles())

    def _late(self) -> list[LateStep]:
        stages = [step for stage in self.workflow.stages.values() for step in stage.late or ()]
        return stages + [step for promise in self.workflow.clocks.values() for step in promise.late or ()]

    def _tells(self) -> list[TellWhat]:
        stages = self.workflow.stages.values()
        of_actions = [tell for stage in stages for action in stage.actions.values() for tell in action.tell]
        of_actions += [tell for action in self.workflow.villager.values() for tell in action.tell]
        return [*self.workflow.tell, *(tell for stage in stages for tell in stage.tell), *of_actions]


def choose(branches: tuple[Branch[T], ...], values: dict[str, Any]) -> T:
    """Take the first branch whose condition holds; the last has none, which `flaws.py` has checked."""
    return next(branch.is_ for branch in branches if branch.when is None or branch.when.holds(values))
