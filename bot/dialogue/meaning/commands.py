"""The closed set of things a message can ask for. Understanding makes them, the turn carries them out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.dialogue.meaning.circle import Circle
from bot.dialogue.meaning.paper_codes import VerifyCode
from bot.dialogue.meaning.wishing import Insist, WantPaper


class Verdict(StrEnum):
    """What an approver typed."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class StartSkill:
    """Begin a service with all the sentence already holds; a report is filed on this message."""

    skill: str
    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    """`place`, `since` (plain words), `since_day` (ISO date), as far as said or known."""
    affected: str = ""
    """Who it is about when somebody else speaks ("for Wang: the roof leaks"); empty: the speaker."""
    via: str = ""
    """Whom to ring for the affected person, as said."""
    urgent: bool = False
    no_phone: bool = False
    """The affected person has none, as was said."""


@dataclass(frozen=True, slots=True)
class WhichSkill:
    """Several services may be meant: ask which."""

    skills: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Board:
    """What was done lately, for everybody."""


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """A month counted, for everybody."""

    last: bool = False
    """The month before this one."""


@dataclass(frozen=True, slots=True)
class FillField:
    """Answer the question of the open form."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Correct:
    """Put right what was said or understood; both empty: something is wrong, not said what."""

    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """Say more exactly where it is, of the report that was filed a moment ago."""

    place: str
    thing: str = ""
    """Of which thing it is said, where several were reported."""


@dataclass(frozen=True, slots=True)
class Dislike:
    """What was answered just now is not it."""

    correction: str = ""
    """What is right, in the villager's words."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Yes, as it stands."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Drop the open form or take back the last report."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class NotMended:
    """A matter that was closed is not put right: it goes on."""

    text: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A question for what the township knows."""

    question: str


@dataclass(frozen=True, slots=True)
class Status:
    """How far is my matter; in a group it is answered one to one."""

    text: str = ""
    hurry: bool = False
    """And it is to go faster."""


@dataclass(frozen=True, slots=True)
class MyTasks:
    """What waits for me."""


@dataclass(frozen=True, slots=True)
class Handoff:
    """A person, please."""

    text: str = ""
    cause: str = "person"
    """Why: somebody is wanted, or one's own data are to be shown or erased."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """An opinion about the bot, a clerk or a decision; goes to a role that is not its object."""

    text: str
    on_us: bool = False
    """Only that this bot is no good: an apology and a way out, not one case more each time."""


@dataclass(frozen=True, slots=True)
class Grievance:
    """A complaint about a cadre, a village body, money or favours: never shown to its object (law of talk 7)."""

    text: str


@dataclass(frozen=True, slots=True)
class Naming:
    """Whether who complained wants to be named or to stay unnamed."""

    named: bool


@dataclass(frozen=True, slots=True)
class Query:
    """How far is the matter whose code somebody holds; with more words they are added to it."""

    code: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same trouble as last time, perhaps somewhere else."""

    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that has its own sentence, by its name in remarks.yaml."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Absent:
    """Somebody is away until a day, and perhaps who stands in."""

    who: str
    """As said; empty: who speaks."""
    deputy: str
    """As said; empty: still to be asked."""
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class BackAgain:
    """Somebody who was away is back: nobody stands in any longer."""


@dataclass(frozen=True, slots=True)
class Consult:
    """A cadre wants a colleague to look at a task first."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Scam:
    """A forwarded message that smells of fraud: warned of, never opened, never learnt from."""

    text: str


@dataclass(frozen=True, slots=True)
class Distress:
    """Words of despair in anger: a soft line after the answer, not the alarm."""


@dataclass(frozen=True, slots=True)
class CallOff:
    """The alarm was nothing: 0."""


@dataclass(frozen=True, slots=True)
class MoreOfComplaint:
    """Words that go on with a complaint: nobody else may hear them (law of talk 7)."""

    text: str


@dataclass(frozen=True, slots=True)
class MoreOfAlarm:
    """Words during an alarm that say more of it: those who come must hear them."""

    text: str


@dataclass(frozen=True, slots=True)
class Decide:
    """A decision typed with the code of its task; without a code the waiting tasks are listed."""

    verdict: Verdict
    code: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VoiceDecision:
    """A decision spoken: refused, because four symbols by voice are a lottery; the waiting tasks are listed."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Close:
    """The answer to the closing question: 1 mended, 2 not mended, 3 do not ask again; `more`: what is said with it."""

    answer: int
    more: str = ""
    said: str = field(default="", compare=False)
    """The words of the answer: they may name which matter is meant."""


@dataclass(frozen=True, slots=True)
class Choose:
    """Numbers picked from what was offered."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShowOriginal:
    """The file or page behind the last answer."""


@dataclass(frozen=True, slots=True)
class Record:
    """A clerk files what he quotes: filed, urgent or not."""

    text: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class RecordPicture:
    """A clerk files what a picture of another chat says."""


@dataclass(frozen=True, slots=True)
class ReadToMe:
    """Cannot read: answers are to be spoken from now on."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What can you do."""


@dataclass(frozen=True, slots=True)
class Chitchat:
    """Company, a greeting."""

    text: str


@dataclass(frozen=True, slots=True)
class Silent:
    """All right, thanks, a thumb: no answer."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not understood: a strike (law of talk 2)."""

    text: str


Command = (
    StartSkill
    | WhichSkill
    | Board
    | MonthFigures
    | FillField
    | Correct
    | Dislike
    | Confirm
    | Cancel
    | NotMended
    | Ask
    | Status
    | MyTasks
    | Where
    | Handoff
    | Feedback
    | Grievance
    | Naming
    | Query
    | Repeat
    | Remark
    | Absent
    | BackAgain
    | Consult
    | Scam
    | Distress
    | CallOff
    | MoreOfAlarm
    | MoreOfComplaint
    | Decide
    | VoiceDecision
    | Close
    | Choose
    | ShowOriginal
    | Record
    | RecordPicture
    | ReadToMe
    | Menu
    | Circle
    | WantPaper
    | Insist
    | VerifyCode
    | Chitchat
    | Silent
    | Unknown
)
